import { maxCost } from "../tx/intrinsic.ts";
import type { Pooled } from "./pooled.ts";

/** The transactions of one sender, by nonce. */
export class SenderQueue {
  /** Ascending, each nonce once. */
  readonly #pooled: Pooled[] = [];
  #cost = 0n;

  get length(): number {
    return this.#pooled.length;
  }

  /** What all of them may cost together, in wei. */
  get cost(): bigint {
    return this.#cost;
  }

  /** Ascending by nonce. */
  all(): readonly Pooled[] {
    return this.#pooled;
  }

  get(nonce: bigint): Pooled | undefined {
    const found = this.#pooled[this.#position(nonce)];
    return found?.signed.transaction.nonce === nonce ? found : undefined;
  }

  last(): Pooled | undefined {
    return this.#pooled.at(-1);
  }

  /** In place of the one of the same nonce, if there is one. */
  put(pooled: Pooled): void {
    const { nonce } = pooled.signed.transaction;
    this.remove(nonce);
    this.#pooled.splice(this.#position(nonce), 0, pooled);
    this.#cost += maxCost(pooled.signed.transaction);
  }

  remove(nonce: bigint): Pooled | undefined {
    const removed = this.get(nonce);
    if (removed === undefined) return undefined;
    this.#pooled.splice(this.#position(nonce), 1);
    this.#cost -= maxCost(removed.signed.transaction);
    return removed;
  }

  /** The unbroken run of nonces from `next` on: what could go into the next block. */
  run(next: bigint): readonly Pooled[] {
    const start = this.#position(next);
    return this.#pooled.slice(start, start + Number(this.firstMissing(next) - next));
  }

  /** The lowest nonce from `next` on that no transaction here has. */
  firstMissing(next: bigint): bigint {
    const start = this.#position(next);
    // Nonces ascend and differ, so the run ends where a nonce is first ahead of its place.
    let [low, high] = [start, this.#pooled.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#nonceAt(middle) === next + BigInt(middle - start)) low = middle + 1;
      else high = middle;
    }
    return next + BigInt(low - start);
  }

  #nonceAt(index: number): bigint {
    return (this.#pooled[index] as Pooled).signed.transaction.nonce;
  }

  /** The index of the first that has at least this nonce. */
  #position(nonce: bigint): number {
    let [low, high] = [0, this.#pooled.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#nonceAt(middle) < nonce) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
