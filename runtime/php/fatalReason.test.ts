import assert from "node:assert/strict";
import { test } from "node:test";
import { fatalReason } from "./fatalReason.ts";
import { REASON_CHARACTERS_MAX } from "./limits.ts";

test("the reason is PHP's last fatal error, and names the contract", () => {
  const printed =
    "hello\nFatal error: one\nmore\nFatal error: two in /sdk/Guest.php(98) : eval()'d code on line 7\n";
  assert.equal(fatalReason(printed), "Fatal error: two in contract.php on line 7");
});

test("an end without a word has a reason too, and a long reason is cut", () => {
  assert.equal(fatalReason("hello"), "the interpreter ended the call");
  assert.equal(fatalReason(`\nFatal error: ${"x".repeat(5_000)}`).length, REASON_CHARACTERS_MAX);
});
