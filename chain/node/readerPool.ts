import { MessageChannel, Worker } from "node:worker_threads";
import { type QueryOutcome, Unavailable } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { newViewBuffer } from "../state/viewProtocol.ts";
import type { ConsoleHistory } from "./console.ts";
import type { ConnectView } from "./executorClient.ts";
import type { ReaderQuery, ReaderService } from "./readerThread.ts";
import { endWithWorker, ThreadCaller } from "./threadCall.ts";
import { THREAD_LIMITS } from "./threadLimits.ts";

/** Queries that wait for a reader; more are refused at once. */
export const READER_QUEUE_MAX = 1_024;

/** A query that runs longer is ended with its thread: gas caps it, but a slow disk or machine may not. */
export const QUERY_DEADLINE_MS = 10_000;

type Reader = { readonly worker: Worker; readonly caller: ThreadCaller<ReaderService> };
type Waiting = {
  readonly query: ReaderQuery;
  readonly resolve: (outcome: QueryOutcome) => void;
  readonly reject: (error: Error) => void;
};

/**
 * Threads that answer `eth_call`, estimates and traces, one query each at a time. A query that outlives its
 * deadline loses its thread, and another one takes the place.
 */
export class ReaderPool {
  readonly #spec: ChainSpec;
  readonly #connect: ConnectView;
  readonly #deadlineMs: number;
  readonly #printed: ConsoleHistory | undefined;
  readonly #idle: Reader[] = [];
  readonly #all = new Set<Reader>();
  readonly #queue: Waiting[] = [];
  #closed = false;

  constructor(
    spec: ChainSpec,
    connect: ConnectView,
    options: {
      readonly size: number;
      readonly deadlineMs?: number;
      /** Takes what contracts print while they are asked. */
      readonly printed?: ConsoleHistory;
    },
  ) {
    this.#spec = spec;
    this.#connect = connect;
    this.#deadlineMs = options.deadlineMs ?? QUERY_DEADLINE_MS;
    this.#printed = options.printed;
    for (let i = 0; i < options.size; i++) this.#idle.push(this.#startReader());
  }

  query(query: ReaderQuery): Promise<QueryOutcome> {
    if (this.#closed) return Promise.reject(new Unavailable("readers", "the node is stopping"));
    if (this.#queue.length >= READER_QUEUE_MAX) {
      const message = `${READER_QUEUE_MAX} queries wait already, the most allowed; try again later`;
      return Promise.reject(new Unavailable("readers", message));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ query, resolve, reject });
      this.#dispatch();
    });
  }

  /** Makes every reader forget the states that it has seen. */
  async forget(): Promise<void> {
    const readers = [...this.#all].filter(({ caller }) => !caller.ended);
    await Promise.all(readers.map(({ caller }) => caller.call("forget", undefined)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#queue.splice(0)) {
      reject(new Unavailable("readers", "the node is stopping"));
    }
    await Promise.all([...this.#all].map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const reader = this.#idle.pop() as Reader;
      void this.#run(reader, this.#queue.shift() as Waiting);
    }
  }

  async #run(reader: Reader, { query, resolve, reject }: Waiting): Promise<void> {
    const timer = setTimeout(() => {
      const message = `the query ran longer than ${this.#deadlineMs} ms and was ended; lower its gas`;
      reader.caller.end(new Unavailable("readers", message));
    }, this.#deadlineMs);
    try {
      resolve(await reader.caller.call("query", query));
    } catch (error) {
      reject(error as Error);
    } finally {
      clearTimeout(timer);
      this.#release(reader);
    }
  }

  #release(reader: Reader): void {
    if (this.#closed) return;
    if (reader.caller.ended) {
      this.#all.delete(reader);
      void reader.worker.terminate();
      this.#idle.push(this.#startReader());
    } else {
      this.#idle.push(reader);
    }
    this.#dispatch();
  }

  #startReader(): Reader {
    const { port1, port2 } = new MessageChannel();
    const buffer = newViewBuffer();
    this.#connect(port1, buffer);
    const worker = new Worker(new URL("./readerThread.ts", import.meta.url), {
      workerData: { spec: this.#spec, port: port2, buffer },
      transferList: [port2],
      resourceLimits: THREAD_LIMITS,
    });
    const caller = new ThreadCaller<ReaderService>(worker, "readers");
    endWithWorker(worker, caller, "readers");
    this.#printed?.listen(worker);
    const reader = { worker, caller };
    this.#all.add(reader);
    return reader;
  }
}
