/* The call that a unit test makes up, as a CALL frame that nobody sent, and its result (../delchain_test.h). */
#ifndef DC_CALL_OF_TEST_H
#define DC_CALL_OF_TEST_H

#define DC_TEST_CHAIN_ID 31337
#define DC_TEST_TIME 1700000000
#define DC_TEST_GAS 10000000

static inline void dc_test_sender(address account) {
  dc_copy(dc_call_buffer + DC_AT_CALLER, account.bytes, sizeof account.bytes);
  dc_copy(dc_call_buffer + DC_AT_ORIGIN, account.bytes, sizeof account.bytes);
}
static inline void dc_test_value(u256 wei) { dc_put_word(dc_call_buffer + DC_AT_VALUE, wei); }
static inline void dc_test_block(uint64_t number, uint64_t time) {
  dc_put_be(dc_call_buffer + DC_AT_BLOCK_NUMBER, number, 8);
  dc_put_be(dc_call_buffer + DC_AT_TIMESTAMP, time, 8);
}

DC_FUNCTION void dc_test_arguments(const u256 *words, size_t count) {
  const size_t length = DC_AT_INPUT + 4 + 32 * count;
  if (length > sizeof dc_call_buffer) __builtin_trap();
  for (size_t i = 0; i < count; i++) dc_put_word(dc_call_buffer + DC_AT_INPUT + 4 + 32 * i, words[i]);
  dc_running.length = length;
}

/* What a test finds that sets nothing of it. */
DC_FUNCTION void dc_test_open(void) {
  const address self = dc_test_account(0xcc);
  dc_running = (dc_frame){DC_CALL, 1, dc_call_buffer, DC_AT_INPUT};
  dc_copy(dc_call_buffer + DC_AT_CONTRACT, self.bytes, sizeof self.bytes);
  dc_put_be(dc_call_buffer + DC_AT_CHAIN_ID, DC_TEST_CHAIN_ID, 8);
  dc_put_be(dc_call_buffer + DC_AT_GAS_LIMIT, DC_TEST_GAS, 8);
  dc_test_sender(dc_test_account(1));
  dc_test_block(1, DC_TEST_TIME);
}

static inline u256 dc_test_result(size_t word) {
  uint8_t value[32] = {0};
  if (32 * (word + 1) <= dc_result_length) dc_copy(value, dc_result_buffer + 32 * word, 32);
  return dc_from_word(value);
}

#endif
