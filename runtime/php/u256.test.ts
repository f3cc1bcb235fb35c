import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bigintToBytes, toHex } from "../types/bytes.ts";
import { PhpChain } from "./testing/phpChain.ts";

// The SDK's numbers against the ones of this language; a panic is Solidity's, by its code.

const MODULUS = 2n ** 256n;
const OVERFLOW = 0x11n;
const DIVISION = 0x12n;
const RUNS = 150;

const php = new PhpChain();
const at = php.put(`
    $left = U256::fromWord(substr($input, 0, 32));
    $right = U256::fromWord(substr($input, 32));
    $answers = [];
    foreach (['add', 'sub', 'mul', 'div', 'mod'] as $operation) {
        try {
            $answers[] = bin2hex($left->$operation($right)->word());
        } catch (Revert $revert) {
            $answers[] = 'panic ' . (string) U256::fromWord(substr($revert->data, 4));
        }
    }
    return json_encode([...$answers, $left <=> $right, $left == $right, (string) $left, $left->isZero(),
        U256::of((string) $left) == $left]);`);

function wanted(left: bigint, right: bigint): unknown[] {
  const within = (value: bigint): string =>
    value < 0n || value >= MODULUS ? `panic ${OVERFLOW}` : value.toString(16).padStart(64, "0");
  const divided = (value: () => bigint): string =>
    right === 0n ? `panic ${DIVISION}` : within(value());
  return [
    within(left + right),
    within(left - right),
    within(left * right),
    divided(() => left / right),
    divided(() => left % right),
    left < right ? -1 : Number(left > right),
    left === right,
    String(left),
    left === 0n,
    true,
  ];
}

function answers(left: bigint, right: bigint): unknown {
  const input = Buffer.concat([bigintToBytes(left, 32), bigintToBytes(right, 32)]);
  const { text } = php.call(at, input);
  return JSON.parse(text);
}

/** As many small numbers and numbers near a power of two as others. */
const number = fc.oneof(
  fc.bigInt({ min: 0n, max: 3n }),
  fc.bigInt({ min: 0n, max: MODULUS - 1n }),
  fc
    .tuple(fc.integer({ min: 1, max: 255 }), fc.bigInt({ min: -2n, max: 2n }))
    .map(([power, off]) => (2n ** BigInt(power) + off) % MODULUS),
  fc.constantFrom(MODULUS - 1n, MODULUS / 2n),
);

test("256-bit numbers are what they are elsewhere, panics included", () => {
  fc.assert(
    fc.property(number, number, (left, right) => {
      assert.deepEqual(answers(left, right), wanted(left, right));
    }),
    { numRuns: RUNS },
  );
});

test("two numbers whose bytes look like decimal digits compare as numbers", () => {
  // PHP takes "1e1" and "10" for equal, as texts.
  const word = (text: string): bigint => BigInt(toHex(Buffer.from(text)));
  const [left, right] = [word(`${" ".repeat(29)}1e1`), word(`${" ".repeat(30)}10`)];
  assert.deepEqual(answers(left, right), wanted(left, right));
});
