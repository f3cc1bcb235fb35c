import type { Address } from "@delchain/runtime";
import type { BlockContent } from "../transition/executeBlock.ts";
import { nowSeconds } from "./clock.ts";
import type { Log } from "./log.ts";

/** What the producer asks for a block: its content, and what comes from outside the chain. */
export type ProduceRequest = {
  readonly content: BlockContent;
  readonly producer: Address;
  readonly timestamp: bigint;
};

export type ProducerParts = {
  readonly producer: Address;
  /** `undefined`: a block at once when there is work. Else a block each so many milliseconds, empty or not. */
  readonly intervalMs: number | undefined;
  /** What would go into a block now; `undefined` when nothing waits. */
  readonly selectContent: () => BlockContent | undefined;
  readonly produce: (request: ProduceRequest) => Promise<void>;
  readonly log: Log;
};

/** A producer that could not make a block tries again after this. */
const RETRY_MS = 1_000;

const NOTHING: BlockContent = { certificates: [], transactions: [], orders: [] };

/** The one seat of a devnet: makes blocks one after another, never two at a time. */
export class Producer {
  readonly #parts: ProducerParts;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #wanted = false;
  #current: Promise<void> | undefined;

  constructor(parts: ProducerParts) {
    this.#parts = parts;
    const { intervalMs } = parts;
    if (intervalMs !== undefined) this.#timer = setInterval(() => this.#start(), intervalMs);
  }

  /** There may be work: with an interval it waits for its turn, else a block is made of it at once. */
  wake(): void {
    if (this.#parts.intervalMs !== undefined || this.#closed) return;
    this.#wanted = true;
    this.#start();
  }

  /** Resolves when the block under construction, if any, is committed; makes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#timer);
    await this.#current;
  }

  #start(): void {
    if (this.#current || this.#closed) return;
    this.#current = this.#run().finally(() => {
      this.#current = undefined;
      if (this.#wanted) this.#start();
    });
  }

  async #run(): Promise<void> {
    const { intervalMs, log } = this.#parts;
    try {
      if (intervalMs !== undefined)
        return await this.#produce(this.#parts.selectContent() ?? NOTHING);
      this.#wanted = false;
      // One turn of the event loop, so that transactions that arrived together go into one block.
      await new Promise<void>((resolve) => setImmediate(resolve));
      for (;;) {
        const content = this.#parts.selectContent();
        if (content === undefined || this.#closed) return;
        await this.#produce(content);
      }
    } catch (error) {
      log.error({ error }, "no block could be made; trying again");
      if (intervalMs === undefined && !this.#closed) {
        this.#timer = setTimeout(() => this.wake(), RETRY_MS);
      }
    }
  }

  #produce(content: BlockContent): Promise<void> {
    const { producer, produce } = this.#parts;
    return produce({ content, producer, timestamp: nowSeconds() });
  }
}
