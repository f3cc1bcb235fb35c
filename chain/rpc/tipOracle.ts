import type { Backend } from "./backend.ts";
import { compareBigints, tipsOf } from "./feeHistory.ts";

/** Blocks that a suggested tip looks back on, tips that it takes of each, and the percentile: geth's numbers. */
const BLOCKS = 20;
const SAMPLES = 3;
const PERCENTILE = 60;

/** Suggests tips, in wei per gas. Reads each block once: final blocks never change. */
export class TipOracle {
  readonly #samples = new Map<bigint, Promise<readonly bigint[]>>();

  /** The 60th percentile of the lowest tips of the last blocks, and at least what the mempool takes. */
  async suggest(backend: Backend): Promise<bigint> {
    const head = backend.head().header.number;
    const oldest = head < BigInt(BLOCKS) ? 0n : head - BigInt(BLOCKS) + 1n;
    for (const number of this.#samples.keys()) {
      if (number < oldest || number > head) this.#samples.delete(number);
    }
    const reads: Promise<readonly bigint[]>[] = [];
    for (let number = oldest; number <= head; number++) reads.push(this.#read(backend, number));
    const tips = (await Promise.all(reads)).flat().sort(compareBigints);
    const suggested = tips[Math.floor(((tips.length - 1) * PERCENTILE) / 100)] ?? 0n;
    const { priorityFee } = backend.limits;
    return suggested > priorityFee ? suggested : priorityFee;
  }

  #read(backend: Backend, number: bigint): Promise<readonly bigint[]> {
    const kept = this.#samples.get(number);
    if (kept !== undefined) return kept;
    const read = backend.blockByNumber(number).then((known) => {
      const tips = known === undefined ? [] : tipsOf(known);
      return tips.slice(0, SAMPLES).map(({ tip }) => tip);
    });
    this.#samples.set(number, read);
    // A read that failed is tried again by the next who asks.
    read.catch(() => this.#samples.delete(number));
    return read;
  }
}
