import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_ROOT, fromHex, type Hash, toHex } from "@delchain/runtime";
import { MerklePatriciaTrie, verifyMPTWithMerkleProof } from "@ethereumjs/mpt";
import fc from "fast-check";
import { nibblesOf } from "../block/nibbles.ts";
import { proveKey, updateTrie } from "./trieUpdate.ts";

// Three bytes of few values: keys share beginnings of every length. Short values stand in their parents themselves.
const key = fc
  .tuple(...Array.from({ length: 3 }, () => fc.constantFrom(0x00, 0x01, 0x10, 0x11, 0xf1)))
  .map((bytes) => Uint8Array.from(bytes));
const value = fc.option(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
    fc.uint8Array({ minLength: 30, maxLength: 60 }),
  ),
  { nil: undefined },
);
const change = fc.record({ key, value });
const block = fc.uniqueArray(change, { selector: (one) => toHex(one.key), maxLength: 20 });

test("any row of changes leads to the roots that @ethereumjs/mpt comes to key by key", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 8 }), async (blocks) => {
      const oracle = new MerklePatriciaTrie();
      const stored = new Map<Hash, Uint8Array>();
      let root: Hash = EMPTY_ROOT;
      for (const changes of blocks) {
        const update = updateTrie(
          root,
          changes.map((one) => ({ path: nibblesOf(one.key), value: one.value })),
          (hash) => stored.get(hash) ?? assert.fail(`${hash} was never written`),
        );
        for (const [hash, bytes] of update.written) stored.set(hash, bytes);
        root = update.root;
        for (const one of changes) {
          if (one.value !== undefined) await oracle.put(one.key, one.value);
          else if (toHex(oracle.root()) !== EMPTY_ROOT) await oracle.del(one.key);
        }
        assert.equal(root, toHex(oracle.root()));
      }
    }),
    { numRuns: 400 },
  );
});

test("a key that is there or not is proved to whoever has the root, as @ethereumjs/mpt verifies it", async () => {
  await fc.assert(
    fc.asyncProperty(block, key, async (changes, asked) => {
      const stored = new Map<Hash, Uint8Array>();
      const read = (hash: Hash) => stored.get(hash) ?? assert.fail(`${hash} was never written`);
      const paths = changes.map((one) => ({ path: nibblesOf(one.key), value: one.value }));
      const { root, written } = updateTrie(EMPTY_ROOT, paths, read);
      for (const [hash, bytes] of written) stored.set(hash, bytes);
      const proof = proveKey(root, nibblesOf(asked), read);
      const held = changes.find((one) => toHex(one.key) === toHex(asked))?.value;
      if (root === EMPTY_ROOT) {
        assert.deepEqual(proof, []);
        return;
      }
      const verifier = new MerklePatriciaTrie();
      const found = await verifyMPTWithMerkleProof(verifier, fromHex(root), asked, [...proof]);
      assert.deepEqual(found ?? undefined, held);
    }),
    { numRuns: 400 },
  );
});

test("changes that change nothing write and remove nothing", () => {
  const path = nibblesOf(Uint8Array.of(1, 2));
  const first = updateTrie(EMPTY_ROOT, [{ path, value: Uint8Array.of(7) }], () => assert.fail());
  const read = (hash: Hash): Uint8Array => first.written.get(hash) ?? assert.fail();
  const other = nibblesOf(Uint8Array.of(1, 3));
  for (const changes of [
    [],
    [{ path: other, value: undefined }],
    [{ path, value: Uint8Array.of(7) }],
  ]) {
    const { root, written, removed } = updateTrie(first.root, changes, read);
    assert.deepEqual([root, written.size, removed.size], [first.root, 0, 0]);
  }
});
