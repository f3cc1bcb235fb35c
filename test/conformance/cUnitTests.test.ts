import assert from "node:assert/strict";
import { test } from "node:test";
import { containerHeaders, WASI_FLAGS } from "@delchain/images";
import { testC } from "../../sdk-langs/c/index.ts";

const CONTRACT = `#include "delchain.h"
DC_VALUE(count, 0)
static void add(u256 more) {
  dc_require(more > 0, "nothing to add");
  dc_store(count(), dc_add(dc_load(count()), more));
}
static void add_argument(void) {
  add(dc_arg_u256(0));
  dc_result_u256(dc_load(count()));
}
DC_CONTRACT(DC_METHOD(0x1003e2d2, add_argument, "function add(uint256 more) returns (uint256)"))
`;

const TESTS = `#include "../contracts/Counter.c"
#include "delchain_test.h"
DC_TEST(a_test_begins_with_empty_storage) { DC_ASSERT_EQUAL(dc_load(count()), 0); add(2); }
DC_TEST(and_so_does_the_next) { add(3); DC_ASSERT_EQUAL(dc_load(count()), 3); }
DC_TEST(arguments_and_results) {
  dc_test_arguments((u256[]){5}, 1);
  add_argument();
  DC_ASSERT_EQUAL(dc_test_result(0), 5);
}
DC_TEST(who_calls_with_what_and_when) {
  dc_test_sender(dc_test_account(7));
  dc_test_value(9);
  dc_test_block(3, 4);
  DC_ASSERT_EQUAL(dc_word(dc_sender()), dc_word(dc_test_account(7)));
  DC_ASSERT_EQUAL(dc_value() + dc_block_number() + dc_block_time(), 16);
  DC_ASSERT(dc_div(7, 2) == 3 && dc_mod(7, 2) == 1);
}
DC_TEST(an_expected_reason) { DC_EXPECT_REVERT("nothing to add"); add(0); }
DC_TEST(an_expected_error) { DC_EXPECT_ERROR(DC_PANIC_SELECTOR); add(1); add((u256)-1); }
`;

const FAILING = `#include "../contracts/Counter.c"
#include "delchain_test.h"
DC_TEST(a_condition) { DC_ASSERT(1 + 1 == 3); }
DC_TEST(numbers) { DC_ASSERT_EQUAL(dc_load(count()), 7); }
DC_TEST(a_revert) { add(0); }
DC_TEST(no_revert) { DC_EXPECT_REVERT("never"); }
DC_TEST(another_revert) { DC_EXPECT_REVERT("never"); add(0); }
DC_TEST(a_trap) { __builtin_trap(); }
DC_TEST(another_contract) { DC_ASSERT(dc_balance(dc_self()) == 1); }
DC_TEST(a_loop) { for (volatile int i = 0;; i++) {} }
DC_TEST(what_stands_behind_a_loop) {}
`;

const files = {
  "contracts/Counter.c": CONTRACT,
  "test/Counter.test.c": TESTS,
  "test/Failing.test.c": FAILING,
};

test("tests in C see a contract from inside, each with a host of its own", async () => {
  const { passed, failed, report } = await testC({ files, tests: ["test/Counter.test.c"] });
  assert.deepEqual([passed, failed], [6, 0], report);
  const some = await testC({ files, tests: ["test/Counter.test.c"], grep: "expected" });
  assert.equal(some.report, "✔ an expected reason\n✔ an expected error");
});

test("what does not hold is said with file and line, and a loop without end takes no other test with it", async () => {
  const { passed, failed, report } = await testC({ files, tests: ["test/Failing.test.c"] });
  assert.deepEqual([passed, failed], [1, 8]);
  assert.deepEqual(report.split("\n"), [
    "✖ a condition",
    "    test/Failing.test.c:3: 1 + 1 == 3",
    "✖ numbers",
    "    test/Failing.test.c:4: dc_load(count()) == 7: 0 is not 7",
    "✖ a revert",
    '    reverted with "nothing to add"',
    "✖ no revert",
    "    test/Failing.test.c:6: nothing reverted",
    "✖ another revert",
    '    test/Failing.test.c:7: reverted with "nothing to add", expected "never"',
    "✖ a trap",
    "    halted: unreachable",
    "✖ another contract",
    "    account_balance is the chain's to answer: test it in TypeScript, on a chain",
    "✖ a loop",
    "    it runs for more than 10 s: a loop that does not end",
    "✔ what stands behind a loop",
  ]);
});

