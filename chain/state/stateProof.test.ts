import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import {
  type Address,
  addressToBytes,
  EMPTY_ROOT,
  fromHex,
  type Hash,
  InvalidInput,
  keccak256Bytes,
  type StateDiff,
  ZERO_HASH,
} from "@delchain/runtime";
import { MerklePatriciaTrie, verifyMPTWithMerkleProof } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import fc from "fast-check";
import { DEVNET } from "../spec/devnet.ts";
import { PROOF_BLOCKS_MAX, type StateProof } from "./stateProof.ts";
import { type ChainStore, openChainStore } from "./store.ts";
import { commitDiff } from "./testBlocks.ts";
import { addressOf, arbitraryDiff, word } from "./testState.ts";

let folder = "";
let store: ChainStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "delchain-proof-"));
  store = await openChainStore(folder, DEVNET);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** What a proof shows of a key, to somebody who has the root alone; `undefined` for nothing. */
async function shown(
  root: Hash,
  key: Uint8Array,
  proof: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  if (root === EMPTY_ROOT) {
    assert.equal(proof.length, 0);
    return undefined;
  }
  const hashed = keccak256Bytes(key);
  const verifier = new MerklePatriciaTrie();
  const found = await verifyMPTWithMerkleProof(verifier, fromHex(root), hashed, [...proof]);
  return found ?? undefined;
}

/** That a proof says the same as the state, and says it truly. */
async function check(
  number: bigint,
  address: Address,
  slots: readonly Hash[],
): Promise<StateProof> {
  const proof = await store.prove(number, { address, slots });
  const root = store.headerByNumber(number)?.stateRoot as Hash;
  const view = store.viewAt(number);
  const account = view.account(address);
  assert.deepEqual(proof.account, account);
  const leaf = await shown(root, addressToBytes(address), proof.accountProof);
  const expected =
    account &&
    RLP.encode([
      account.nonce,
      account.balance,
      fromHex(account.storageRoot),
      fromHex(account.codeHash),
    ]);
  assert.deepEqual(leaf, expected);
  for (const [i, slot] of slots.entries()) {
    const { value, proof: nodes } = proof.slots[i] ?? { value: undefined, proof: [] };
    assert.equal(value, view.storage(address, slot));
    const found = await shown(account?.storageRoot ?? EMPTY_ROOT, fromHex(slot), nodes);
    const held = value === ZERO_HASH ? undefined : RLP.encode(BigInt(value ?? 0));
    assert.deepEqual(found, held);
  }
  return proof;
}

test("every account and slot of every kept block is proved, and so is what is not there", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryDiff(), { minLength: 1, maxLength: 4 }), async (diffs) => {
      for (const diff of diffs) await commitDiff(store, diff);
      const { number: head } = store.head();
      const ages = [head, head - 1n, head - BigInt(diffs.length), 0n].filter((one) => one >= 0n);
      for (const number of ages) {
        for (let i = 0; i <= 40; i += 4) {
          await check(number, addressOf(i), [word(0), word(3), word(7), word(24)]);
        }
      }
    }),
    { numRuns: 12 },
  );
});

test("a block further back than is proved is refused, with the oldest that is", async () => {
  const change = (balance: bigint): StateDiff => ({
    accounts: [
      {
        address: addressOf(1),
        exists: true,
        nonce: 0n,
        balance,
        codeHash: `0x${"00".repeat(32)}` as Hash,
        wiped: false,
        slots: [],
      },
    ],
    codes: [],
  });
  for (let i = 1n; i <= PROOF_BLOCKS_MAX + 1n; i++) await commitDiff(store, change(i));
  await check(1n, addressOf(1), []);
  await assert.rejects(store.prove(0n, { address: addressOf(1), slots: [] }), (error) => {
    assert(error instanceof InvalidInput);
    assert.deepEqual(error.facts, { code: "PROOF_TOO_OLD", number: 0n, oldest: 1n });
    return true;
  });
});

test("a proof that is asked for while a block comes is of one state", async () => {
  const diffs = fc.sample(arbitraryDiff(), { numRuns: 6, seed: 7 });
  for (const diff of diffs.slice(0, 3)) await commitDiff(store, diff);
  const { number } = store.head();
  const asked = Array.from({ length: 20 }, (_, i) => check(number, addressOf(i), [word(1)]));
  for (const diff of diffs.slice(3)) await commitDiff(store, diff);
  await Promise.all(asked);
});
