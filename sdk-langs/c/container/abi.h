/* Solidity's ABI, storage layout and failures, so that every Ethereum tool can call the contract. */
#ifndef DC_ABI_H
#define DC_ABI_H

#include "host.h"

/* Solidity's Panic codes (language reference, "Panic via assert and Error via require"). */
#define DC_PANIC_OVERFLOW 0x11
#define DC_PANIC_DIVISION 0x12

DC_NORETURN static void dc_panic(uint8_t code) {
  uint8_t data[4 + 32] = {0x4e, 0x48, 0x7b, 0x71};
  data[35] = code;
  dc_revert_data((dc_bytes){data, sizeof data});
}

/* Calldata that a function cannot take, value where none is wanted: Solidity reverts with nothing. */
DC_NORETURN static inline void dc_revert_empty(void) { dc_revert_data((dc_bytes){0, 0}); }

static inline void dc_refuse_value(void) {
  if (!dc_is_zero(dc_value())) dc_revert_empty();
}

/* The first four bytes of the calldata; -1 when it is too short to have them. */
static inline int64_t dc_read_selector(void) {
  return dc_input().length < 4 ? -1 : (int64_t)dc_get_be(dc_input().data, 4);
}

/* What the call returns when the method ends; the last result counts. */
static uint8_t dc_result_buffer[DC_OUTPUT_BYTES_MAX];
static size_t dc_result_length;

static inline void dc_result(dc_bytes data) {
  dc_require(data.length <= sizeof dc_result_buffer, "an output has at most 65,536 bytes");
  dc_copy(dc_result_buffer, data.data, data.length);
  dc_result_length = data.length;
}
static inline void dc_result_u256(u256 value) {
  bytes32 word = dc_to_word(value);
  dc_result((dc_bytes){word.bytes, 32});
}
static inline void dc_result_bool(bool value) { dc_result_u256(dc_u256(value)); }
static inline void dc_result_address(address value) { dc_result_u256(dc_word(value)); }
static inline void dc_result_bytes32(bytes32 value) { dc_result((dc_bytes){value.bytes, 32}); }

DC_NORETURN static inline void dc_finish(void) { dc_return((dc_bytes){dc_result_buffer, dc_result_length}); }

/* Solidity's checked arithmetic: Panic(0x11) where the result does not fit, Panic(0x12) for a division by zero. */
static inline u256 dc_add(u256 left, u256 right) {
  u256 sum;
  if (dc_add_overflows(left, right, &sum)) dc_panic(DC_PANIC_OVERFLOW);
  return sum;
}
static inline u256 dc_sub(u256 left, u256 right) {
  u256 difference;
  if (dc_sub_overflows(left, right, &difference)) dc_panic(DC_PANIC_OVERFLOW);
  return difference;
}
static inline u256 dc_mul(u256 left, u256 right) {
  u256 product;
  if (dc_mul_overflows(left, right, &product)) dc_panic(DC_PANIC_OVERFLOW);
  return product;
}
static inline u256 dc_div(u256 left, u256 right) {
  u256 quotient, rest;
  if (dc_is_zero(right)) dc_panic(DC_PANIC_DIVISION);
  dc_divide(left, right, &quotient, &rest);
  return quotient;
}
static inline u256 dc_mod(u256 left, u256 right) {
  u256 quotient, rest;
  if (dc_is_zero(right)) dc_panic(DC_PANIC_DIVISION);
  dc_divide(left, right, &quotient, &rest);
  return rest;
}

/* Set while a `DC_VIEW_METHOD` runs: what would change anything reverts. */
static bool dc_is_view;

static inline void dc_refuse_in_view(void) {
  if (dc_is_view) dc_revert("a view method writes");
}

static inline void dc_hash(const void *data, size_t length, uint8_t *hash) {
  const bytes32 value = dc_keccak256((dc_bytes){data, length});
  dc_copy(hash, value.bytes, 32);
}

