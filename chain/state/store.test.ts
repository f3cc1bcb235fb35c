import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import {
  type AccountChange,
  EMPTY_CODE_HASH,
  EMPTY_DIFF,
  EMPTY_ROOT,
  type Hash,
  InvalidInput,
  keccak256,
  type StateDiff,
  ZERO_HASH,
} from "@delchain/runtime";
import fc from "fast-check";
import { hashHeader } from "../block/headerCodec.ts";
import { DEVNET } from "../spec/devnet.ts";
import { genesisDiff } from "../spec/genesis.ts";
import { BLOCK_HASH_WINDOW } from "./chainView.ts";
import { HISTORY_BLOCKS } from "./history.ts";
import { type ChainStore, openChainStore } from "./store.ts";
import { CONTRACT, commitDiff, nextBlock, signedCall } from "./testBlocks.ts";
import {
  addressOf,
  applyToMaps,
  arbitraryDiff,
  deletion,
  rebuild,
  type TestAccounts,
  word,
} from "./testState.ts";

let folder: string;
let store: ChainStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "delchain-store-"));
  store = await openChainStore(folder, DEVNET);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

test("an empty folder becomes a store that ends with the genesis block", async () => {
  const block = store.blockByNumber(0n)?.block;
  assert.ok(block);
  const { stateRoot } = await rebuild(applyToMaps(new Map(), genesisDiff(DEVNET)));
  assert.deepEqual(store.head(), { number: 0n, hash: hashHeader(block.header), stateRoot });
  assert.equal(store.viewAt().account(DEVNET.queueAddress)?.nonce, 1n);
});

test("a block is found again by everything that names it, also after closing", async () => {
  const listed = [signedCall(0n), signedCall(1n)];
  const ordered = [signedCall(2n)];
  const executed = await commitDiff(store, EMPTY_DIFF, { transactions: listed, orders: ordered });
  const hash = hashHeader(executed.block.header);
  await store.close();
  store = await openChainStore(folder, DEVNET);
  assert.deepEqual(
    {
      head: store.head().hash,
      block: store.blockByNumber(1n),
      header: store.headerByNumber(1n),
      receipts: store.receipts(1n),
      number: store.numberByHash(hash),
      hash: store.hashByNumber(1n),
      listed: listed.map((signed) => store.transactionLocation(signed.hash)),
      ordered: ordered.map((signed) => store.orderLocation(signed.hash)),
    },
    {
      head: hash,
      block: executed,
      header: executed.block.header,
      receipts: executed.receipts,
      number: 1n,
      hash,
      listed: [
        { number: 1n, index: 0 },
        { number: 1n, index: 1 },
      ],
      ordered: [{ number: 1n, queueIndex: 1n, contract: CONTRACT }],
    },
  );
});

test("what is not there is undefined", () => {
  const nothing = word(1);
  assert.deepEqual(
    [
      store.blockByNumber(1n),
      store.blockByNumber(-1n),
      store.headerByNumber(1n),
      store.receipts(1n),
      store.numberByHash(nothing),
      store.hashByNumber(1n),
      store.transactionLocation(nothing),
      store.orderLocation(nothing),
      store.viewAt().account(addressOf(1)),
      store.viewAt().code(nothing),
    ],
    Array(10).fill(undefined),
  );
  assert.equal(store.viewAt().storage(addressOf(1), nothing), ZERO_HASH);
});

test("every kept block's state reads as it was, over any row of blocks and after closing", async () => {
  const rows = fc.array(arbitraryDiff(), { minLength: 1, maxLength: 6 });
  let accounts = applyToMaps(new Map(), genesisDiff(DEVNET));
  const expected = [accounts];
  await fc.assert(
    fc.asyncProperty(rows, async (diffs) => {
      for (const diff of diffs) {
        await commitDiff(store, diff);
        accounts = applyToMaps(accounts, diff);
        expected.push(accounts);
      }
      // Views of all ages, some of which have been read before and must follow.
      for (let number = 0; number < expected.length; number += 1 + (expected.length >> 3)) {
        checkView(store, BigInt(number), expected[number] as TestAccounts);
      }
      await store.close();
      store = await openChainStore(folder, DEVNET);
      const number = BigInt(Math.max(0, expected.length - 3));
      checkView(store, number, expected[Number(number)] as TestAccounts);
      assert.equal(store.head().stateRoot, (await rebuild(accounts)).stateRoot);
    }),
    { numRuns: 12 },
  );
});

/** Compares all accounts and slots that a test can have touched. */
function checkView(chain: ChainStore, number: bigint, expected: TestAccounts): void {
  const view = chain.viewAt(number);
  for (let i = 0; i <= 40; i++) {
    const address = addressOf(i);
    const { storageRoot: _, ...account } = view.account(address) ?? { storageRoot: EMPTY_ROOT };
    const { slots, ...wanted } = expected.get(address) ?? { slots: new Map<Hash, Hash>() };
    assert.deepEqual(account, wanted, `account ${i} at ${number}`);
    for (let slot = 0; slot <= 24; slot++) {
      const value = slots.get(word(slot)) ?? ZERO_HASH;
      assert.equal(view.storage(address, word(slot)), value, `slot ${slot} of ${i} at ${number}`);
    }
  }
}

