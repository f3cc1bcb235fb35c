import {
  type Account,
  type AccountChange,
  type Address,
  addressToBytes,
  bytesToBigint,
  EMPTY_ROOT,
  encodeRlp,
  fromHex,
  type Hash,
  hashToBytes,
  keccak256Bytes,
  type StateDiff,
  toHex,
  ZERO_HASH,
} from "@delchain/runtime";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import { integerBytes } from "../tx/rlpFields.ts";
import { BoundedCache } from "./boundedCache.ts";
import type { Commitment, CommitmentBase, NodeWrite, StateCommitment } from "./commitment.ts";
import { type NodeCache, TrieSession } from "./trieSession.ts";

/** Keys of nodes: this byte and the hash for the accounts' trie; the other, the address, the hash for storage. */
const ACCOUNTS_SPACE = 0;
const STORAGE_SPACE = 1;
/** Trie nodes kept in memory: the upper levels of a state of a million accounts. */
const NODE_CACHE_BYTES: number = 64 * 1024 * 1024;
/** Key, map entry and array header of a cached node. */
const NODE_OVERHEAD_BYTES = 250;
/** ethereumjs' name for raw bytes. */
const RAW_BYTES = "view";

/**
 * Ethereum's state root (Yellow Paper, 4.1; secure hexary Merkle-Patricia tries) by @ethereumjs/mpt. Nodes lie
 * under their hashes, those of an account's storage behind its address: within one trie of hashed keys no two
 * places hold equal nodes, so that a node that a block unlinks can be deleted without counting references.
 */
export class MptCommitment implements StateCommitment {
  readonly #cache: NodeCache = new BoundedCache(
    NODE_CACHE_BYTES,
    (node: Uint8Array) => node.length + NODE_OVERHEAD_BYTES,
  );

  async apply(base: CommitmentBase, diff: StateDiff): Promise<Commitment> {
    const storageRoots = new Map<Address, Hash>();
    const nodes: NodeWrite[] = [];
    const session = new TrieSession(base, Uint8Array.of(ACCOUNTS_SPACE), this.#cache);
    const accounts = openTrie(session, base.stateRoot);
    for (const change of diff.accounts) {
      const path = keccak256Bytes(addressToBytes(change.address));
      const storageRoot = await applyStorage(base, change, nodes, this.#cache);
      if (!change.exists) {
        await remove(accounts, path);
        continue;
      }
      storageRoots.set(change.address, storageRoot);
      await accounts.put(path, encodeAccountLeaf({ ...change, storageRoot }));
    }
    const stateRoot = toHex(accounts.root()) as Hash;
    nodes.push(...session.finish(stateRoot));
    return { stateRoot, storageRoots, nodes };
  }
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

async function applyStorage(
  base: CommitmentBase,
  change: AccountChange,
  nodes: NodeWrite[],
  cache: NodeCache,
): Promise<Hash> {
  const before = base.storageRoot(change.address);
  const wiped = change.wiped || !change.exists;
  if (change.slots.length === 0 && !(wiped && before !== EMPTY_ROOT)) return before;

  const prefix = fromHex(`0x0${STORAGE_SPACE}${change.address.slice(2)}`);
  if (wiped && before !== EMPTY_ROOT) {
    for (const key of await base.nodeKeys(prefix)) nodes.push({ key, bytes: undefined });
  }
  if (!change.exists) return EMPTY_ROOT;
  const session = new TrieSession(base, prefix, cache);
  const storage = openTrie(session, wiped ? EMPTY_ROOT : before);
  for (const { slot, value } of change.slots) {
    const path = keccak256Bytes(hashToBytes(slot));
    if (value === ZERO_HASH) await remove(storage, path);
    else await storage.put(path, encodeStorageLeaf(value));
  }
  const root = toHex(storage.root()) as Hash;
  nodes.push(...session.finish(root));
  return root;
}

/** Keys come hashed; the library hashes nodes with the function that it is given for keys. */
function openTrie(session: TrieSession, root: Hash): MerklePatriciaTrie {
  return new MerklePatriciaTrie({
    db: session,
    valueEncoding: RAW_BYTES,
    root: hashToBytes(root),
    useKeyHashing: false,
    useKeyHashingFunction: keccak256Bytes,
    useNodePruning: false,
    useRootPersistence: false,
  });
}

/** The library looks the root up before it deletes, and an empty trie's root is no node. */
async function remove(trie: MerklePatriciaTrie, path: Uint8Array): Promise<void> {
  if (toHex(trie.root()) !== EMPTY_ROOT) await trie.del(path);
}
