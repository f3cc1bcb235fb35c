/* Solidity's ABI, storage layout and failures, so that every Ethereum tool can call the contract. */
#ifndef DC_ABI_H
#define DC_ABI_H

#include "host.h"

/* Solidity's Panic codes (language reference, "Panic via assert and Error via require"). */
#define DC_PANIC_OVERFLOW 0x11

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

static inline const uint8_t *dc_argument_word(size_t index) {
  dc_bytes input = dc_input();
  if (input.length < 4 || index >= (input.length - 4) / 32) dc_revert_empty();
  return (const uint8_t *)input.data + 4 + 32 * index;
}

static inline u256 dc_arg_u256(size_t index) { return dc_from_word(dc_argument_word(index)); }

static inline address dc_arg_address(size_t index) {
  const uint8_t *word = dc_argument_word(index);
  for (int i = 0; i < 12; i++) {
    if (word[i] != 0) dc_revert_empty();
  }
  address account;
  dc_copy(account.bytes, word + 12, 20);
  return account;
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

DC_NORETURN static inline void dc_finish(void) { dc_return((dc_bytes){dc_result_buffer, dc_result_length}); }

/* Solidity's checked arithmetic: Panic(0x11) where the result does not fit. */
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

/* Where Solidity keeps `mapping[key]`: keccak256(key . slot) (language reference, "Layout in Storage"). */
static inline bytes32 dc_slot_of(bytes32 mapping, bytes32 key) {
  bytes32 pair[2] = {key, mapping};
  return dc_keccak256((dc_bytes){pair, sizeof pair});
}

static inline u256 dc_load(bytes32 slot) { return dc_from_word(dc_storage_get(slot).bytes); }
static inline void dc_store(bytes32 slot, u256 value) { dc_storage_put(slot, dc_to_word(value)); }

/* A variable at a slot, and a mapping at one: `supply()` and `balances(account)` are slots. */
#define DC_VALUE(name, number) \
  static inline bytes32 name(void) { return dc_number(number); }
#define DC_ADDRESS_MAPPING(name, number) \
  static inline bytes32 name(address key) { return dc_slot_of(dc_number(number), dc_word(key)); }

/* `0x` and 64 digits, as a macro argument leaves them. */
static inline bytes32 dc_topic(const char *digits) {
  bytes32 topic = {{0}};
  for (int i = 0; i < 64; i++) {
    char digit = digits[i + 2];
    int nibble = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
    topic.bytes[i / 2] = (uint8_t)(topic.bytes[i / 2] << 4 | nibble);
  }
  return topic;
}

/* The event's name is a function that gives its first topic; the signature is for the build, which checks the topic. */
#define DC_EVENT(name, topic, signature)                              \
  static inline bytes32 name(void) {                                  \
    _Static_assert(sizeof #topic == 67, "a topic is 0x and 64 digits"); \
    return dc_topic(#topic);                                          \
  }

/* DC_EMIT(3, TRANSFER(), dc_word(from), dc_word(to), dc_to_word(amount)): so many topics, the rest is the data. */
#define DC_EMIT(topics, ...)                           \
  dc_emit((topics), (const bytes32[]){__VA_ARGS__}, \
          sizeof((const bytes32[]){__VA_ARGS__}) / sizeof(bytes32))
static inline void dc_emit(size_t topics, const bytes32 *words, size_t count) {
  dc_require(topics <= count, "an event has fewer words than topics");
  dc_log(words, topics, (dc_bytes){words + topics, 32 * (count - topics)});
}

/* A method: its selector, the function that runs, its signature for the build, which checks the selector. */
#define DC_METHOD(selector, handler, signature) \
  if (dc_selector == (selector)) {              \
    dc_refuse_value();                          \
    handler();                                  \
    dc_finish();                                \
  }
#define DC_PAYABLE_METHOD(selector, handler, signature) \
  if (dc_selector == (selector)) {                      \
    handler();                                          \
    dc_finish();                                        \
  }
/* Takes every call that no method before it took. */
#define DC_FALLBACK(handler) \
  {                          \
    handler();               \
    dc_finish();             \
  }

/* The contract: its methods, tried in order. */
#define DC_CONTRACT(...)                                                       \
  DC_NORETURN static void dc_run(void) {                                       \
    const int64_t dc_selector = dc_read_selector();                            \
    (void)dc_selector;                                                         \
    __VA_ARGS__                                                                \
    dc_revert_empty();                                                         \
  }

#endif
