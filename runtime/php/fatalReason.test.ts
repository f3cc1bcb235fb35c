import assert from "node:assert/strict";
import { test } from "node:test";
import { fatalReason } from "./fatalReason.ts";
import { REASON_CHARACTERS_MAX } from "./limits.ts";

const SOURCE = Buffer.from(
  "\n#file contracts/Token.php Token\na\n#file vendor/x/Math.php x\\Math\nb\nc",
);
const at = "in /sdk/Source.php(98) : eval()'d code";

test("the reason is PHP's last fatal error, and names the contract", () => {
  const printed = `hello\nFatal error: one\nmore\nFatal error: two ${at} on line 7\n`;
  assert.equal(
    fatalReason(printed, Buffer.from("\n")),
    "Fatal error: two in contract.php on line 7",
  );
});

test("a source of several files has lines of its files", () => {
  const fatal = (place: string): string => fatalReason(`\nFatal error: two ${place}`, SOURCE);
  assert.equal(fatal(`${at} on line 3`), "Fatal error: two in Token.php on line 1");
  assert.equal(fatal(`${at}:6`), "Fatal error: two in Math.php on line 2");
  assert.equal(
    fatal(`${at}(3) : eval()'d code on line 40`),
    "Fatal error: two in Token.php on line 1",
  );
});

test("an end without a word has a reason too, and a long reason is cut", () => {
  assert.equal(fatalReason("hello", SOURCE), "the interpreter ended the call");
  const long = `\nFatal error: ${"x".repeat(5_000)}`;
  assert.equal(fatalReason(long, SOURCE).length, REASON_CHARACTERS_MAX);
});
