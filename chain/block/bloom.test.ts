import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toHex } from "@delchain/runtime";
import { Bloom } from "@ethereumjs/vm";
import fc from "fast-check";
import { logs } from "./arbitraries.ts";
import { bloomOf, EMPTY_BLOOM, mayContain, mergeBlooms } from "./bloom.ts";

test("the bloom is that of @ethereumjs/vm", () => {
  fc.assert(
    fc.property(logs, (list) => {
      const theirs = new Bloom();
      for (const { address, topics } of list) {
        theirs.add(fromHex(address));
        for (const topic of topics) theirs.add(fromHex(topic));
      }
      assert.equal(toHex(bloomOf(list)), toHex(theirs.bitvector));
    }),
  );
});

test("the blooms of parts merge into the bloom of all, and it finds every address and topic", () => {
  fc.assert(
    fc.property(logs, logs, (left, right) => {
      const merged = mergeBlooms([bloomOf(left), bloomOf(right)]);
      assert.deepEqual(merged, bloomOf([...left, ...right]));
      for (const { address, topics } of [...left, ...right]) {
        for (const value of [address, ...topics]) assert(mayContain(merged, fromHex(value)));
      }
    }),
  );
  assert.equal(mayContain(EMPTY_BLOOM, Uint8Array.of(1)), false);
});
