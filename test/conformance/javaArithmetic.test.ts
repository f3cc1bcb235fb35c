import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { compileJava } from "@delchain/java";
import fc from "fast-check";
import type { Abi } from "viem";
import { type Answer, ARITHMETIC, Harness } from "./sdkHarness.ts";

const SOURCE = readFileSync(new URL("java/Numbers.java", import.meta.url), "utf8");
const MODULUS = 2n ** 256n;
const OVERFLOW: Answer = { revert: "Panic", args: [0x11n] };
const DIVISION: Answer = { revert: "Panic", args: [0x12n] };

let numbers: Harness;

before(async () => {
  const { module, abi } = await compileJava({ files: { "Numbers.java": SOURCE } });
  numbers = new Harness(module, abi as Abi);
});

/** Digits at their edges, which are where long division goes wrong. */
const digit = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 31n - 1n, 2n ** 32n - 1n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }) },
);
const unsigned = fc
  .array(digit, { minLength: 1, maxLength: 8 })
  .map((digits) => digits.reduce((value, one) => (value << 32n) | one, 0n));
const signed = unsigned.map((value) => BigInt.asIntN(256, value));

function checked(value: bigint): Answer {
  return value < 0n || value >= MODULUS ? OVERFLOW : { result: value };
}

function checkedSigned(value: bigint): Answer {
  return BigInt.asIntN(256, value) === value ? { result: value } : OVERFLOW;
}

const SIGNED: Readonly<{ [name: string]: (a: bigint, b: bigint) => Answer }> = {
  addSigned: (a, b) => checkedSigned(a + b),
  subSigned: (a, b) => checkedSigned(a - b),
  mulSigned: (a, b) => checkedSigned(a * b),
  divSigned: (a, b) => (b === 0n ? DIVISION : checkedSigned(a / b)),
  modSigned: (a, b) => (b === 0n ? DIVISION : checkedSigned(a % b)),
  lessSigned: (a, b) => ({ result: a < b }),
};

test("U256 agrees with bigint, and panics as Solidity does", () => {
  const name = fc.oneof(fc.constantFrom(...Object.keys(ARITHMETIC)), fc.constantFrom("div", "mod"));
  fc.assert(
    fc.property(name, unsigned, unsigned, (method, a, b) => {
      assert.deepEqual(numbers.call(method, [a, b]), ARITHMETIC[method]?.(a, b));
    }),
    { numRuns: 6_000 },
  );
});

test("the digit of a quotient that is guessed too large is put right", () => {
  // Knuth's own cases: the guess is one or two too large, or the divisor must be added back.
  const cases: readonly (readonly [bigint, bigint])[] = [
    [0x7fff_ffff_8000_0000_0000_0000_0000_0000n, 0x8000_0000_0000_0000_0000_0001n],
    [0x8000_0000_0000_0000_ffff_fffe_0000_0000n, 0x8000_0000_ffff_ffffn],
    [2n ** 255n + 3n, 2n ** 223n + 1n],
    [(2n ** 32n - 1n) << 224n, (2n ** 64n - 1n) << 160n],
    [2n ** 256n - 1n, 2n ** 128n + 2n ** 96n - 1n],
  ];
  for (const [a, b] of cases) {
    assert.deepEqual(numbers.call("div", [a, b]), { result: a / b }, `${a} / ${b}`);
    assert.deepEqual(numbers.call("mod", [a, b]), { result: a % b }, `${a} % ${b}`);
  }
});

test("I256 agrees with bigint, and panics as Solidity does", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(SIGNED)), signed, signed, (method, a, b) => {
      assert.deepEqual(numbers.call(method, [a, b]), SIGNED[method]?.(a, b));
    }),
    { numRuns: 3_000 },
  );
  const least = -(2n ** 255n);
  assert.deepEqual(numbers.call("divSigned", [least, -1n]), OVERFLOW);
  assert.deepEqual(numbers.call("modSigned", [least, -1n]), { result: 0n });
});

test("numbers become text and back, decimal and hexadecimal", () => {
  fc.assert(
    fc.property(unsigned, (a) => {
      assert.deepEqual(numbers.call("text", [a]), { result: String(a) });
      assert.deepEqual(numbers.call("parse", [String(a)]), { result: a });
      assert.deepEqual(numbers.call("parse", [`0x${a.toString(16)}`]), { result: a });
      const below = BigInt.asIntN(256, a);
      assert.deepEqual(numbers.call("signedText", [below]), { result: String(below) });
    }),
    { numRuns: 100 },
  );
  for (const text of ["", "0x", "-1", "1 ", "12a", "0xg", "1:", "é"]) {
    const answer = numbers.call("parse", [text]) as { readonly args?: readonly unknown[] };
    assert.match(String(answer.args?.[0]), /^java.lang.NumberFormatException: .*'/, text);
  }
  assert.deepEqual(numbers.call("parse", [String(MODULUS)]), OVERFLOW);
});

test("shifts, powers and lengths of bits agree with bigint", () => {
  const by = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.constantFrom(0, 32, 64, 255, 256, 65_535),
  );
  fc.assert(
    fc.property(unsigned, by, (a, bits) => {
      const left = BigInt.asUintN(256, a << BigInt(bits));
      assert.deepEqual(numbers.call("shiftLeft", [a, bits]), { result: left });
      assert.deepEqual(numbers.call("shiftRight", [a, bits]), { result: a >> BigInt(bits) });
      const length = a === 0n ? 0 : a.toString(2).length;
      assert.deepEqual(numbers.call("bitLength", [a]), { result: length });
      const long: Answer = a < 2n ** 63n ? { result: a } : OVERFLOW;
      assert.deepEqual(numbers.call("toLong", [a]), long);
    }),
    { numRuns: 500 },
  );
  const small = fc.bigInt({ min: 0n, max: 20n });
  fc.assert(
    fc.property(small, fc.integer({ min: 0, max: 90 }), (a, exponent) => {
      assert.deepEqual(numbers.call("power", [a, exponent]), checked(a ** BigInt(exponent)));
    }),
    { numRuns: 200 },
  );
});
