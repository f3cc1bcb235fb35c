import assert from "node:assert/strict";
import fc from "fast-check";
import { hashHeader } from "../../chain/block/headerCodec.ts";
import { DEVNET } from "../../chain/spec/devnet.ts";
import { genesisDiff } from "../../chain/spec/genesis.ts";
import { Database } from "../../chain/state/database.ts";
import { KEY_KINDS } from "../../chain/state/keys.ts";
import { decodeAccount, decodeSlot } from "../../chain/state/records.ts";
import { type ChainStore, openChainStore } from "../../chain/state/store.ts";
import {
  applyToMaps,
  arbitraryDiff,
  rebuild,
  type TestAccounts,
} from "../../chain/state/testState.ts";
import { type Hash, hashFromBytes, type StateDiff } from "../../runtime/index.ts";

/** What the writing process does to the state in block `number`: known from the number alone. */
export function diffOf(number: bigint): StateDiff {
  const [diff] = fc.sample(arbitraryDiff(), { seed: Number(number), numRuns: 1 });
  return diff as StateDiff;
}

/**
 * Opens a store that a crash left, and holds everything in it to what the blocks up to its head did: state, roots,
 * trie nodes, blocks, receipts and indexes. Returns the head's number.
 */
export async function checkStore(path: string): Promise<bigint> {
  const store = await openChainStore(path, DEVNET);
  const head = store.head();
  checkBlocks(store);
  await store.close();

  const flat = await readFlat(path);
  let expected = applyToMaps(new Map(), genesisDiff(DEVNET));
  for (let number = 1n; number <= head.number; number++) {
    expected = applyToMaps(expected, diffOf(number));
  }
  assert.deepEqual(flat.accounts, expected, `the flat state at head ${head.number}`);
  const { stateRoot, storageRoots, nodeKeys } = await rebuild(flat.accounts);
  assert.equal(head.stateRoot, stateRoot);
  assert.deepEqual(flat.storageRoots, storageRoots);
  assert.deepEqual(flat.nodeKeys, nodeKeys);
  return head.number;
}

function checkBlocks(store: ChainStore): void {
  const head = store.head();
  let parentHash: Hash | undefined;
  for (let number = 0n; number <= head.number; number++) {
    const executed = store.blockByNumber(number);
    assert.ok(executed, `block ${number} of ${head.number} is there`);
    const { header, transactions } = executed.block;
    const hash = hashHeader(header);
    assert.equal(executed.receipts.length, transactions.length);
    assert.deepEqual(
      [store.hashByNumber(number), store.numberByHash(hash), header.parentHash],
      [hash, number, parentHash ?? header.parentHash],
    );
    parentHash = hash;
  }
  assert.equal(parentHash, head.hash);
  for (let ahead = 1n; ahead <= 2n; ahead++) {
    assert.equal(store.blockByNumber(head.number + ahead), undefined);
  }
  const last = store.blockByNumber(head.number);
  for (const { hash } of last?.block.transactions ?? []) {
    assert.equal(store.transactionLocation(hash)?.number, head.number);
  }
}

type Flat = {
  readonly accounts: TestAccounts;
  readonly storageRoots: Map<string, Hash>;
  readonly nodeKeys: string[];
};

/** The state by its keys alone, past everything that the store caches. */
async function readFlat(path: string): Promise<Flat> {
  const database = await Database.open(path);
  const slots = new Map<string, Map<Hash, Hash>>();
  for await (const [key, value] of database.entries(Buffer.from(KEY_KINDS.slot))) {
    const address = hex(key, 1, 21);
    const ofAccount = slots.get(address) ?? new Map<Hash, Hash>();
    slots.set(address, ofAccount.set(hashFromBytes(key.slice(21)), decodeSlot(value)));
  }
  const accounts = new Map();
  const storageRoots = new Map<string, Hash>();
  for await (const [key, value] of database.entries(Buffer.from(KEY_KINDS.account))) {
    const { storageRoot, ...account } = decodeAccount(value);
    const address = hex(key, 1, 21);
    accounts.set(address, { ...account, slots: slots.get(address) ?? new Map() });
    storageRoots.set(address, storageRoot);
    slots.delete(address);
  }
  assert.equal(slots.size, 0, "no slot is left of an account that is gone");
  const nodeKeys: string[] = [];
  for await (const [key] of database.entries(Buffer.from(KEY_KINDS.node))) {
    nodeKeys.push(hex(key, 1, key.length));
  }
  await database.close();
  return { accounts, storageRoots, nodeKeys };
}

function hex(bytes: Uint8Array, start: number, end: number): string {
  return `0x${Buffer.from(bytes.slice(start, end)).toString("hex")}`;
}
