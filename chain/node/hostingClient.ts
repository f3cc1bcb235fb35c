import { MessageChannel, Worker } from "node:worker_threads";
import type { DriverStatus, ExecutionResult, Explanation } from "@delchain/runtime";
import { newViewBuffer } from "../state/viewProtocol.ts";
import type { ConsoleHistory } from "./console.ts";
import type { ConnectView } from "./executorClient.ts";
import type { HostedBatch, HostedContract, HostedOutcome, Hosting } from "./hosting.ts";
import type { HostingService, HostingThreadData } from "./hostingThread.ts";
import { closeWorker, endWithWorker, ThreadCaller } from "./threadCall.ts";

export type HostingOptions = Pick<
  HostingThreadData,
  "label" | "imageFolder" | "containerRuntime" | "dataFolder"
>;

/** Starts the thread that runs containers. `onFailure` is told when it ends by itself. */
export function startHosting(
  options: HostingOptions,
  connect: ConnectView,
  printed: ConsoleHistory,
  onFailure: (error: Error) => void,
): Hosting {
  const { port1, port2 } = new MessageChannel();
  const buffer = newViewBuffer();
  connect(port1, buffer);
  const data: HostingThreadData = { ...options, port: port2, buffer };
  const worker = new Worker(new URL("./hostingThread.ts", import.meta.url), {
    workerData: data,
    transferList: [port2],
  });
  const caller = new ThreadCaller<HostingService>(worker, "containers");
  endWithWorker(worker, caller, "containers", onFailure);
  printed.listen(worker);
  return {
    execute: (replica: number, batch: HostedBatch): Promise<HostedOutcome> =>
      caller.call("execute", { replica, batch }),
    query: (batch: HostedBatch): Promise<ExecutionResult> => caller.call("query", batch),
    explain: (batch: HostedBatch): Promise<Explanation> => caller.call("explain", batch),
    drivers: (): Promise<readonly DriverStatus[]> => caller.call("drivers", undefined),
    driverFor: (contract: HostedContract): Promise<string | undefined> =>
      caller.call("driverFor", contract),
    forget: (): Promise<void> => caller.call("forget", undefined),
    reconcile: (): Promise<number> => caller.call("reconcile", undefined),
    close: (): Promise<void> => closeWorker(worker, caller, "containers"),
  };
}
