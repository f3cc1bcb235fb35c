import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { BlockContext, Executor, Query, QueryOutcome } from "@delchain/runtime";
import type { StateOverride } from "../rpc/backend.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { RemoteView, ViewClient } from "../state/remoteView.ts";
import { consoleWriter } from "./console.ts";
import { createTierExecutor } from "./executors.ts";
import { OverriddenView } from "./overriddenView.ts";
import { serveMethods } from "./threadCall.ts";

/** What the thread is started with: its way to the state. */
export type ReaderThreadData = {
  readonly spec: ChainSpec;
  readonly port: MessagePort;
  readonly buffer: SharedArrayBuffer;
};

export type ReaderQuery = {
  readonly context: BlockContext;
  /** The block after which the state is taken. */
  readonly stateAt: bigint;
  readonly overrides?: readonly StateOverride[] | undefined;
  readonly query: Query;
};

/** Runs queries on a state that another thread serves. */
export class ReaderService {
  readonly #executor: Executor;
  readonly #client: ViewClient;
  #view: RemoteView | undefined;

  constructor(executor: Executor, client: ViewClient) {
    this.#executor = executor;
    this.#client = client;
  }

  /** The chain was rewound: what is remembered of a block may be of one that is gone. */
  forget(): void {
    this.#view = undefined;
  }

  query({ context, stateAt, overrides = [], query }: ReaderQuery): QueryOutcome {
    if (this.#view?.number !== stateAt) {
      this.#view = new RemoteView(this.#client, stateAt);
    }
    const view = this.#view;
    const asked = overrides.length > 0 ? new OverriddenView(view, overrides) : view;
    return this.#executor.query(context, asked, query);
  }
}

if (parentPort) {
  const { spec, port, buffer } = workerData as ReaderThreadData;
  const client = new ViewClient(port, buffer);
  const executor = createTierExecutor(spec, consoleWriter(parentPort, "query"));
  serveMethods(parentPort, new ReaderService(executor, client));
}