const BOX = `#include "container.h"
DC_VALUE(count, 0)
DC_EVENT(ADDED, 0x64a55044d1f2eddebe1b90e8e2853e8e96931cefadbfa0b2ceb34bee36061941, "event Added(uint256 more)")
static void add(u256 more) {
  dc_require(!dc_is_zero(more), "nothing to add");
  dc_store(count(), dc_add(dc_load(count()), more));
  DC_EMIT(1, ADDED, more);
}
static void add_argument(void) {
  add(dc_arg_u256(0));
  dc_result_u256(dc_load(count()));
}
DC_CONTRACT(DC_METHOD(0x1003e2d2, add_argument, "function add(uint256 more) returns (uint256)"))
`;

const BOX_TESTS = `#include "../contracts/Box.c"
#include "delchain_test.h"
DC_TEST(a_test_begins_with_empty_storage) { DC_ASSERT_EQUAL(dc_load(count()), 0); add(dc_u256(2)); }
DC_TEST(and_so_does_the_next) {
  add(dc_u256(3));
  DC_ASSERT_EQUAL(dc_load(count()), 3);
  DC_ASSERT_EQUAL(dc_test_logs(), 1);
  DC_ASSERT_EQUAL(dc_test_log_word(0, 1), 3);
}
DC_TEST(arguments_and_results) {
  dc_test_arguments((u256[]){dc_u256(5)}, 1);
  add_argument();
  DC_ASSERT_EQUAL(dc_test_result(0), 5);
}
DC_TEST(who_calls_with_what_and_when) {
  dc_test_sender(dc_test_account(7));
  dc_test_value(dc_u256(9));
  dc_test_block(3, 4);
  DC_ASSERT_EQUAL(dc_word(dc_sender()), dc_word(dc_test_account(7)));
  DC_ASSERT_EQUAL(dc_value(), 9);
  DC_ASSERT_EQUAL(dc_block_number() + dc_block_time() + dc_chain_id(), 31344);
}
DC_TEST(byte_strings_in_order) {
  dc_put(DC_STRING("b/1"), DC_STRING("one"));
  dc_put(DC_STRING("b/2"), DC_STRING("two"));
  dc_put(DC_STRING("a"), DC_STRING("first"));
  dc_put(DC_STRING("c"), DC_STRING("last"));
  dc_delete(DC_STRING("b/2"));
  DC_ASSERT(dc_get(DC_STRING("b/2")).status == DC_ABSENT);
  DC_ASSERT_EQUAL(dc_get(DC_STRING("a")).data.length, 5);
  dc_range some = dc_range_prefix(DC_STRING("b/"));
  DC_ASSERT(dc_next(&some) && dc_equal(some.value.data, "one", 3));
  DC_ASSERT(!dc_next(&some));
}
DC_TEST(an_expected_reason) { DC_EXPECT_REVERT("nothing to add"); add(dc_u256(0)); }
DC_TEST(an_expected_error) {
  DC_EXPECT_ERROR(DC_PANIC_SELECTOR);
  dc_sub(dc_u256(0), dc_u256(1));
}
DC_TEST(fails_another_number) { DC_ASSERT_EQUAL(dc_load(count()), 7); }
DC_TEST(fails_a_revert) { add(dc_u256(0)); }
DC_TEST(fails_the_end_of_a_call) { dc_return(DC_STRING("")); }
DC_TEST(fails_another_contract) { dc_balance(dc_self()); }
DC_TEST(fails_a_status) { dc_exit(3); }
`;

test("tests in C see a container's contract, too, and answer what its program asks", async () => {
  const box = { "contracts/Box.c": BOX, "test/Box.test.c": BOX_TESTS };
  const files = { ...containerHeaders(), ...box };
  const options = { files, tests: ["test/Box.test.c"], containerFlags: WASI_FLAGS };
  const { passed, failed, report } = await testC(options);
  assert.deepEqual([passed, failed], [7, 5], report);
  assert.deepEqual(report.split("\n").slice(7), [
    "✖ fails another number",
    "    test/Box.test.c:40: dc_load(count()) == 7: 0 is not 7",
    "✖ fails a revert",
    '    reverted with "nothing to add"',
    "✖ fails the end of a call",
    "    the contract ended its call, and the rest of the test did not run",
    "✖ fails another contract",
    "    dc_balance is the chain's to answer: test it in TypeScript, on a chain",
    "✖ fails a status",
    "    the program ended with status 3",
  ]);
});

test("a test that does not compile is the compiler's message", async () => {
  const broken = { ...files, "test/Counter.test.c": TESTS.replace("add(2)", "gone(2)") };
  await assert.rejects(
    testC({ files: broken, tests: ["test/Counter.test.c"] }),
    /test\/Counter\.test\.c:3:\d+: error: .*'gone'/,
  );
});
