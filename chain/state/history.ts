import {
  type Account,
  type Address,
  type Hash,
  InvalidInput,
  Unavailable,
} from "@delchain/runtime";
import { BoundedCache } from "./boundedCache.ts";
import type { Database } from "./database.ts";
import { numberKey } from "./keys.ts";
import { decodeUndo, type Undo } from "./records.ts";

/**
 * States that can be read: the newest and this many before it. A contested result is run on the state that its first
 * judges had, which is as old as a call may wait, a challenge may come late and its verdict may take: 1,080 blocks on a
 * network (design, section 5).
 */
export const HISTORY_BLOCKS = 1_280n;
/** Undo entries kept decoded, about 300 bytes each: the last blocks, which readers are pinned to. */
const UNDO_CACHE_ENTRIES = 100_000;
/** Accounts and slots that one old state may differ in from the newest, about 300 bytes each. */
const MAX_OVERLAY_ENTRIES = 1_000_000;
/** Overlays shared by views of the same block; a view keeps its own alive. All full, they hold 1.2 GB. */
const SHARED_OVERLAYS = 4;

/** What an old state holds where it differs from the newest. */
type Overlay = {
  readonly number: bigint;
  readonly accounts: Map<Address, Account | null>;
  readonly slots: Map<string, Hash>;
  /** The newest block whose undo is in here. */
  through: bigint;
};

/** Facts of the error for a block whose state is not kept any more. */
export type StatePruned = {
  readonly code: "STATE_PRUNED";
  readonly number: bigint;
  readonly oldest: bigint;
  readonly newest: bigint;
};

/** Older states, as the newest one and what the blocks since have replaced. */
export class History {
  readonly #database: Database;
  readonly #undos = new BoundedCache<bigint, Undo>(UNDO_CACHE_ENTRIES, countEntries);
  readonly #overlays = new BoundedCache<bigint, Overlay>(SHARED_OVERLAYS);
  readonly #maxEntries: number;

  constructor(database: Database, maxEntries: number = MAX_OVERLAY_ENTRIES) {
    this.#database = database;
    this.#maxEntries = maxEntries;
  }

  remember(number: bigint, undo: Undo): void {
    this.#undos.set(number, undo);
  }

  /** Forgets what it holds in memory: the blocks that it was of are undone. */
  clear(): void {
    this.#undos.clear();
    this.#overlays.clear();
  }

  /** The overlay of a block's state, to be brought up to date before each read. */
  overlay(number: bigint): Overlay {
    const shared = this.#overlays.get(number);
    if (shared) return shared;
    const overlay: Overlay = {
      number,
      accounts: new Map(),
      slots: new Map(),
      through: number,
    };
    this.#overlays.set(number, overlay);
    return overlay;
  }

  /** Adds what the blocks up to `tip` replaced. Throws `STATE_PRUNED` once that is not known any more. */
  advance(overlay: Overlay, tip: bigint): void {
    requireKept(overlay.number, tip);
    while (overlay.through < tip) {
      const next = overlay.through + 1n;
      this.#add(overlay, this.undo(next));
      overlay.through = next;
    }
  }

  #add(overlay: Overlay, undo: Undo): void {
    for (const { address, account, slots } of undo) {
      // The first block to replace a value is the one that saw it as it was.
      if (!overlay.accounts.has(address)) overlay.accounts.set(address, account ?? null);
      for (const { slot, value } of slots) {
        if (!overlay.slots.has(address + slot)) overlay.slots.set(address + slot, value);
      }
    }
    const entries = overlay.accounts.size + overlay.slots.size;
    if (entries > this.#maxEntries) {
      this.#overlays.delete(overlay.number);
      throw new Unavailable(
        "store",
        `the state at block ${overlay.number} differs from the newest in more than ${this.#maxEntries} entries; ask for a younger block`,
      );
    }
  }

  /** What a block replaced. Throws `Unavailable` when that is not kept. */
  undo(number: bigint): Undo {
    const cached = this.#undos.get(number);
    if (cached) return cached;
    const undo = this.#database.read(`undo of ${number}`, numberKey("undo", number), decodeUndo);
    if (!undo) {
      throw new Unavailable("store", `the undo of block ${number} is missing from the store`);
    }
    this.#undos.set(number, undo);
    return undo;
  }
}

/**
 * Throws `InvalidInput` unless the state of block `number` can be read when `tip` is the newest, and none before
 * `floor` was kept.
 */
export function requireKept(number: bigint, tip: bigint, floor = 0n): void {
  const window = tip > HISTORY_BLOCKS ? tip - HISTORY_BLOCKS : 0n;
  const oldest = window > floor ? window : floor;
  if (number >= oldest && number <= tip) return;
  const facts: StatePruned = { code: "STATE_PRUNED", number, oldest, newest: tip };
  throw new InvalidInput(
    facts,
    `the state of block ${number} is not kept: this node has blocks ${oldest} to ${tip}; ask for one of these`,
  );
}

function countEntries(undo: Undo): number {
  let entries = 1;
  for (const { slots } of undo) entries += 1 + slots.length;
  return entries;
}
