import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AccountChange,
  EMPTY_CODE_HASH,
  EMPTY_DIFF,
  EMPTY_ROOT,
  Unavailable,
} from "@delchain/runtime";
import fc from "fast-check";
import { MptCommitment } from "./mptCommitment.ts";
import { addressOf, arbitraryDiff, deletion, rebuild, TestBase, word } from "./testState.ts";

const commitment = new MptCommitment();

test("roots and kept nodes are those of tries built anew, over any row of blocks", async () => {
  const rows = fc.array(arbitraryDiff(), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(rows, async (diffs) => {
      const base = new TestBase();
      for (const diff of diffs) {
        const stateRoot = await base.apply(commitment, diff);
        const { storageRoots } = base;
        const nodeKeys = [...base.nodes.keys()].sort();
        assert.deepEqual({ stateRoot, storageRoots, nodeKeys }, await rebuild(base.accounts));
      }
    }),
    { numRuns: 40 },
  );
});

test("nothing changed is the root before, and nothing is written", async () => {
  const base = new TestBase();
  const stateRoot = await base.apply(commitment, { accounts: [contract(1)], codes: [] });
  assert.deepEqual(await commitment.apply(base, EMPTY_DIFF), {
    stateRoot,
    storageRoots: new Map(),
    nodes: [],
  });
});

test("deleting everything leads to the empty root and leaves no node", async () => {
  const base = new TestBase();
  await base.apply(commitment, { accounts: [contract(1), contract(2)], codes: [] });
  const accounts = [deletion(addressOf(1)), deletion(addressOf(2))];
  assert.equal(await base.apply(commitment, { accounts, codes: [] }), EMPTY_ROOT);
  assert.equal(base.nodes.size, 0);
});

test("applying says what a diff leads to and changes nothing", async () => {
  const base = new TestBase();
  const diff = { accounts: [contract(1)], codes: [] };
  const first = await commitment.apply(base, diff);
  assert.deepEqual(await commitment.apply(base, diff), first);
});

test("a missing trie node is the machine's trouble and never a wrong root", async () => {
  const base = new TestBase();
  const accounts = Array.from({ length: 40 }, (_, i) => contract(i));
  await base.apply(commitment, { accounts, codes: [] });
  for (const key of [...base.nodes.keys()].filter((name) => name.startsWith("0x00"))) {
    base.nodes.delete(key);
  }
  await assert.rejects(
    new MptCommitment().apply(base, { accounts: [contract(3)], codes: [] }),
    (error) => error instanceof Unavailable && /trie node 0x\w{64} is missing/.test(error.message),
  );
});

test("a damaged trie node is the machine's trouble and never a wrong root", async () => {
  const base = new TestBase();
  await base.apply(commitment, { accounts: [contract(1)], codes: [] });
  for (const [key, bytes] of base.nodes) base.nodes.set(key, bytes.with(5, 1 ^ (bytes[5] ?? 0)));
  await assert.rejects(
    new MptCommitment().apply(base, { accounts: [contract(3)], codes: [] }),
    (error) => error instanceof Unavailable && /trie node 0x\w{64} is damaged/.test(error.message),
  );
});

function contract(index: number): AccountChange {
  return {
    address: addressOf(index),
    exists: true,
    nonce: 1n,
    balance: BigInt(index),
    codeHash: EMPTY_CODE_HASH,
    wiped: false,
    slots: [1, 2, 3].map((slot) => ({ slot: word(slot), value: word(index + 1) })),
  };
}
