import {
  type AccountChange,
  type Address,
  EMPTY_CODE_HASH,
  EMPTY_ROOT,
  fromHex,
  type Hash,
  keccak256,
  type StateDiff,
  toAddress,
  toHash,
  toHex,
  ZERO_HASH,
} from "@delchain/runtime";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import fc from "fast-check";
import type { CommitmentBase, StateCommitment } from "./commitment.ts";

/** What the tests of this folder share: a state in maps, an oracle for its root, and random blocks. */

export type TestAccount = Pick<AccountChange, "nonce" | "balance" | "codeHash"> & {
  readonly slots: ReadonlyMap<Hash, Hash>;
};

export type TestAccounts = ReadonlyMap<Address, TestAccount>;

/** The plain meaning of a diff. */
export function applyToMaps(accounts: TestAccounts, diff: StateDiff): TestAccounts {
  const next = new Map(accounts);
  for (const { address, exists, nonce, balance, codeHash, wiped, slots } of diff.accounts) {
    if (!exists) {
      next.delete(address);
      continue;
    }
    const values = new Map(wiped ? [] : next.get(address)?.slots);
    for (const { slot, value } of slots) {
      if (value === ZERO_HASH) values.delete(slot);
      else values.set(slot, value);
    }
    next.set(address, { nonce, balance, codeHash, slots: values });
  }
  return next;
}

/** A base for commitments that keeps everything in maps. */
export class TestBase implements CommitmentBase {
  stateRoot: Hash = EMPTY_ROOT;
  accounts: TestAccounts = new Map();
  readonly storageRoots: Map<Address, Hash> = new Map<Address, Hash>();
  readonly nodes: Map<string, Uint8Array> = new Map<string, Uint8Array>();

  storageRoot(address: Address): Hash {
    return this.storageRoots.get(address) ?? EMPTY_ROOT;
  }

  node(key: Uint8Array): Uint8Array | undefined {
    return this.nodes.get(toHex(key));
  }

  async nodeKeys(prefix: Uint8Array): Promise<readonly Uint8Array[]> {
    const keys = [...this.nodes.keys()].filter((key) => key.startsWith(toHex(prefix)));
    return keys.map((key) => fromHex(key));
  }

  async apply(commitment: StateCommitment, diff: StateDiff): Promise<Hash> {
    const { stateRoot, storageRoots, nodes } = await commitment.apply(this, diff);
    for (const { key, bytes } of nodes) {
      if (bytes) this.nodes.set(toHex(key), bytes);
      else this.nodes.delete(toHex(key));
    }
    for (const { address } of diff.accounts) this.storageRoots.delete(address);
    for (const [address, root] of storageRoots) this.storageRoots.set(address, root);
    this.accounts = applyToMaps(this.accounts, diff);
    this.stateRoot = stateRoot;
    return stateRoot;
  }
}

/** Roots and node keys of a state, by tries built anew from nothing but its accounts. */
export async function rebuild(
  accounts: TestAccounts,
): Promise<{ stateRoot: Hash; storageRoots: Map<Address, Hash>; nodeKeys: string[] }> {
  const nodeKeys: string[] = [];
  const storageRoots = new Map<Address, Hash>();
  const accountTrie = new MerklePatriciaTrie({ useKeyHashing: true });
  for (const [address, { nonce, balance, codeHash, slots }] of accounts) {
    const storage = new MerklePatriciaTrie({ useKeyHashing: true });
    for (const [slot, value] of slots) {
      await storage.put(fromHex(slot), RLP.encode(BigInt(value)));
    }
    nodeKeys.push(...(await hashesOf(storage)).map((hash) => `0x01${address.slice(2)}${hash}`));
    const storageRoot = storage.root();
    storageRoots.set(address, toHex(storageRoot) as Hash);
    const leaf = RLP.encode([nonce, balance, storageRoot, fromHex(codeHash)]);
    await accountTrie.put(fromHex(address), leaf);
  }
  nodeKeys.push(...(await hashesOf(accountTrie)).map((hash) => `0x00${hash}`));
  return { stateRoot: toHex(accountTrie.root()) as Hash, storageRoots, nodeKeys: nodeKeys.sort() };
}

async function hashesOf(trie: MerklePatriciaTrie): Promise<string[]> {
  if (toHex(trie.root()) === EMPTY_ROOT) return [];
  const hashes: string[] = [];
  await trie.walkAllNodes(async (node) => {
    const bytes = node.serialize();
    const hash = keccak256(bytes);
    if (bytes.length >= 32 || hash === toHex(trie.root())) hashes.push(hash.slice(2));
  });
  return hashes;
}

export function addressOf(index: number): Address {
  return toAddress(keccak256(Uint8Array.of(index & 0xff, index >> 8)).slice(0, 42));
}

export function word(value: number): Hash {
  return toHash(`0x${value.toString(16).padStart(64, "0")}`);
}

/** Few accounts and slots, so that blocks meet: changes, deletions, wipes and re-creations of the same ones. */
export function arbitraryDiff(): fc.Arbitrary<StateDiff> {
  const slot = fc.record({
    slot: fc.integer({ min: 0, max: 24 }).map(word),
    value: fc.integer({ min: 0, max: 3 }).map((value) => word(value * 0xabcdef)),
  });
  const change = fc
    .record({
      address: fc.integer({ min: 0, max: 40 }).map(addressOf),
      fate: fc.constantFrom("delete", "wipe", "change", "change", "change"),
      nonce: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      balance: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
      codeHash: fc.constantFrom(EMPTY_CODE_HASH, word(7)),
      slots: fc.uniqueArray(slot, { selector: (entry) => entry.slot, maxLength: 12 }),
    })
    .map(({ fate, ...entry }): AccountChange => {
      if (fate === "delete") return deletion(entry.address);
      return { ...entry, exists: true, wiped: fate === "wipe" };
    });
  return fc
    .uniqueArray(change, { selector: ({ address }) => address, maxLength: 24 })
    .map((accounts) => ({
      accounts: accounts.toSorted((left, right) => (left.address < right.address ? -1 : 1)),
      codes: [],
    }));
}

export function deletion(address: Address): AccountChange {
  const codeHash = EMPTY_CODE_HASH;
  return { address, exists: false, nonce: 0n, balance: 0n, codeHash, wiped: true, slots: [] };
}
