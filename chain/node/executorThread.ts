import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { ChainSpec } from "../spec/spec.ts";
import { openChainStore } from "../state/store.ts";
import { chooseBls } from "./bls.ts";
import { ChainService } from "./chainService.ts";
import { consoleWriter } from "./console.ts";
import { createTierExecutor } from "./executors.ts";
import { serveMethods } from "./threadCall.ts";

/** What the thread is started with. */
export type ExecutorThreadData = { readonly path: string; readonly spec: ChainSpec };

/** In place of a service whose store does not open: whoever asks is told why, with the error's kind. */
class UnopenedService {
  readonly #reason: unknown;

  constructor(reason: unknown) {
    this.#reason = reason;
  }

  opened(): never {
    throw this.#reason;
  }

  connect(): never {
    throw this.#reason;
  }

  close(): void {}
}

/** The node stops with its reason. In a turn of its own, so that the caller has its answer before. */
function endThread(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

async function openService({ path, spec }: ExecutorThreadData, port: MessagePort): Promise<object> {
  try {
    const store = await openChainStore(path, spec);
    return new ChainService(
      spec,
      store,
      createTierExecutor(spec, consoleWriter(port, "block")),
      chooseBls().bls,
      endThread,
    );
  } catch (error) {
    return new UnopenedService(error);
  }
}

if (parentPort) {
  serveMethods(parentPort, await openService(workerData as ExecutorThreadData, parentPort));
}
