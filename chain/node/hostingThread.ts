import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { openImageStore } from "@delchain/images";
import {
  type Address,
  type BatchCall,
  type CallResult,
  ContainerManager,
  type DriverOffer,
  type DriverStatus,
  type ExecutionResult,
  hostDrivers,
  Unavailable,
} from "@delchain/runtime";
import { RemoteView, ViewClient } from "../state/remoteView.ts";
import { consoleWriter } from "./console.ts";
import { ContractView } from "./contractView.ts";
import type { HostedBatch, HostedContract, HostedOutcome } from "./hosting.ts";
import { serveMethods } from "./threadCall.ts";

/** What the thread is started with. */
export type HostingThreadData = {
  /** Names this node on its containers. */
  readonly label: string;
  readonly imageFolder: string;
  readonly port: MessagePort;
  readonly buffer: SharedArrayBuffer;
};

/** Runs containers on states that another thread serves. Its methods throw `Unavailable` for the machine's trouble. */
export class HostingService {
  readonly #manager: ContainerManager;
  readonly #client: ViewClient;
  readonly #close: () => void;

  constructor(manager: ContainerManager, client: ViewClient, close: () => void) {
    this.#manager = manager;
    this.#client = client;
    this.#close = close;
  }

  /** Removes what a run of this node that crashed has left. */
  reconcile(): Promise<number> {
    return this.#manager.reconcile();
  }

  async execute({
    replica,
    batch,
  }: {
    replica: number;
    batch: HostedBatch;
  }): Promise<HostedOutcome> {
    const { contract, stateAt } = batch;
    const viewAt = (number: bigint) => new RemoteView(this.#client, number);
    const view = new ContractView(contract.address, stateAt, viewAt);
    const request = { ...requestOf(batch), replica };
    const { results, slots, outgoing } = await this.#manager.execute(request, view);
    if (outgoing.length > 0) {
      throw new Unavailable("containers", "the contract sends messages, which this version cannot");
    }
    return { calls: results, slots };
  }

  async query(batch: HostedBatch): Promise<ExecutionResult> {
    const view = new RemoteView(this.#client, batch.stateAt);
    const request = requestOf(batch);
    const calls = request.calls as readonly [BatchCall];
    return executionResult(await this.#manager.query({ ...request, calls }, view));
  }

  drivers(): Promise<readonly DriverStatus[]> {
    return this.#manager.drivers();
  }

  async driverFor({ manifest }: HostedContract): Promise<string | undefined> {
    try {
      return await this.#manager.driverFor(manifest);
    } catch (error) {
      if (error instanceof Unavailable) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#manager.close();
    this.#close();
  }
}

function requestOf({ contract, block, calls }: HostedBatch): {
  readonly contract: Address;
  readonly manifest: Uint8Array;
  readonly block: HostedBatch["block"];
  readonly calls: readonly BatchCall[];
} {
  return {
    contract: contract.address,
    manifest: contract.manifest,
    block,
    // A container is called by transactions alone, so far: the caller is the origin.
    calls: calls.map((call) => ({ ...call, origin: call.caller })),
  };
}

function executionResult({ status, output, logs, gasUsed, haltCode }: CallResult): ExecutionResult {
  switch (status) {
    case "success":
      return { status, gasUsed, output, logs, created: undefined };
    case "revert":
      return { status, gasUsed, output };
    case "halt":
      return { status, gasUsed, reason: haltCode ?? "halt" };
    case "timeout":
      throw new Unavailable("containers", "the contract gave no answer in its wall time");
  }
}

if (parentPort) {
  const { label, imageFolder, port, buffer } = workerData as HostingThreadData;
  // Short, because the path of a Unix socket has at most 107 bytes.
  const runDirectory = mkdtempSync(join(tmpdir(), "dc-"));
  const drivers: readonly DriverOffer[] = hostDrivers({
    runDirectory,
    images: openImageStore(imageFolder),
  });
  const manager = new ContainerManager({
    chain: label,
    drivers,
    cpus: availableParallelism(),
    onDebug: consoleWriter(parentPort, "container call"),
  });
  const close = () => rmSync(runDirectory, { recursive: true, force: true });
  serveMethods(parentPort, new HostingService(manager, new ViewClient(port, buffer), close));
}
