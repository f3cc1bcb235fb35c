import { type Batch, type BatchCall, executeBatch } from "../container/batch.ts";
import { CONSTRUCTOR_SELECTOR, loadConstructor } from "../container/constructorCall.ts";
import type { ContainerDriver } from "../container/driver.ts";
import { type Manifest, resourcesOf } from "../container/manifest.ts";
import { outputRule, outputRules } from "../container/outputRule.ts";
import type { Perturbation } from "../container/perturbation.ts";
import type { CallResult } from "../container/result.ts";
import { Session } from "../container/session.ts";
import type { StateView } from "../state/view.ts";
import { assert } from "../types/errors.ts";
import { type Hash, keccak256 } from "../types/hash.ts";
import type { Replicas, RunSettings } from "./explain.ts";
import type { CallRun } from "./facts.ts";
import { promisedBy } from "./promises.ts";
import { WarmSlot } from "./warmSlot.ts";

export type ReplicaRunsOptions = {
  readonly driver: ContainerDriver;
  readonly manifest: Manifest;
  /** Names these containers on the engine, so that they are found after a crash. */
  readonly chain: string;
  readonly contract: Batch["contract"];
  readonly block: Batch["block"];
  readonly calls: readonly BatchCall[];
  /** The state that each of the calls begins with. */
  readonly view: StateView;
};

/** Strict determinism slows a program's system calls, and a tenth of a CPU everything. */
const HELLO_MS = 60_000;
/** With a tenth of a CPU a call has ten times its wall time, because how fast a host is must not show. */
const SLOWER = 10;
/** All runs use the same CPU, so that its neighbour is no difference between them. */
const CPUSET = "0";

/** Calls in fresh containers of a driver, each call on the same state. */
export class ReplicaRuns implements Replicas {
  readonly isStrict: boolean;
  readonly canBeStrict: boolean;
  readonly perturbations: readonly Perturbation[];
  readonly promised: ReadonlySet<Perturbation>;
  readonly #options: ReplicaRunsOptions;
  readonly #slots = new Set<WarmSlot>();

  constructor(options: ReplicaRunsOptions) {
    const { driver, manifest } = options;
    this.#options = options;
    this.isStrict = manifest.determinism === "strict";
    this.canBeStrict = driver.gives.determinisms.includes("strict");
    this.perturbations = driver.gives.perturbations;
    this.promised = promisedBy(manifest, resourcesOf(manifest).resources.cpu);
  }

  async run(settings: RunSettings): Promise<readonly (readonly CallRun[])[]> {
    const slot = new WarmSlot(() => this.#start(settings), undefined);
    this.#slots.add(slot);
    try {
      const results: (readonly CallRun[])[] = [];
      for (let round = 0; round < settings.rounds; round++) results.push(await this.#round(slot));
      return results;
    } finally {
      this.#slots.delete(slot);
      await slot.close();
    }
  }

  /** Ends what runs; it fails with `Unavailable`. */
  async close(): Promise<void> {
    await Promise.all([...this.#slots].map((slot) => slot.close()));
  }

  async #round(slot: WarmSlot): Promise<readonly CallRun[]> {
    const { manifest, contract, block, calls, view } = this.#options;
    const { resourceClass } = resourcesOf(manifest);
    const rules = outputRules(manifest);
    const runs: CallRun[] = [];
    for (const call of calls) {
      const isMedian = outputRule(rules, call.input)?.rule === "median";
      // Numbers are aggregated of a contract that is constructed.
      const before = isMedian && this.#isPending() ? [constructing(call)] : [];
      const batch = { contract, resourceClass, rules, block, calls: [...before, call] };
      const { results, slots } = await executeBatch(batch, view, slot);
      assert(results.length > before.length, "a call has a result");
      runs.push({ result: results.at(-1) as CallResult, slots });
    }
    return runs;
  }

  #isPending(): boolean {
    const { view, contract } = this.#options;
    const load = (slot: Hash) => view.storage(contract, slot);
    return loadConstructor({ load, store: () => undefined }) !== undefined;
  }

  async #start({ isStrict, perturbations }: RunSettings): Promise<Session> {
    const { driver, manifest, chain, contract } = this.#options;
    const { resources } = resourcesOf(manifest);
    const container = await driver.start({
      image: manifest.image,
      entrypoint: manifest.entrypoint,
      isolation: manifest.isolation,
      determinism: isStrict ? "strict" : manifest.determinism,
      signers: manifest.signers ?? [],
      resources,
      labels: {
        chain,
        contract,
        version: keccak256(Buffer.from(manifest.image)),
        replica: "explain",
      },
      cpuset: resources.cpu === 1 ? CPUSET : undefined,
      perturbations,
    });
    const isSlow = perturbations.includes("threadTiming");
    const wallMs = isSlow ? resources.wallMs * SLOWER : resources.wallMs;
    return Session.open(container, { ...resources, wallMs }, HELLO_MS);
  }
}

function constructing(call: BatchCall): BatchCall {
  return { ...call, value: 0n, input: CONSTRUCTOR_SELECTOR };
}
