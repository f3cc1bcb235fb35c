import {
  type Account,
  type AccountChange,
  type Address,
  addressToBytes,
  bytesToBigint,
  concatBytes,
  EMPTY_ROOT,
  encodeRlp,
  fromHex,
  type Hash,
  hashToBytes,
  keccak256,
  keccak256Bytes,
  type StateDiff,
  Unavailable,
  ZERO_HASH,
} from "@delchain/runtime";
import { nibblesOf } from "../block/nibbles.ts";
import { integerBytes } from "../tx/rlpFields.ts";
import { BoundedCache } from "./boundedCache.ts";
import type {
  Commitment,
  CommitmentBase,
  NodeWrite,
  Proofs,
  StateCommitment,
} from "./commitment.ts";
import { proveKey, type TrieChange, updateTrie } from "./trieUpdate.ts";

/** Keys of nodes: this byte and the hash for the accounts' trie; the other, the address, the hash for storage. */
const ACCOUNTS_SPACE = 0;
const STORAGE_SPACE = 1;
/** Trie nodes kept in memory: the upper levels of a state of a million accounts. */
const NODE_CACHE_BYTES: number = 64 * 1024 * 1024;
/** Key, map entry and array header of a cached node. */
const NODE_OVERHEAD_BYTES = 250;

/**
 * Ethereum's state root (Yellow Paper, 4.1; secure hexary Merkle-Patricia tries). Nodes lie under their hashes, those
 * of an account's storage behind its address: within one trie of hashed keys no two places hold equal nodes, so that
 * a node that a block unlinks can be deleted without counting references.
 */
export class MptCommitment implements StateCommitment {
  /** By hash, so that a node's bytes never change; it may hold ones that no trie has any more. */
  readonly #cache = new BoundedCache<Hash, Uint8Array>(
    NODE_CACHE_BYTES,
    (node: Uint8Array) => node.length + NODE_OVERHEAD_BYTES,
  );

  async apply(base: CommitmentBase, diff: StateDiff): Promise<Commitment> {
    const storageRoots = new Map<Address, Hash>();
    const nodes: NodeWrite[] = [];
    const changes: TrieChange[] = [];
    for (const change of diff.accounts) {
      const path = hashedPath(addressToBytes(change.address));
      const storageRoot = await this.#applyStorage(base, change, nodes);
      if (change.exists) storageRoots.set(change.address, storageRoot);
      const value = change.exists ? encodeAccountLeaf({ ...change, storageRoot }) : undefined;
      changes.push({ path, value });
    }
    const prefix = Uint8Array.of(ACCOUNTS_SPACE);
    const stateRoot = this.#update(base, prefix, base.stateRoot, changes, nodes);
    return { stateRoot, storageRoots, nodes };
  }

  prove(base: CommitmentBase, address: Address, slots: readonly Hash[]): Proofs {
    const accounts = this.#reader(base, Uint8Array.of(ACCOUNTS_SPACE));
    const storage = this.#reader(base, storagePrefix(address));
    const own = base.storageRoot(address);
    return {
      account: proveKey(base.stateRoot, hashedPath(addressToBytes(address)), accounts),
      slots: slots.map((slot) => proveKey(own, hashedPath(hashToBytes(slot)), storage)),
    };
  }

  async #applyStorage(
    base: CommitmentBase,
    change: AccountChange,
    nodes: NodeWrite[],
  ): Promise<Hash> {
    const before = base.storageRoot(change.address);
    const wiped = change.wiped || !change.exists;
    if (change.slots.length === 0 && !(wiped && before !== EMPTY_ROOT)) return before;

    const prefix = storagePrefix(change.address);
    if (wiped && before !== EMPTY_ROOT) {
      for (const key of await base.nodeKeys(prefix)) nodes.push({ key, bytes: undefined });
    }
    if (!change.exists) return EMPTY_ROOT;
    const changes = change.slots.map(({ slot, value }) => ({
      path: hashedPath(hashToBytes(slot)),
      value: value === ZERO_HASH ? undefined : encodeStorageLeaf(value),
    }));
    return this.#update(base, prefix, wiped ? EMPTY_ROOT : before, changes, nodes);
  }

  /** The new root of the trie whose nodes lie behind `prefix`. */
  #update(
    base: CommitmentBase,
    prefix: Uint8Array,
    before: Hash,
    changes: readonly TrieChange[],
    nodes: NodeWrite[],
  ): Hash {
    const keyOf = (hash: Hash): Uint8Array => concatBytes(prefix, fromHex(hash));
    const read = this.#reader(base, prefix);
    const { root, written, removed } = updateTrie(before, changes, read);
    for (const hash of removed) nodes.push({ key: keyOf(hash), bytes: undefined });
    for (const [hash, bytes] of written) {
      this.#cache.set(hash, bytes);
      nodes.push({ key: keyOf(hash), bytes });
    }
    return root;
  }

  /** Reads the nodes of one trie. */
  #reader(base: CommitmentBase, prefix: Uint8Array): (hash: Hash) => Uint8Array {
    return (hash) =>
      this.#cache.get(hash) ?? this.#load(base, concatBytes(prefix, fromHex(hash)), hash);
  }

  /** Checks the hash of what comes from disk, so that a damaged node never enters a root. */
  #load(base: CommitmentBase, key: Uint8Array, hash: Hash): Uint8Array {
    const bytes = base.node(key);
    if (!bytes || keccak256(bytes) !== hash) {
      throw new Unavailable(
        "store",
        `trie node ${hash} is ${bytes ? "damaged" : "missing"}; restore a copy of the data folder, or remove it and sync again`,
      );
    }
    this.#cache.set(hash, bytes);
    return bytes;
  }
}

/** Where a key lies in its trie. */
function hashedPath(key: Uint8Array): Uint8Array {
  return nibblesOf(keccak256Bytes(key));
}

function storagePrefix(address: Address): Uint8Array {
  return fromHex(`0x0${STORAGE_SPACE}${address.slice(2)}`);
}

/** RLP of `[nonce, balance, storageRoot, codeHash]` (Yellow Paper, 4.1). */
export function encodeAccountLeaf(account: Account): Uint8Array {
  return encodeRlp([
    integerBytes(account.nonce),
    integerBytes(account.balance),
    hashToBytes(account.storageRoot),
    hashToBytes(account.codeHash),
  ]);
}

/** The value at a storage leaf: RLP of the word without its leading zeros. */
function encodeStorageLeaf(value: Hash): Uint8Array {
  return encodeRlp(integerBytes(bytesToBigint(hashToBytes(value))));
}
