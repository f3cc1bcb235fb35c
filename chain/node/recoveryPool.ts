import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Address, Unavailable } from "@delchain/runtime";
import type { DecodedTransaction } from "../tx/codec.ts";
import { signerUnknown, withSender } from "../tx/signer.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { decodeAnswers, encodeQuestions } from "./recoveryBatch.ts";
import type { RecoveryReady } from "./recoveryWorker.ts";

/**
 * Signatures that may wait. At 4,000 a second on the WebAssembly fallback this is 8 s of work: a caller who
 * would wait longer is told so.
 */
export const WAITING_MAX = 32_768;

/** Signatures in one message: 25 ms of WebAssembly, so that a lone transaction never waits long behind a block. */
export const MESSAGE_MAX = 128;

/** At most `MESSAGE_MAX` signatures of one caller. */
type Job = {
  readonly transactions: readonly DecodedTransaction[];
  readonly resolve: (senders: readonly (Address | undefined)[]) => void;
  readonly reject: (error: Unavailable) => void;
};

export type RecoveryPoolOptions = {
  readonly waitingMax?: number;
  /** Told when a thread ends by itself: nothing can be checked any more. */
  readonly onFailure?: (error: Error) => void;
};

/** Recovers the senders of transactions in threads of its own, many at once, and answers in the order asked. */
export class RecoveryPool {
  readonly #waitingMax: number;
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: Job[] = [];
  readonly #running = new Map<Worker, readonly Job[]>();
  #waitingCount = 0;
  #failure: Unavailable | undefined;
  /** What the threads use, and what they passed over. */
  readonly backend: RecoveryReady;

  private constructor(
    workers: readonly Worker[],
    backend: RecoveryReady,
    { waitingMax = WAITING_MAX, onFailure = () => undefined }: RecoveryPoolOptions,
  ) {
    this.#waitingMax = waitingMax;
    this.#workers = workers;
    this.#idle = [...workers];
    this.backend = backend;
    for (const worker of workers) {
      worker.on("message", (answers: Uint8Array) => this.#settle(worker, answers));
      const fail = (reason: string) => {
        if (this.#failure === undefined) onFailure(this.#fail(reason));
      };
      worker.on("error", (error: Error) => fail(`a thread died: ${error.message}`));
      worker.on("exit", (code) => fail(`a thread ended with code ${code}`));
    }
  }

  /** Starts the threads and waits until each has chosen and tested its way of recovery. */
  static async start(threads: number, options: RecoveryPoolOptions = {}): Promise<RecoveryPool> {
    const workers = Array.from(
      { length: threads },
      () => new Worker(new URL("./recoveryWorker.ts", import.meta.url)),
    );
    const [first] = await Promise.all(
      workers.map(async (worker) => (await once(worker, "message"))[0] as RecoveryReady),
    );
    if (first === undefined) throw new RangeError("a recovery pool has one thread at least");
    return new RecoveryPool(workers, first, options);
  }

  /**
   * In the order of `transactions`; `undefined` where nobody can have signed. Rejects with `Unavailable` when
   * `waitingMax` signatures wait already, and for good once a thread has died.
   */
  async recover(
    transactions: readonly DecodedTransaction[],
  ): Promise<readonly (Address | undefined)[]> {
    if (this.#failure) throw this.#failure;
    const waiting = this.#waitingCount;
    if (waiting + transactions.length > this.#waitingMax) {
      throw new Unavailable(
        "signatures",
        `${waiting} signatures wait to be checked and ${transactions.length} more would pass the limit of ` +
          `${this.#waitingMax}; try again in a few seconds`,
      );
    }
    const parts: Promise<readonly (Address | undefined)[]>[] = [];
    for (let start = 0; start < transactions.length; start += MESSAGE_MAX) {
      parts.push(this.#enqueue(transactions.slice(start, start + MESSAGE_MAX)));
    }
    return (await Promise.all(parts)).flat();
  }

  /** Like `recover`; throws `InvalidInput<InvalidTransaction>` when nobody can have signed one of them. */
  async addSenders(
    transactions: readonly DecodedTransaction[],
  ): Promise<readonly SignedTransaction[]> {
    const senders = await this.recover(transactions);
    return transactions.map((decoded, i) => {
      const sender = senders[i];
      if (sender === undefined) throw signerUnknown();
      return withSender(decoded, sender);
    });
  }

  /** What waits or runs is rejected. */
  async close(): Promise<void> {
    this.#fail("the node is closing");
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #enqueue(transactions: readonly DecodedTransaction[]): Promise<readonly (Address | undefined)[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ transactions, resolve, reject });
      this.#waitingCount += transactions.length;
      this.#dispatch();
    });
  }

  /** Small jobs that wait share a message, because a message costs as much as a native recovery. */
  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#idle.pop();
      if (worker === undefined) return;
      const jobs: Job[] = [];
      let count = 0;
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        if (count > 0 && count + next.transactions.length > MESSAGE_MAX) break;
        count += next.transactions.length;
        jobs.push(next);
        this.#waiting.shift();
      }
      this.#waitingCount -= count;
      this.#running.set(worker, jobs);
      const questions = encodeQuestions(jobs.flatMap(({ transactions }) => transactions));
      worker.postMessage(questions, [questions.buffer]);
    }
  }

  #settle(worker: Worker, answers: Uint8Array): void {
    const senders = decodeAnswers(answers);
    let start = 0;
    for (const { transactions, resolve } of this.#running.get(worker) ?? []) {
      resolve(senders.slice(start, start + transactions.length));
      start += transactions.length;
    }
    this.#running.delete(worker);
    this.#idle.push(worker);
    this.#dispatch();
  }

  #fail(reason: string): Unavailable {
    this.#failure ??= new Unavailable("signatures", `signatures cannot be checked: ${reason}`);
    const jobs = [...this.#running.values(), this.#waiting].flat();
    this.#running.clear();
    this.#waiting.length = 0;
    this.#waitingCount = 0;
    for (const { reject } of jobs) reject(this.#failure);
    return this.#failure;
  }
}
