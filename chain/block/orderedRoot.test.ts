import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_ROOT, encodeRlp, keccak256, toHex } from "@delchain/runtime";
import { createMPT } from "@ethereumjs/mpt";
import fc from "fast-check";
import { integerBytes } from "../tx/rlpFields.ts";
import { orderedRoot } from "./orderedRoot.ts";

async function oracle(values: readonly Uint8Array[]): Promise<string> {
  const trie = await createMPT();
  for (const [i, value] of values.entries())
    await trie.put(encodeRlp(integerBytes(BigInt(i))), value);
  return toHex(trie.root());
}

test("no values have the empty root", () => {
  assert.equal(orderedRoot([]), EMPTY_ROOT);
});

test("the root is that of @ethereumjs/mpt under rlp(index), short values embedded in their parents included", async () => {
  const value = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
    fc.uint8Array({ minLength: 20, maxLength: 40 }),
    fc.uint8Array({ minLength: 200, maxLength: 300 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 40 }), async (values) => {
      assert.equal(orderedRoot(values), await oracle(values));
    }),
    { numRuns: 60 },
  );
});

test("the root is right where the index gets another byte or another nibble", async () => {
  for (const length of [1, 2, 15, 16, 17, 127, 128, 129, 255, 256, 257, 600]) {
    const values = Array.from({ length }, (_, i) => encodeRlp(integerBytes(BigInt(i + 1))));
    assert.equal(orderedRoot(values), await oracle(values), `${length} values`);
  }
});

test("the order of values and each byte of them count", () => {
  const values = [1, 2, 3].map((byte) => new Uint8Array(40).fill(byte));
  const roots = [
    values,
    [...values].reverse(),
    values.slice(1),
    [...values, values[0] as Uint8Array],
  ].map(orderedRoot);
  assert.equal(new Set(roots).size, 4);
  assert.notEqual(orderedRoot([new Uint8Array(1)]), keccak256(new Uint8Array(1)));
});
