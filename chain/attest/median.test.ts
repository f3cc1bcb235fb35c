import assert from "node:assert/strict";
import { test } from "node:test";
import { bigintToBytes, type Hash, hashFromBytes } from "@delchain/runtime";
import fc from "fast-check";
import { medianOf } from "./median.ts";

const word = (value: bigint): Hash => hashFromBytes(bigintToBytes(BigInt.asUintN(256, value), 32));
const median = (values: readonly bigint[], isSigned = false): bigint => {
  const found = BigInt(medianOf(values.map(word), isSigned));
  return isSigned ? BigInt.asIntN(256, found) : found;
};

test("the median is the one in the middle, the lower of two, and always somebody's word", () => {
  assert.equal(median([7n]), 7n);
  assert.equal(median([9n, 1n, 5n]), 5n);
  assert.equal(median([9n, 1n]), 1n);
  assert.equal(median([4n, 1n, 3n, 2n]), 2n);
  assert.equal(median([2n ** 255n, 1n, 0n]), 1n);
  assert.throws(() => medianOf([], false), RangeError);
});

test("numbers below zero are smaller where the type has them", () => {
  const values = [-5n, 3n, -1n];
  assert.equal(median(values, true), -1n);
  assert.equal(median(values), BigInt.asUintN(256, -5n));
});

test("fewer than half of the members, whatever they say, keep it within what the others found", () => {
  const value = fc.bigInt(-(2n ** 255n), 2n ** 255n - 1n);
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 31 }),
      fc.infiniteStream(value),
      (honest, lies) => {
        const bad = [...lies.take(honest.length - 1)];
        const found = median([...bad, ...honest], true);
        const sorted = honest.toSorted((left, right) => (left < right ? -1 : 1));
        assert.ok((sorted[0] as bigint) <= found && found <= (sorted.at(-1) as bigint));
      },
    ),
  );
});
