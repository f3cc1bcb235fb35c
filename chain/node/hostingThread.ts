import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { ExecutionResult } from "@delchain/runtime";
import { Unavailable } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { ViewClient } from "../state/remoteView.ts";
import type { DriverStatus, HostedBatch, HostedContract, HostedOutcome } from "./hosting.ts";
import { serveMethods } from "./threadCall.ts";

export type HostingThreadData = {
  readonly spec: ChainSpec;
  readonly folder: string;
  readonly port: MessagePort;
  readonly buffer: SharedArrayBuffer;
};

export class HostingService {
  readonly client: ViewClient;
  constructor(client: ViewClient) {
    this.client = client;
  }
  async reconcile(): Promise<void> {}
  async execute(_: { replica: number; batch: HostedBatch }): Promise<HostedOutcome> {
    throw new Unavailable("containers", "no driver yet");
  }
  async query(_: HostedBatch): Promise<ExecutionResult> {
    throw new Unavailable("containers", "no driver yet");
  }
  async drivers(): Promise<readonly DriverStatus[]> {
    return [];
  }
  async driverFor(_: HostedContract): Promise<string | undefined> {
    return undefined;
  }
  async close(): Promise<void> {}
}

if (parentPort) {
  const { port, buffer } = workerData as HostingThreadData;
  serveMethods(parentPort, new HostingService(new ViewClient(port, buffer)));
}
