import { type Address, Unavailable } from "@delchain/runtime";
import type { BlockContent } from "../transition/executeBlock.ts";
import type { Cheat } from "./cheat.ts";
import type { Log } from "./log.ts";

/** What the producer asks for a block: its content, and what comes from outside the chain. */
export type ProduceRequest = {
  readonly content: BlockContent;
  readonly producer: Address;
  readonly timestamp: bigint;
  /** What is done to the state by no transaction's rule; only a chain with cheats takes it. */
  readonly cheat?: Cheat;
};

export type ProducerParts = {
  readonly producer: Address;
  /** `undefined`: a block at once when there is work. Else a block each so many milliseconds, empty or not. */
  readonly intervalMs: number | undefined;
  /** What would go into a block now; `undefined` when there is nothing to put into one. */
  readonly selectContent: () => BlockContent | undefined;
  /** Whether calls are ordered and not settled: their deadline is counted in blocks, so blocks must go on. */
  readonly hasCalls: () => boolean;
  readonly produce: (request: ProduceRequest) => Promise<void>;
  /** Seconds since 1970 that the next block may carry; called once for each. */
  readonly nextTimestamp: () => bigint;
  /** Keeps what no block can be made with out of the next ones. */
  readonly setAside: (content: BlockContent, error: unknown) => void;
  readonly log: Log;
};

/** A producer that could not make a block tries again after this. */
const RETRY_MS = 1_000;

/** While calls wait for their hosts, a block each so often even without work: the slot of a network. */
const SLOT_MS = 5_000;

const NOTHING: BlockContent = { certificates: [], overdue: [], transactions: [], orders: [] };

/**
 * The one seat of a devnet: makes blocks one after another, never two at a time. When one cannot be made it is tried
 * again with ever less in it, so that nobody's transaction can stop the chain.
 */
export class Producer {
  readonly #parts: ProducerParts;
  #closed = false;
  #isHeld = false;
  #intervalMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Ends the slot that began with the last block, while calls wait. */
  #slot: NodeJS.Timeout | undefined;
  #wanted = false;
  /** A block is due, whether there is anything to put into it or not. */
  #isDue = false;
  /** Halved with each failure until the one item is found that fails alone, doubled with each block made. */
  #itemsMax = Number.MAX_SAFE_INTEGER;
  #current: Promise<void> | undefined;

  constructor(parts: ProducerParts) {
    this.#parts = parts;
    this.#intervalMs = parts.intervalMs;
    this.#startInterval();
  }

  /** There may be work: with an interval it waits for its turn, else a block is made of it at once. */
  wake(): void {
    const isWaiting = this.#intervalMs !== undefined || this.#timer !== undefined;
    if (isWaiting || this.#isHeld || this.#closed) return;
    this.#wanted = true;
    this.#start();
  }

  /** Whether blocks are made when there is work; when not, only `mine` makes one. */
  get isAutomatic(): boolean {
    return !this.#isHeld && this.#intervalMs === undefined;
  }

  /** Lets blocks be made by `mine` alone, or at once when there is work. */
  setAutomatic(isAutomatic: boolean): void {
    this.#isHeld = !isAutomatic;
    this.setInterval(undefined);
  }

  /** A block each so many milliseconds; `undefined` is none. */
  setInterval(intervalMs: number | undefined): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#intervalMs = intervalMs;
    this.#startInterval();
    this.wake();
  }

  /** Makes one block of what waits, empty or not. */
  mine(): Promise<void> {
    return this.between(() => this.#make(this.#parts.selectContent() ?? NOTHING));
  }

  /** Makes a block that holds nothing but a cheat, which `build` makes once no other block is under construction. */
  cheat(build: () => Promise<Cheat>): Promise<void> {
    return this.between(async () => this.#produce(NOTHING, await build()));
  }

  /**
   * Runs something while no block is under construction, and lets none begin before it is done. Throws `Unavailable`
   * once the producer is closed.
   */
  async between<T>(act: () => Promise<T>): Promise<T> {
    while (this.#current !== undefined) await this.#current;
    if (this.#closed) throw new Unavailable("producer", "the node is stopping");
    const acting = act();
    const ended = acting.then(
      () => undefined,
      () => undefined,
    );
    this.#current = ended.then(() => this.#afterwards());
    return acting;
  }

  /** Resolves when the block under construction, if any, is committed; makes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#timer);
    clearTimeout(this.#slot);
    await this.#current;
  }

  #start(): void {
    if (this.#current || this.#closed) return;
    this.#current = this.#run().finally(() => this.#afterwards());
  }

  #afterwards(): void {
    this.#current = undefined;
    if (this.#wanted) this.#start();
  }

  #startInterval(): void {
    if (this.#intervalMs === undefined) return;
    this.#timer = setInterval(() => this.#start(), this.#intervalMs);
  }

  async #run(): Promise<void> {
    const { log, selectContent } = this.#parts;
    const intervalMs = this.#intervalMs;
    try {
      if (intervalMs !== undefined) return await this.#make(selectContent() ?? NOTHING);
      this.#wanted = false;
      // One turn of the event loop, so that transactions that arrived together go into one block.
      await new Promise<void>((resolve) => setImmediate(resolve));
      for (;;) {
        const content = selectContent() ?? (this.#isDue ? NOTHING : undefined);
        if (content === undefined || this.#closed || this.#isHeld) break;
        await this.#make(content);
        this.#isDue = false;
      }
      this.#beginSlot();
    } catch (error) {
      log.error({ error }, "no block could be made; trying again");
      if (intervalMs === undefined && !this.#closed) this.#retryLater();
    }
  }

  #beginSlot(): void {
    clearTimeout(this.#slot);
    if (this.#closed || !this.#parts.hasCalls()) return;
    this.#slot = setTimeout(() => {
      this.#isDue = true;
      this.wake();
    }, SLOT_MS);
  }

  #retryLater(): void {
    this.#wanted = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, RETRY_MS);
  }

  async #make(content: BlockContent): Promise<void> {
    const some = firstItems(content, this.#itemsMax);
    try {
      await this.#produce(some);
      this.#itemsMax = Math.min(2 * this.#itemsMax, Number.MAX_SAFE_INTEGER);
    } catch (error) {
      const count = countOf(some);
      const isAlone = this.#itemsMax === 1 && count === 1;
      this.#itemsMax = Math.max(1, count >> 1);
      if (!isAlone) throw error;
      // When the machine can make an empty block, and still none with this item, it is the item.
      await this.#produce(NOTHING);
      await this.#produce(some).catch((again: unknown) => this.#parts.setAside(some, again));
      this.#itemsMax = Number.MAX_SAFE_INTEGER;
    }
  }

  #produce(content: BlockContent, cheat?: Cheat): Promise<void> {
    const { producer, produce, nextTimestamp } = this.#parts;
    const request = { content, producer, timestamp: nextTimestamp() };
    return produce(cheat === undefined ? request : { ...request, cheat });
  }
}

function countOf({ certificates, overdue, transactions, orders }: BlockContent): number {
  return certificates.length + overdue.length + transactions.length + orders.length;
}

/** In the order in which a block executes them, so that each finds what it stands on. */
function firstItems(content: BlockContent, count: number): BlockContent {
  if (countOf(content) <= count) return content;
  let left = count;
  const first = <Item>(items: readonly Item[]): readonly Item[] => {
    const taken = items.slice(0, left);
    left -= taken.length;
    return taken;
  };
  return {
    certificates: first(content.certificates),
    overdue: first(content.overdue),
    transactions: first(content.transactions),
    orders: first(content.orders),
  };
}
