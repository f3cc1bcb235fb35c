import type { MessagePort } from "node:worker_threads";
import { Worker } from "node:worker_threads";
import type { ChainService } from "./chainService.ts";
import type { ConsoleHistory } from "./console.ts";
import type { ExecutorThreadData } from "./executorThread.ts";
import { closeWorker, endWithWorker, ThreadCaller } from "./threadCall.ts";
import { THREAD_LIMITS } from "./threadLimits.ts";

/** Gives another thread's port and buffer to the thread that owns the state. */
export type ConnectView = (port: MessagePort, buffer: SharedArrayBuffer) => void;

/** The executor thread as the main thread holds it. */
export type ExecutorClient = {
  readonly call: ThreadCaller<ChainService>["call"];
  readonly connect: ConnectView;
  /** Resolves when the database is closed and the thread is gone. */
  close(): Promise<void>;
};

/** Starts the thread that owns the database. `onFailure` is told when it ends by itself. */
export function startExecutor(
  data: ExecutorThreadData,
  printed: ConsoleHistory,
  onFailure: (error: Error) => void,
): ExecutorClient {
  const worker = new Worker(new URL("./executorThread.ts", import.meta.url), {
    workerData: data,
    resourceLimits: THREAD_LIMITS,
  });
  const caller = new ThreadCaller<ChainService>(worker, "executor");
  endWithWorker(worker, caller, "executor", onFailure);
  printed.listen(worker);
  return {
    call: caller.call.bind(caller) as ThreadCaller<ChainService>["call"],
    connect: (port, buffer) => {
      // Without an answer to wait for: what the reader asks first waits in its port.
      caller.call("connect", { port, buffer }, [port]).catch(onFailure);
    },
    close: () => closeWorker(worker, caller, "executor"),
  };
}
