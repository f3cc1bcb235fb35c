import {
  type Account,
  type Address,
  type Hash,
  type StateDiff,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Batch } from "./batch.ts";
import { BoundedCache } from "./boundedCache.ts";
import type { Database } from "./database.ts";
import { accountKey, codeKey, slotKey, slotOfKey, slotPrefix } from "./keys.ts";
import { decodeAccount, decodeSlot, encodeAccount, encodeSlot } from "./records.ts";

/** About 300 bytes an entry: 20 MB. */
const ACCOUNT_CACHE_ENTRIES = 65_536;
/** About 400 bytes an entry: 100 MB. */
const SLOT_CACHE_ENTRIES = 262_144;
/** In bytes; the largest payload is 1 MiB. */
const CODE_CACHE_BYTES = 64 * 1024 * 1024;

/** The newest state, read by key without walking a trie. */
export class FlatState {
  readonly #database: Database;
  // `null` remembers that there is nothing, which is asked for as often as the rest.
  readonly #accounts = new BoundedCache<Address, Account | null>(ACCOUNT_CACHE_ENTRIES);
  readonly #slots = new BoundedCache<string, Hash>(SLOT_CACHE_ENTRIES);
  readonly #codes = new BoundedCache<Hash, Uint8Array>(CODE_CACHE_BYTES, (code) => code.length);

  constructor(database: Database) {
    this.#database = database;
  }

  account(address: Address): Account | undefined {
    const cached = this.#accounts.get(address);
    if (cached !== undefined) return cached ?? undefined;
    const account = this.#database.read(`account ${address}`, accountKey(address), decodeAccount);
    this.#accounts.set(address, account ?? null);
    return account;
  }

  storage(address: Address, slot: Hash): Hash {
    const cached = this.#slots.get(address + slot);
    if (cached !== undefined) return cached;
    const bytes = this.#database.get(slotKey(address, slot));
    const value = bytes ? decodeSlot(bytes) : ZERO_HASH;
    this.#slots.set(address + slot, value);
    return value;
  }

  code(hash: Hash): Uint8Array | undefined {
    const cached = this.#codes.get(hash);
    if (cached) return cached;
    const bytes = this.#database.get(codeKey(hash));
    if (bytes) this.#codes.set(hash, bytes);
    return bytes;
  }

  /** All of an account's slots that are not zero, in order. */
  async slots(address: Address): Promise<Hash[]> {
    return (await this.#database.keys(slotPrefix(address))).map(slotOfKey);
  }

  /** Takes a diff over into the caches; the database must answer the new values already. */
  refresh(diff: StateDiff): void {
    for (const change of diff.accounts) {
      this.#accounts.delete(change.address);
      if (!change.exists) continue;
      for (const { slot, value } of change.slots) this.#slots.set(change.address + slot, value);
    }
  }

  /** Forgets slots that were wiped; `slots` are those that the account had. */
  forget(address: Address, slots: readonly Hash[]): void {
    for (const slot of slots) this.#slots.delete(address + slot);
  }
}

/** The flat half of a block's batch. `wiped` are the slots that each emptied account had. */
export function writeFlatState(
  batch: Batch,
  diff: StateDiff,
  storageRoots: ReadonlyMap<Address, Hash>,
  wiped: ReadonlyMap<Address, readonly Hash[]>,
): void {
  for (const { hash, bytes } of diff.codes) batch.put(codeKey(hash), bytes);
  for (const change of diff.accounts) {
    const { address } = change;
    for (const slot of wiped.get(address) ?? []) batch.delete(slotKey(address, slot));
    if (!change.exists) {
      batch.delete(accountKey(address));
      continue;
    }
    const storageRoot = storageRoots.get(address) as Hash;
    batch.put(accountKey(address), encodeAccount({ ...change, storageRoot }));
    for (const { slot, value } of change.slots) {
      if (value === ZERO_HASH) batch.delete(slotKey(address, slot));
      else batch.put(slotKey(address, slot), encodeSlot(value));
    }
  }
}
