/* Calls to other contracts of any tier, and creations. Cached writes are flushed first: the callee may call back. */
#ifndef DELCHAIN_CALL_H
#define DELCHAIN_CALL_H

#include "result.h"

#define DC_ALL_GAS UINT64_MAX

/* What the last call or creation returned; reads it anew each time. */
static inline dc_bytes dc_return_data(void) {
  const size_t length = vm_return_data_size();
  uint8_t *data = dc_allocate(length);
  vm_read_return_data(data, 0, length);
  return (dc_bytes){data, length};
}

/* Reverts with what the callee reverted with. */
__attribute__((noreturn)) static inline void dc_bubble(void) { dc_revert_data(dc_return_data()); }

/* `true` on success. The rule of 63/64 (EIP-150) caps `gas`. */
static inline bool dc_call(address target, dc_bytes data, u256 value, uint64_t gas) {
  uint8_t word[32];
  size_t length;
  dc_to_word(value, word);
  vm_storage_flush_cache(true);
  return vm_call_contract(target.bytes, data.data, data.length, word, gas, &length) == 0;
}

static inline bool dc_call_static(address target, dc_bytes data, uint64_t gas) {
  size_t length;
  vm_storage_flush_cache(true);
  return vm_static_call_contract(target.bytes, data.data, data.length, gas, &length) == 0;
}

/* Runs the target's code on this contract's storage. */
static inline bool dc_call_delegate(address target, dc_bytes data, uint64_t gas) {
  size_t length;
  vm_storage_flush_cache(true);
  return vm_delegate_call_contract(target.bytes, data.data, data.length, gas, &length) == 0;
}

/* Calldata of a function with arguments of static types. */
static inline dc_bytes dc_encode_words(uint32_t selector, const u256 *words, size_t count) {
  uint8_t *data = dc_allocate(4 + 32 * count);
  dc_put_selector(data, selector);
  dc_put_words(data + 4, words, count);
  return (dc_bytes){data, 4 + 32 * count};
}

/* `DC_ENCODE(0xa9059cbb, dc_word(to), amount)` */
#define DC_ENCODE(selector, ...)                           \
  dc_encode_words((selector), (const u256[]){__VA_ARGS__}, \
                  sizeof((const u256[]){__VA_ARGS__}) / sizeof(u256))

/* The new contract, or the zero address with the reason in `dc_return_data`. */
static inline address dc_create(dc_bytes code, u256 value) {
  uint8_t word[32];
  size_t length;
  address created;
  dc_to_word(value, word);
  vm_storage_flush_cache(true);
  vm_create1(code.data, code.length, word, created.bytes, &length);
  return created;
}

/* At the address that EIP-1014 gives. */
static inline address dc_create2(dc_bytes code, u256 value, bytes32 salt) {
  uint8_t word[32];
  size_t length;
  address created;
  dc_to_word(value, word);
  vm_storage_flush_cache(true);
  vm_create2(code.data, code.length, word, salt.bytes, created.bytes, &length);
  return created;
}

#endif
