import { parentPort, workerData } from "node:worker_threads";
import type { ChainSpec } from "../spec/spec.ts";
import { openChainStore } from "../state/store.ts";
import { chooseBls } from "./bls.ts";
import { ChainService } from "./chainService.ts";
import { createTierExecutor } from "./executors.ts";
import { serveMethods } from "./threadCall.ts";

/** What the thread is started with. */
export type ExecutorThreadData = { readonly path: string; readonly spec: ChainSpec };

if (parentPort) {
  const { path, spec } = workerData as ExecutorThreadData;
  const store = await openChainStore(path, spec);
  const service = new ChainService(spec, store, createTierExecutor(spec), chooseBls().bls);
  serveMethods(parentPort, service);
}