test("a view stays right while later blocks are committed", async () => {
  await commitDiff(store, setBalance(1n));
  const view = store.viewAt();
  assert.equal(view.account(addressOf(1))?.balance, 1n);
  await commitDiff(store, setBalance(2n));
  await commitDiff(store, { accounts: [deletion(addressOf(1))], codes: [] });
  assert.equal(view.account(addressOf(1))?.balance, 1n);
  assert.equal(store.viewAt(2n).account(addressOf(1))?.balance, 2n);
  assert.equal(store.viewAt().account(addressOf(1)), undefined);
});

test("a block that is on its way to the disk is the tip, and its state can be read", async () => {
  const signed = signedCall(0n);
  const prepared = await store.prepare(setBalance(5n));
  const executed = nextBlock(store, prepared.stateRoot, { transactions: [signed] });
  const written = store.commit(prepared, executed);
  while (store.tip().number === 0n) await Promise.resolve();
  assert.equal(store.head().number, 0n);
  assert.equal(store.viewAt(1n).account(addressOf(1))?.balance, 5n);
  assert.equal(store.viewAt().account(addressOf(1)), undefined);
  assert.equal(store.transactionLocation(signed.hash), undefined);
  const next = await store.prepare(setBalance(6n));
  await store.commit(next, nextBlock(store, next.stateRoot));
  await written;
  assert.equal(store.head().number, 2n);
  assert.equal(store.viewAt().account(addressOf(1))?.balance, 6n);
  assert.deepEqual(store.transactionLocation(signed.hash), { number: 1n, index: 0 });
});

test("code is found under its hash", async () => {
  const bytes = Uint8Array.of(0x60, 0x00);
  const hash = keccak256(bytes);
  await commitDiff(store, { accounts: [], codes: [{ hash, bytes }] });
  assert.deepEqual(store.viewAt().code(hash), bytes);
});

test("of all prepared states only the committed one leaves a trace", async () => {
  const [first, second] = [
    await store.prepare(setBalance(1n)),
    await store.prepare(setBalance(2n)),
  ];
  assert.notEqual(first.stateRoot, second.stateRoot);
  store.discard(first);
  await assert.rejects(store.commit(first, nextBlock(store, first.stateRoot)), /discarded/);
  await store.commit(second, nextBlock(store, second.stateRoot));
  assert.equal(store.viewAt().account(addressOf(1))?.balance, 2n);
});

test("a block that does not follow is a bug, and nothing of it is written", async () => {
  const stale = await store.prepare(setBalance(1n));
  await commitDiff(store, setBalance(2n));
  await assert.rejects(
    store.commit(stale, nextBlock(store, stale.stateRoot)),
    /broken invariant: block 2 was prepared on another parent/,
  );
  const prepared = await store.prepare(setBalance(3n));
  await assert.rejects(
    store.commit(prepared, nextBlock(store, EMPTY_ROOT)),
    /broken invariant: block 2 names root/,
  );
  assert.equal(store.tip().number, 1n);
});

test("states are kept for so many blocks, and an older one is refused with the range", async () => {
  const oldest = store.viewAt(0n);
  for (let i = 1n; i <= HISTORY_BLOCKS; i++) await commitDiff(store, setBalance(i));
  assert.equal(oldest.account(addressOf(1)), undefined);
  assert.equal(store.viewAt(1n).account(addressOf(1))?.balance, 1n);
  await commitDiff(store, setBalance(1_000n));
  const isPruned = (error: unknown): boolean => {
    assert.ok(error instanceof InvalidInput);
    const newest = HISTORY_BLOCKS + 1n;
    assert.deepEqual(error.facts, { code: "STATE_PRUNED", number: 0n, oldest: 1n, newest });
    return true;
  };
  assert.throws(() => oldest.account(addressOf(1)), isPruned);
  assert.throws(() => store.viewAt(0n), isPruned);
  await store.close();
  store = await openChainStore(folder, DEVNET);
  assert.equal(store.viewAt(1n).account(addressOf(1))?.balance, 1n);
  assert.throws(() => store.viewAt(0n), isPruned);
});

test("a view knows the hashes of its block and of the 255 before", async () => {
  for (let i = 1n; i <= BLOCK_HASH_WINDOW; i++) await commitDiff(store, EMPTY_DIFF);
  const view = store.viewAt(BLOCK_HASH_WINDOW);
  assert.equal(view.blockHash(BLOCK_HASH_WINDOW), store.head().hash);
  assert.equal(view.blockHash(1n), store.hashByNumber(1n));
  assert.equal(view.blockHash(0n), undefined);
  assert.equal(view.blockHash(BLOCK_HASH_WINDOW + 1n), undefined);
  assert.equal(store.viewAt(3n).blockHash(4n), undefined);
  assert.equal(store.viewAt(3n).blockHash(0n), store.hashByNumber(0n));
});

function setBalance(balance: bigint): StateDiff {
  const account: AccountChange = {
    address: addressOf(1),
    exists: true,
    nonce: 0n,
    balance,
    codeHash: EMPTY_CODE_HASH,
    wiped: false,
    slots: [{ slot: word(1), value: word(Number(balance)) }],
  };
  return { accounts: [account], codes: [] };
}
