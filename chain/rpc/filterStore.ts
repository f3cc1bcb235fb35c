import { randomBytes } from "node:crypto";
import type { Hash, Hex } from "@delchain/runtime";
import type { Backend, ChainEvent } from "./backend.ts";
import type { Json } from "./format.ts";
import type { RpcLimits } from "./limits.ts";
import { type LogQuery, logsBetween } from "./logFilter.ts";
import { limitExceeded, notFound } from "./rpcErrors.ts";

type Cursor = { seenMs: number };

type Filter = Cursor &
  (
    | { readonly kind: "logs"; readonly query: LogQuery; next: bigint }
    | { readonly kind: "blocks"; next: bigint }
    | { readonly kind: "pending"; next: number }
  );

export type FilterStoreOptions = {
  readonly backend: Backend;
  readonly limits: RpcLimits;
  /** Milliseconds that never go back. */
  readonly nowMs: () => number;
};

/**
 * Polling filters. A filter is a place in the chain, not a growing list: final blocks never change, so what came
 * since the last poll can be read when it is asked for.
 */
export class FilterStore {
  readonly #backend: Backend;
  readonly #limits: RpcLimits;
  readonly #nowMs: () => number;
  readonly #filters = new Map<Hex, Filter>();
  /** The last pending transactions; the first of them is number `#pendingStart`. */
  readonly #pending: Hash[] = [];
  #pendingStart = 0;

  constructor({ backend, limits, nowMs }: FilterStoreOptions) {
    this.#backend = backend;
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** To be called with every event of the chain. */
  observe(event: ChainEvent): void {
    if (event.type === "rewind") this.#rewind(event.head.block.header.number);
    if (event.type !== "pendingTransaction") return;
    this.#pending.push(event.transaction.hash);
    // Dropped by halves, so that a full list is not shifted for every transaction.
    if (this.#pending.length < 2 * this.#limits.pendingBacklog) return;
    this.#pending.splice(0, this.#limits.pendingBacklog);
    this.#pendingStart += this.#limits.pendingBacklog;
  }

  addLogFilter(query: LogQuery): Hex {
    return this.#add({ kind: "logs", query, next: this.#nextBlock(), seenMs: this.#nowMs() });
  }

  addBlockFilter(): Hex {
    return this.#add({ kind: "blocks", next: this.#nextBlock(), seenMs: this.#nowMs() });
  }

  addPendingFilter(): Hex {
    const next = this.#pendingStart + this.#pending.length;
    return this.#add({ kind: "pending", next, seenMs: this.#nowMs() });
  }

  remove(id: Hex): boolean {
    return this.#filters.delete(id);
  }

  /** The query of a log filter. Throws -32001 for an id that is unknown, expired or of another kind. */
  queryOf(id: Hex): LogQuery {
    const filter = this.#find(id);
    if (filter.kind !== "logs") throw notFound(`filter not found: ${id} is no log filter`);
    return filter.query;
  }

  /** What came since the last poll, oldest first: at most `logBlocks` blocks of it, the rest at the next poll. */
  async changes(id: Hex): Promise<readonly (Json | Hash)[]> {
    const filter = this.#find(id);
    if (filter.kind === "pending") return this.#pendingSince(filter);
    const head = this.#backend.head().header.number;
    const furthest = filter.next + BigInt(this.#limits.logBlocks) - 1n;
    const range = { first: filter.next, last: head < furthest ? head : furthest };
    if (range.last < range.first) return [];
    // Moved on before the first wait, so that two polls at a time never answer the same block.
    filter.next = range.last + 1n;
    try {
      return filter.kind === "blocks"
        ? await this.#hashesBetween(range.first, range.last)
        : await this.#logsBetween(filter.query, range);
    } catch (error) {
      filter.next = range.first;
      throw error;
    }
  }

  /** What a filter has not seen of the blocks to come begins behind the head again. */
  #rewind(head: bigint): void {
    for (const filter of this.#filters.values()) {
      if (filter.kind !== "pending" && filter.next > head + 1n) filter.next = head + 1n;
    }
  }

  #nextBlock(): bigint {
    return this.#backend.head().header.number + 1n;
  }

  #add(filter: Filter): Hex {
    this.#dropIdle();
    const { filters } = this.#limits;
    if (this.#filters.size >= filters) {
      const remedy = "uninstall one, or subscribe over WebSocket";
      throw limitExceeded("filters", this.#filters.size + 1, filters, remedy);
    }
    const id = randomId();
    this.#filters.set(id, filter);
    return id;
  }

  #find(id: Hex): Filter {
    this.#dropIdle();
    const filter = this.#filters.get(id);
    if (filter === undefined) {
      const minutes = this.#limits.filterIdleMs / 60_000;
      throw notFound(
        `filter not found: ${id}; a filter ends when nobody polls it for ${minutes} minutes`,
      );
    }
    filter.seenMs = this.#nowMs();
    // Order of insertion is order of use, so that idle ones stand first.
    this.#filters.delete(id);
    this.#filters.set(id, filter);
    return filter;
  }

  #dropIdle(): void {
    const oldest = this.#nowMs() - this.#limits.filterIdleMs;
    for (const [id, filter] of this.#filters) {
      if (filter.seenMs > oldest) return;
      this.#filters.delete(id);
    }
  }

  #pendingSince(filter: { next: number }): readonly Hash[] {
    const from = Math.max(filter.next, this.#pendingStart);
    filter.next = this.#pendingStart + this.#pending.length;
    return this.#pending.slice(from - this.#pendingStart);
  }

  async #hashesBetween(first: bigint, last: bigint): Promise<readonly Hash[]> {
    const hashes: Hash[] = [];
    while (first + BigInt(hashes.length) <= last) {
      const next = first + BigInt(hashes.length);
      const count = Math.min(Number(last - next + 1n), this.#backend.limits.headersPerRead);
      const headers = await this.#backend.headers(next, count);
      if (headers.length === 0) break;
      for (const { hash } of headers) hashes.push(hash);
    }
    return hashes;
  }

  /** New blocks only, and of those the ones that the filter's own range holds. */
  async #logsBetween(query: LogQuery, range: { first: bigint; last: bigint }): Promise<Json[]> {
    if ("hash" in query.blocks) return [];
    const { from, to } = query.blocks;
    const first = "number" in from && from.number > range.first ? from.number : range.first;
    const last = "number" in to && to.number < range.last ? to.number : range.last;
    return first > last
      ? []
      : logsBetween(this.#backend, query.filter, { first, last }, this.#limits);
  }
}

/** Not to be guessed, because whoever knows a filter's id can poll and remove it. */
export function randomId(): Hex {
  return `0x${randomBytes(16).toString("hex").replace(/^0+/, "")}`;
}
