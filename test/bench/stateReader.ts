import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { RemoteView, ViewClient } from "../../chain/state/remoteView.ts";
import type { Address } from "../../runtime/index.ts";

// The thread of state.ts that reads another thread's store, each account once.
const { port, buffer, number, reads } = workerData as {
  port: MessagePort;
  buffer: SharedArrayBuffer;
  number: bigint;
  reads: readonly Address[];
};
const view = new RemoteView(new ViewClient(port, buffer), number);
const started = performance.now();
for (const address of reads) view.account(address);
parentPort?.postMessage(performance.now() - started);
