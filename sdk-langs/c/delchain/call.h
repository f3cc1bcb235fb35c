/* Calls to other contracts of any tier, and creations. Cached writes are flushed first: the callee may call back. */
#ifndef DELCHAIN_CALL_H
#define DELCHAIN_CALL_H

#include "context.h"

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

static inline bool dc_call_static(address target, dc_bytes data, uint64_t gas) {
  size_t length;
  vm_storage_flush_cache(true);
  return vm_static_call_contract(target.bytes, data.data, data.length, gas, &length) == 0;
}

/* `true` on success. The rule of 63/64 (EIP-150) caps `gas`. A view method calls statically, as Solidity's does. */
static inline bool dc_call(address target, dc_bytes data, u256 value, uint64_t gas) {
  uint8_t word[32];
  size_t length;
  if (dc_is_view && value == 0) return dc_call_static(target, data, gas);
  dc_refuse_in_view();
  dc_to_word(value, word);
  vm_storage_flush_cache(true);
  return vm_call_contract(target.bytes, data.data, data.length, word, gas, &length) == 0;
}

/* Runs the target's code on this contract's storage. */
static inline bool dc_call_delegate(address target, dc_bytes data, uint64_t gas) {
  size_t length;
  dc_refuse_in_view();
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
  dc_refuse_in_view();
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
  dc_refuse_in_view();
  dc_to_word(value, word);
  vm_storage_flush_cache(true);
  vm_create2(code.data, code.length, word, salt.bytes, created.bytes, &length);
  return created;
}

/*
 * A call by a typed interface, which the contract writes once as a function of its own:
 *
 *   static bool token_transfer(address token, address to, u256 amount) {
 *     dc_encoder call = dc_encode_selector(0xa9059cbb, 2);
 *     dc_encode_address(&call, to);
 *     dc_encode_u256(&call, amount);
 *     dc_decoder out = dc_call_typed(token, &call, 0);
 *     return dc_decode_bool(&out);
 *   }
 */

/* `false` when the target has no code, or reverted with `dc_return_data`; `out` are its results otherwise. */
static inline bool dc_try_typed(address target, const dc_encoder *call, u256 value, dc_decoder *out) {
  if (vm_account_code_size(target.bytes) == 0) return false;
  if (!dc_call(target, dc_encoded(call), value, DC_ALL_GAS)) return false;
  *out = dc_decode(dc_return_data());
  return true;
}

/* Reverts with what the target reverted with; without data when it has no code, as Solidity does. */
static inline dc_decoder dc_call_typed(address target, const dc_encoder *call, u256 value) {
  dc_decoder out;
  if (vm_account_code_size(target.bytes) == 0) dc_revert_empty();
  if (!dc_try_typed(target, call, value, &out)) dc_bubble();
  return out;
}

#endif
