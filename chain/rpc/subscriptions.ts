import type { Hex } from "@delchain/runtime";
import type { Backend, ChainEvent, KnownBlock } from "./backend.ts";
import type { FilterStore } from "./filterStore.ts";
import { randomId } from "./filterStore.ts";
import { formatHeader, formatTransaction } from "./format.ts";
import { type LogFilter, logsOf } from "./logFilter.ts";
import { limitExceeded } from "./rpcErrors.ts";

export type SubscriptionKind =
  | { readonly kind: "newHeads" }
  | { readonly kind: "logs"; readonly filter: LogFilter }
  | { readonly kind: "newPendingTransactions"; readonly full: boolean };

/** Subscriptions of one message: they begin to speak when its answer is on its way, never before. */
export interface SubscriptionScope {
  /** Throws -32005 over the connection's limit. */
  subscribe(kind: SubscriptionKind): Hex;
  unsubscribe(id: Hex): boolean;
}

type Subscription = { readonly kind: SubscriptionKind; active: boolean };

/** The subscriptions of one connection, and its way out. */
export class SubscriptionSession {
  readonly #subscriptions = new Map<Hex, Subscription>();
  readonly #send: (text: string) => void;
  readonly #limit: number;

  constructor(send: (text: string) => void, limit: number) {
    this.#send = send;
    this.#limit = limit;
  }

  /** For one message; `activate` is to be called once its answer was sent. */
  openScope(): SubscriptionScope & { activate(): void } {
    const added: Subscription[] = [];
    return {
      subscribe: (kind) => {
        const count = this.#subscriptions.size + 1;
        if (count > this.#limit) {
          throw limitExceeded(
            "subscriptions of this connection",
            count,
            this.#limit,
            "end one first",
          );
        }
        const subscription = { kind, active: false };
        const id = randomId();
        this.#subscriptions.set(id, subscription);
        added.push(subscription);
        return id;
      },
      unsubscribe: (id) => this.#subscriptions.delete(id),
      activate: () => {
        for (const subscription of added) subscription.active = true;
      },
    };
  }

  deliver(event: EventText): void {
    for (const [id, { kind, active }] of this.#subscriptions) {
      if (!active) continue;
      for (const result of event.results(kind)) {
        this.#send(
          `{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"${id}","result":${result}}}`,
        );
      }
    }
  }
}

/** One event as JSON, written once however many subscriptions want it. */
class EventText {
  readonly #event: ChainEvent;
  #shared: string | undefined;
  #full: string | undefined;

  constructor(event: ChainEvent) {
    this.#event = event;
  }

  results(kind: SubscriptionKind): readonly string[] {
    const event = this.#event;
    // What listeners were told of undone blocks stays said; the blocks that come next tell the rest.
    if (event.type === "rewind") return [];
    if (event.type === "pendingTransaction") {
      if (kind.kind !== "newPendingTransactions") return [];
      if (!kind.full) return [JSON.stringify(event.transaction.hash)];
      this.#full ??= JSON.stringify(formatTransaction(event.transaction, undefined, undefined));
      return [this.#full];
    }
    if (kind.kind === "newHeads") return [this.#header(event.block)];
    if (kind.kind !== "logs") return [];
    return logsOf(event.block, kind.filter).map((log) => JSON.stringify(log));
  }

  #header({ hash, block }: KnownBlock): string {
    this.#shared ??= JSON.stringify(formatHeader({ hash, header: block.header }));
    return this.#shared;
  }
}

/** Carries the chain's events to every connection and to the polling filters. */
export class SubscriptionHub {
  readonly #sessions = new Set<SubscriptionSession>();
  readonly #end: () => void;

  constructor(backend: Backend, filters: FilterStore) {
    this.#end = backend.subscribe((event) => {
      filters.observe(event);
      if (this.#sessions.size === 0) return;
      const text = new EventText(event);
      for (const session of this.#sessions) session.deliver(text);
    });
  }

  add(session: SubscriptionSession): void {
    this.#sessions.add(session);
  }

  remove(session: SubscriptionSession): void {
    this.#sessions.delete(session);
  }

  close(): void {
    this.#end();
    this.#sessions.clear();
  }
}
