import type { Address } from "@delchain/runtime";
import { BoundedCache } from "../state/boundedCache.ts";

/** Contracts that are remembered; the largest code of one is 24 kB, so 24 MB at most. */
export const HEAD_ANSWERS_MAX = 1_024;

/**
 * What another thread says of contracts at the head, until there is another head: whoever queries one contract does so
 * again and again, and each question would cross between the threads.
 */
export class HeadAnswers<Value> {
  readonly #answers = new BoundedCache<Address, Promise<Value>>(HEAD_ANSWERS_MAX);
  #head: object | undefined;

  /** `head`: the block by its object, because another one of the same number may come after a rewind. */
  get(head: object, contract: Address, ask: () => Promise<Value>): Promise<Value> {
    if (head !== this.#head) this.#answers.clear();
    this.#head = head;
    const known = this.#answers.get(contract);
    if (known !== undefined) return known;
    const answer = ask();
    this.#answers.set(contract, answer);
    // What failed may do better the next time.
    answer.catch(() => this.#answers.get(contract) === answer && this.#answers.delete(contract));
    return answer;
  }
}
