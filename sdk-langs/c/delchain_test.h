/*
 * Unit tests of a contract in C: a file test/NAME.test.c that includes the contract and this header. `delchain test` runs
 * each test in a fresh copy of the module, on a host in memory: storage, logs, the call and the block; what other
 * contracts do is tested on a chain, in TypeScript. Everything of the contract can be called, its `static` functions too.
 * One source tests a contract of either tier, when it writes numbers as `dc_u256(5)`.
 *
 *   #include "../contracts/Token.c"
 *   #include "delchain_test.h"
 *
 *   DC_TEST(nobody_transfers_more_than_they_have) {
 *     DC_EXPECT_REVERT("insufficient balance");
 *     move(dc_test_account(1), dc_test_account(2), 5);
 *   }
 */
#ifndef DELCHAIN_TEST_H
#define DELCHAIN_TEST_H

#include "contract.h"

#define DC_TEST_IMPORT(name) __attribute__((import_module("delchain_test"), import_name(#name))) extern

DC_TEST_IMPORT(fail) __attribute__((noreturn)) void dc_test_host_fail(const char *place, const char *what);
DC_TEST_IMPORT(compare) void dc_test_host_compare(const char *place, const char *what, const void *left, const void *right);
DC_TEST_IMPORT(expect_revert) void dc_test_host_expect(const char *place, const void *data, size_t length);
DC_TEST_IMPORT(logs) size_t dc_test_logs(void);
DC_TEST_IMPORT(log_word) void dc_test_host_log_word(size_t log, size_t word, void *value);

/* A test; its name is shown with spaces. */
#define DC_TEST(name)                                                             \
  static void dc_test_body_##name(void);                                          \
  __attribute__((export_name("test " #name))) void dc_test_of_##name(void) {      \
    dc_test_open();                                                               \
    dc_test_body_##name();                                                        \
  }                                                                               \
  static void dc_test_body_##name(void)

#define DC_TEST_PLACE_OF(file, line) file ":" #line
#define DC_TEST_PLACE_AT(file, line) DC_TEST_PLACE_OF(file, line)
#define DC_TEST_PLACE DC_TEST_PLACE_AT(__FILE__, __LINE__)

/* Ends the test with file, line and the condition when it does not hold. */
#define DC_ASSERT(condition) ((condition) ? (void)0 : dc_test_host_fail(DC_TEST_PLACE, #condition))
/* The same for two numbers, which are shown. */
#define DC_ASSERT_EQUAL(left, right) \
  dc_test_equal(DC_TEST_PLACE, #left " == " #right, DC_TEST_NUMBER(left), DC_TEST_NUMBER(right))
/* A u256, or one of the compiler's integers as one. */
#define DC_TEST_NUMBER(value) _Generic((value), u256: dc_test_same, default: dc_u256)(value)
/* What follows reverts with this reason (Solidity's Error), and the test ends there. */
#define DC_EXPECT_REVERT(reason) dc_test_expect_reason(DC_TEST_PLACE, DC_STRING(reason))
/* What follows reverts with a custom error; its arguments may be any. */
#define DC_EXPECT_ERROR(selector) dc_test_expect_error(DC_TEST_PLACE, (selector))

static inline u256 dc_test_same(u256 value) { return value; }

DC_FUNCTION void dc_test_equal(const char *place, const char *what, u256 left, u256 right) {
  uint8_t words[64];
  dc_put_word(words, left);
  dc_put_word(words + 32, right);
  dc_test_host_compare(place, what, words, words + 32);
}

DC_FUNCTION void dc_test_expect_error(const char *place, uint32_t selector) {
  uint8_t word[32];
  dc_put_word(word, dc_u256(selector));
  dc_test_host_expect(place, word + 28, 4);
}

DC_FUNCTION void dc_test_expect_reason(const char *place, dc_bytes reason) {
  /* The selector takes the end of a word. */
  const size_t length = 96 + dc_padded(reason.length);
  uint8_t *words = dc_allocate(length);
  dc_put_word(words, dc_u256(DC_ERROR_SELECTOR));
  dc_put_word(words + 32, dc_u256(32));
  dc_put_word(words + 64, dc_u256(reason.length));
  __builtin_memcpy(words + 96, reason.data, reason.length);
  dc_test_host_expect(place, words + 28, length - 28);
}

/* Addresses for tests: all bytes are the number, which is 1 to 255. The first sends unless told. */
static inline address dc_test_account(uint8_t number) {
  address account;
  __builtin_memset(account.bytes, number, sizeof account.bytes);
  return account;
}

#ifdef DELCHAIN_CONTAINER_H
#include "container/test.h"
#else
#include "delchain/test.h"
#endif

/* A word of a log: its topics, then its data. `dc_test_logs()` is how many there are. */
static inline u256 dc_test_log_word(size_t log, size_t word) {
  uint8_t value[32] = {0};
  dc_test_host_log_word(log, word, value);
  return dc_from_word(value);
}

#endif
