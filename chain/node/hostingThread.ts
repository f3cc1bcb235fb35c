import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { openImageStore } from "@delchain/images";
import {
  type BatchCall,
  type CallResult,
  ContainerManager,
  type DriverOffer,
  type DriverStatus,
  type ExecutionResult,
  type Explanation,
  type HostedRequest,
  hostDrivers,
  type StateView,
  Unavailable,
} from "@delchain/runtime";
import { RemoteView, ViewClient } from "../state/remoteView.ts";
import { monotonicMs, nowSeconds } from "./clock.ts";
import { consoleWriter } from "./console.ts";
import { ContractView } from "./contractView.ts";
import {
  EXPLAIN_MS,
  type HostedBatch,
  type HostedContract,
  type HostedOutcome,
} from "./hosting.ts";
import { KnownSlots } from "./knownSlots.ts";
import { SpeculativeView } from "./speculativeView.ts";
import { serveMethods } from "./threadCall.ts";

/** What the thread is started with. */
export type HostingThreadData = {
  /** Names this node on its containers. */
  readonly label: string;
  readonly imageFolder: string;
  readonly containerRuntime: string | undefined;
  /** The chain's folder: as long as it is there, no sweep takes images that its contracts run in. */
  readonly dataFolder: string;
  readonly port: MessagePort;
  readonly buffer: SharedArrayBuffer;
};

/** Runs containers on states that another thread serves. Its methods throw `Unavailable` for the machine's trouble. */
export class HostingService {
  readonly #manager: ContainerManager;
  readonly #client: ViewClient;
  readonly #close: () => void;
  readonly #known = new KnownSlots();
  /** The state that the last query was asked of. */
  #asked: RemoteView | undefined;

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
    const request = { ...requestOf(batch), replica };
    const { contract, preRoot, since, after } = batch;
    const known = this.#known.over(this.#viewOf(batch), contract.address, preRoot, since);
    const view = new SpeculativeView(known, contract.address, after);
    const { results, slots } = await this.#manager.execute(request, view);
    return { calls: results, slots, balances: view.balances };
  }

  async explain(batch: HostedBatch): Promise<Explanation> {
    const until = monotonicMs() + EXPLAIN_MS;
    return this.#manager.explain(requestOf(batch), this.#viewOf(batch), {
      nowSeconds: nowSeconds(),
      mayGoOn: () => monotonicMs() < until,
    });
  }

  async query(batch: HostedBatch): Promise<ExecutionResult> {
    if (this.#asked?.number !== batch.stateAt) {
      this.#asked = new RemoteView(this.#client, batch.stateAt);
    }
    const request = requestOf(batch);
    const calls = request.calls as readonly [BatchCall];
    return executionResult(await this.#manager.query({ ...request, calls }, this.#asked));
  }

  /** The chain was rewound: what is remembered of a block may be of one that is gone. */
  forget(): void {
    this.#asked = undefined;
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

  #viewOf({ contract, stateAt, isPast }: HostedBatch): StateView {
    const viewAt = (number: bigint) => new RemoteView(this.#client, number);
    if (isPast) return viewAt(stateAt);
    return new ContractView(contract.address, stateAt, viewAt);
  }
}

function requestOf({ contract, block, calls }: HostedBatch): Omit<HostedRequest, "replica"> {
  const { address, manifest, manifestHash } = contract;
  return { contract: address, manifest, manifestHash, block, calls };
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
  const data = workerData as HostingThreadData;
  const { label, imageFolder, containerRuntime, dataFolder, port, buffer } = data;
  // Short, because the path of a Unix socket has at most 107 bytes.
  const runDirectory = mkdtempSync(join(tmpdir(), "dc-"));
  const drivers: readonly DriverOffer[] = hostDrivers({
    runDirectory,
    images: openImageStore(imageFolder, { folder: dataFolder }),
    ...(containerRuntime === undefined ? {} : { runtime: containerRuntime }),
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
