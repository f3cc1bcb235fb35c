import {
  concatBytes,
  EMPTY_ROOT,
  fromHex,
  type Hash,
  keccak256,
  Unavailable,
} from "@delchain/runtime";
import type { MPTOpts } from "@ethereumjs/mpt";
import type { BoundedCache } from "./boundedCache.ts";
import type { CommitmentBase, NodeWrite } from "./commitment.ts";
import { childHashes } from "./trieNodes.ts";

type TrieDatabase = NonNullable<MPTOpts["db"]>;
type Operations = Parameters<TrieDatabase["batch"]>[0];
type Value = string | Uint8Array;

/** Nodes by their hashes, whose bytes therefore never change; it may hold ones that no trie has any more. */
export type NodeCache = BoundedCache<Hash, Uint8Array>;

/**
 * One trie while one block changes it, as @ethereumjs/mpt sees its database: reads go to the state that the block
 * began with, writes stay here. `finish` then says what is new and what is dead; nodes that the library wrote on
 * the way and unlinked again are neither.
 */
export class TrieSession implements TrieDatabase {
  readonly #base: CommitmentBase;
  readonly #prefix: Uint8Array;
  readonly #cache: NodeCache;
  readonly #read = new Map<Hash, Uint8Array>();
  readonly #written = new Map<Hash, Uint8Array>();

  /** `prefix` stands before the hash in each node's key. */
  constructor(base: CommitmentBase, prefix: Uint8Array, cache: NodeCache) {
    this.#base = base;
    this.#prefix = prefix;
    this.#cache = cache;
  }

  /**
   * Throws for a missing node: the library would take "undefined" for an absent key and go on to build a wrong
   * trie. Checks the hash of what comes from disk, so that a damaged node never enters a root.
   */
  async get(key: string): Promise<Uint8Array> {
    const hash: Hash = `0x${key}` as Hash;
    const known = this.#written.get(hash) ?? this.#read.get(hash);
    if (known) return known;
    const bytes = this.#cache.get(hash) ?? this.#load(hash);
    this.#read.set(hash, bytes);
    return bytes;
  }

  #load(hash: Hash): Uint8Array {
    const bytes = this.#base.node(this.#key(hash));
    if (!bytes || keccak256(bytes) !== hash) {
      throw new Unavailable(
        "store",
        `trie node ${hash} is ${bytes ? "damaged" : "missing"}; restore a copy of the data folder, or remove it and sync again`,
      );
    }
    this.#cache.set(hash, bytes);
    return bytes;
  }

  async put(key: string, value: Value): Promise<void> {
    this.#written.set(`0x${key}` as Hash, value as Uint8Array);
  }

  async batch(operations: Operations): Promise<void> {
    for (const operation of operations) {
      if (operation.type === "put") await this.put(operation.key, operation.value);
    }
  }

  /** Never called without the library's pruning, which `finish` stands in for. */
  async del(): Promise<void> {}

  async open(): Promise<void> {}

  shallowCopy(): TrieSession {
    return new TrieSession(this.#base, this.#prefix, this.#cache);
  }

  /**
   * Walks the new trie as far as this block touched it. A node that was read and is not met again has been
   * unlinked; one that was never read lies below a node that stayed.
   */
  finish(root: Hash): NodeWrite[] {
    const alive = new Set<Hash>();
    const pending = root === EMPTY_ROOT ? [] : [root];
    for (let hash = pending.pop(); hash; hash = pending.pop()) {
      const bytes = this.#written.get(hash) ?? this.#read.get(hash);
      if (!bytes) continue;
      alive.add(hash);
      pending.push(...childHashes(bytes));
    }
    const writes: NodeWrite[] = [];
    for (const hash of this.#read.keys()) {
      if (!alive.has(hash)) writes.push({ key: this.#key(hash), bytes: undefined });
    }
    for (const [hash, bytes] of this.#written) {
      if (!alive.has(hash) || this.#read.has(hash)) continue;
      this.#cache.set(hash, bytes);
      writes.push({ key: this.#key(hash), bytes });
    }
    return writes;
  }

  #key(hash: Hash): Uint8Array {
    return concatBytes(this.#prefix, fromHex(hash));
  }
}
