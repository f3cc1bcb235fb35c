import type { Hash } from "@delchain/runtime";
import type { KnownBlock } from "../rpc/backend.ts";
import { BoundedCache } from "../state/boundedCache.ts";
import type { TransactionLocation } from "../state/records.ts";
import { namesOf } from "../tx/transaction.ts";

/** Of transactions in the blocks that are kept; as objects they take about four times as much memory. */
export const RECENT_BYTES_MAX: number = 16 * 1024 * 1024;

/** Blocks without transactions weigh too: a header, its bloom and the objects around them. */
const BLOCK_BYTES = 2_048;

/** Places of transactions that are known without asking: ten full blocks of transfers, 12 MB. */
export const LOCATIONS_MAX = 65_536;

/**
 * Blocks that were asked for or made lately, whole and in this thread. Whoever waits for the receipts of a block
 * asks for each of them, and the block would cross from the executor's thread as often.
 */
export class RecentBlocks {
  readonly #read: (number: bigint) => Promise<KnownBlock | undefined>;
  readonly #blocks = new BoundedCache<bigint, KnownBlock>(RECENT_BYTES_MAX, weigh);
  readonly #locations = new BoundedCache<Hash, TransactionLocation>(LOCATIONS_MAX);
  readonly #reading = new Map<bigint, Promise<KnownBlock | undefined>>();

  /** `read` gets a final block from where all are kept. */
  constructor(read: (number: bigint) => Promise<KnownBlock | undefined>) {
    this.#read = read;
  }

  /** The chain was rewound. */
  clear(): void {
    this.#blocks.clear();
    this.#locations.clear();
  }

  /** Only what is final: it never changes here. */
  add(known: KnownBlock): void {
    const { transactions, header } = known.block;
    this.#blocks.set(header.number, known);
    transactions.forEach((listed, index) => {
      const location = { number: header.number, index };
      for (const name of namesOf(listed)) this.#locations.set(name, location);
    });
  }

  /** Read once, however many ask at the same time. */
  async block(number: bigint): Promise<KnownBlock | undefined> {
    const kept = this.#blocks.get(number);
    if (kept) return kept;
    const running = this.#reading.get(number);
    if (running) return running;
    const reading = this.#read(number).finally(() => this.#reading.delete(number));
    this.#reading.set(number, reading);
    const known = await reading;
    if (known) this.add(known);
    return known;
  }

  /** Where a transaction is listed, if it was lately. */
  location(hash: Hash): TransactionLocation | undefined {
    return this.#locations.get(hash);
  }
}

function weigh({ block: { transactions, orders } }: KnownBlock): number {
  let bytes = BLOCK_BYTES;
  for (const { raw } of transactions) bytes += raw.length;
  for (const { raw } of orders) bytes += raw.length;
  return bytes;
}
