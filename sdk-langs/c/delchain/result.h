/* How a call ends: results, and reverts with the data that Solidity would give. */
#ifndef DELCHAIN_RESULT_H
#define DELCHAIN_RESULT_H

#include "../shared/reason.h"
#include "value.h"

#define DC_STATUS_SUCCESS 0
#define DC_STATUS_REVERT 1

/* Solidity's Panic codes. */
#define DC_PANIC_OVERFLOW 0x11
#define DC_PANIC_DIVISION 0x12

static inline void dc_put_selector(uint8_t *at, uint32_t selector) {
  selector = __builtin_bswap32(selector);
  __builtin_memcpy(at, &selector, 4);
}

static inline void dc_put_words(uint8_t *at, const u256 *words, size_t count) {
  for (size_t i = 0; i < count; i++) dc_to_word(words[i], at + 32 * i);
}

static inline size_t dc_padded(size_t length) { return (length + 31) & ~(size_t)31; }

/* Ends the call and undoes it; `data` is what the caller sees. */
__attribute__((noreturn)) static inline void dc_revert_data(dc_bytes data) {
  vm_write_result(data.data, data.length);
  vm_exit_early(DC_STATUS_REVERT);
  __builtin_unreachable();
}

/* A custom error: its selector and its arguments as words. */
__attribute__((noreturn)) DC_FUNCTION void dc_revert_words(uint32_t selector,
                                                                const u256 *words, size_t count) {
  uint8_t *data = dc_allocate(4 + 32 * count);
  dc_put_selector(data, selector);
  dc_put_words(data + 4, words, count);
  dc_revert_data((dc_bytes){data, 4 + 32 * count});
}

/* `revert(reason)`: `Error(string)`. */
__attribute__((noreturn)) DC_FUNCTION void dc_revert_reason(dc_bytes reason) {
  const size_t length = 4 + 64 + dc_padded(reason.length);
  uint8_t *data = dc_allocate(length);
  dc_put_selector(data, DC_ERROR_SELECTOR);
  const u256 head[2] = {32, reason.length};
  dc_put_words(data + 4, head, 2);
  __builtin_memcpy(data + 68, reason.data, reason.length);
  dc_revert_data((dc_bytes){data, length});
}

/* What Solidity's own checks revert with. */
__attribute__((noreturn)) DC_FUNCTION void dc_panic(uint32_t code) {
  const u256 word = code;
  dc_revert_words(DC_PANIC_SELECTOR, &word, 1);
}

/* As Solidity does when calldata does not decode, a selector is unknown or value is not expected. */
__attribute__((noreturn)) DC_FUNCTION void dc_revert_empty(void) {
  dc_revert_data((dc_bytes){NULL, 0});
}

/* `DC_REVERT_ERROR(selector, words...)`: a custom error with at least one argument. */
#define DC_REVERT_ERROR(selector, ...)                                     \
  dc_revert_words((selector), (const u256[]){__VA_ARGS__},                 \
                  sizeof((const u256[]){__VA_ARGS__}) / sizeof(u256))

/* The whole output; the last result written counts. */
static inline void dc_result(dc_bytes data) { vm_write_result(data.data, data.length); }

/* Results of static types are words. */
DC_FUNCTION void dc_result_word(const u256 *value) {
  uint8_t word[32];
  dc_swap_word(value, word);
  vm_write_result(word, 32);
}
static inline void dc_result_u256(u256 value) { dc_result_word(&value); }
static inline void dc_result_bool(bool value) { dc_result_u256(value); }
static inline void dc_result_address(address value) { dc_result_u256(dc_word(value)); }
static inline void dc_result_bytes32(bytes32 value) { vm_write_result(value.bytes, 32); }

/* One result of type `bytes` or `string`. */
static inline void dc_result_bytes(dc_bytes value) {
  const size_t length = 64 + dc_padded(value.length);
  uint8_t *data = dc_allocate(length);
  const u256 head[2] = {32, value.length};
  dc_put_words(data, head, 2);
  __builtin_memcpy(data + 64, value.data, value.length);
  vm_write_result(data, length);
}

#endif
