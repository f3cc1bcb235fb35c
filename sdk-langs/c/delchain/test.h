/* The call that a unit test makes up, and its result: the host's (../delchain_test.h). */
#ifndef DELCHAIN_CALL_OF_TEST_H
#define DELCHAIN_CALL_OF_TEST_H

DC_TEST_IMPORT(set_sender) void dc_test_host_sender(const void *account);
DC_TEST_IMPORT(set_value) void dc_test_host_value(const void *word);
DC_TEST_IMPORT(set_block) void dc_test_host_block(uint64_t number, uint64_t time);
DC_TEST_IMPORT(result) size_t dc_test_host_result(size_t word, void *value);

static inline void dc_test_open(void) {}

/* Who calls, with how much wei, and in which block, from now on. */
static inline void dc_test_sender(address account) { dc_test_host_sender(account.bytes); }
static inline void dc_test_value(u256 wei) {
  uint8_t word[32];
  dc_put_word(word, wei);
  dc_test_host_value(word);
}
static inline void dc_test_block(uint64_t number, uint64_t time) { dc_test_host_block(number, time); }

/* What `dc_arg_…` and `dc_inputs` read: dc_test_arguments((u256[]){dc_word(to), dc_u256(5)}, 2). */
DC_FUNCTION void dc_test_arguments(const u256 *words, size_t count) {
  uint8_t *data = dc_allocate(4 + 32 * count);
  __builtin_memset(data, 0, 4);
  dc_put_words(data + 4, words, count);
  dc_calldata = (dc_bytes){data, 4 + 32 * count};
  dc_arguments = (dc_bytes){data + 4, 32 * count};
}

/* A word of what the last method gave as its result. */
static inline u256 dc_test_result(size_t word) {
  uint8_t value[32] = {0};
  dc_test_host_result(word, value);
  return dc_from_word(value);
}

#endif