static inline void dc_storage_load(const uint8_t *slot, uint8_t *value) {
  bytes32 key;
  dc_copy(key.bytes, slot, 32);
  const bytes32 word = dc_storage_get(key);
  dc_copy(value, word.bytes, 32);
}
static inline void dc_storage_store(const uint8_t *slot, const uint8_t *value) {
  bytes32 key, word;
  dc_refuse_in_view();
  dc_copy(key.bytes, slot, 32);
  dc_copy(word.bytes, value, 32);
  dc_storage_put(key, word);
}

/* A log of up to four topics, 32 bytes each, and any data. */
static inline void dc_emit_log(const uint8_t *topics, size_t count, dc_bytes data) {
  bytes32 words[DC_LOG_TOPICS_MAX] = {{{0}}};
  dc_refuse_in_view();
  dc_require(count <= DC_LOG_TOPICS_MAX, "a log has at most 4 topics");
  dc_copy(words, topics, 32 * count);
  dc_log(words, count, data);
}

#include "../shared/storage.h"
#include "../shared/layout.h"
#include "../shared/decode.h"
#include "../shared/encode.h"
#include "../shared/signed.h"

/* The arguments of a method. */
static inline dc_decoder dc_inputs(void) {
  dc_bytes input = dc_input();
  if (input.length < 4) dc_revert_empty();
  return (dc_decoder){(const uint8_t *)input.data + 4, input.length - 4, 0};
}

/* The argument at a place, for methods whose arguments are one word each, or `bytes`. */
static inline dc_decoder dc_argument(size_t index) {
  dc_decoder in = dc_inputs();
  in.next = 32 * index;
  return in;
}
static inline u256 dc_arg_u256(size_t index) { dc_decoder in = dc_argument(index); return dc_decode_u256(&in); }
static inline uint64_t dc_arg_u64(size_t index) { dc_decoder in = dc_argument(index); return dc_decode_u64(&in, 64); }
static inline bool dc_arg_bool(size_t index) { dc_decoder in = dc_argument(index); return dc_decode_bool(&in); }
static inline address dc_arg_address(size_t index) { dc_decoder in = dc_argument(index); return dc_decode_address(&in); }
static inline bytes32 dc_arg_bytes32(size_t index) { dc_decoder in = dc_argument(index); return dc_decode_fixed(&in, 32); }
static inline dc_bytes dc_arg_bytes(size_t index) { dc_decoder in = dc_argument(index); return dc_decode_bytes(&in); }

/* One result of type `bytes` or `string`. */
static inline void dc_result_bytes(dc_bytes value) {
  dc_encoder out = dc_encode(1);
  dc_encode_bytes(&out, value);
  dc_result_encoded(&out);
}

/* A custom error's selector and its arguments as words. */
DC_NORETURN DC_FUNCTION void dc_revert_words(uint32_t selector, const u256 *words, size_t count) {
  dc_encoder error = dc_encode_selector(selector, count);
  for (size_t i = 0; i < count; i++) dc_encode_u256(&error, words[i]);
  dc_revert_encoded(&error);
}

/* `0x` and 64 digits, as a macro argument leaves them. */
static inline u256 dc_topic(const char *digits) {
  uint8_t topic[32] = {0};
  for (int i = 0; i < 64; i++) {
    char digit = digits[i + 2];
    int nibble = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
    topic[i / 2] = (uint8_t)(topic[i / 2] << 4 | nibble);
  }
  return dc_from_word(topic);
}

/* The first `topics` words are topics, the rest is the data. */
DC_FUNCTION void dc_emit_words(size_t topics, const u256 *words, size_t count) {
  uint8_t *bytes = dc_allocate(32 * count);
  dc_require(topics <= count, "an event has fewer words than topics");
  for (size_t i = 0; i < count; i++) dc_put_word(bytes + 32 * i, words[i]);
  dc_emit_log(bytes, topics, (dc_bytes){bytes + 32 * topics, 32 * (count - topics)});
}

#endif
