import { type Batch, type BatchCall, executeBatch, queryContainer } from "../container/batch.ts";
import type { ContainerDriver, ContainerSpec } from "../container/driver.ts";
import { type Manifest, parseManifest, resourcesOf } from "../container/manifest.ts";
import { outputRules } from "../container/outputRule.ts";
import type { BatchResult, CallResult } from "../container/result.ts";
import { Session } from "../container/session.ts";
import type { ConsoleWriter } from "../host/console.ts";
import type { StateView } from "../state/view.ts";
import type { Address } from "../types/address.ts";
import type { BlockContext } from "../types/context.ts";
import { Unavailable } from "../types/errors.ts";
import type { Hash } from "../types/hash.ts";
import { type DriverOffer, DriverSet, type DriverStatus } from "./driverSet.ts";
import { type ExplainOptions, type Explanation, explain } from "./explain.ts";
import { ReplicaRuns } from "./replicaRuns.ts";
import { WarmSlot } from "./warmSlot.ts";

/**
 * Containers kept warm on one machine: 50 contracts on a devnet, which runs each in two replicas. At 14 MB of
 * supervisor each this is 1.4 GB before any contract's own.
 */
export const MAX_WARM = 100;
/** How long an unused container stays warm: a start costs a third of a second, a warm one its memory. */
export const IDLE_MS: number = 5 * 60_000;
/** After so many calls one replica is replaced by a fresh one (design, section 5). */
export const COLD_EVERY = 64;
/** And on a machine not more often than this: starting one costs as much as 500 calls, half a second's work. */
export const COLD_PAUSE_MS = 5_000;
/** A JVM with a loaded machine under it says HELLO after 3 s. */
const HELLO_MS = 15_000;

/** The replica that is replaced every so often; the other one stays as long as it is good. */
const COLD_REPLICA = 1;

export type ManagerOptions = {
  /** Names this chain on its containers: those of other chains are left alone. */
  readonly chain: string;
  /** In the order they are preferred. */
  readonly drivers: readonly DriverOffer[];
  /** CPUs of this machine; replicas are pinned to different ones. */
  readonly cpus: number;
  readonly maxWarm?: number;
  readonly idleMs?: number;
  readonly coldEvery?: number;
  readonly coldPauseMs?: number;
  /** Takes contracts' debug text: of queries and of one replica, because the other one says the same. */
  readonly onDebug?: ConsoleWriter;
};

/** One contract's calls for one replica. */
export type HostedRequest = {
  readonly contract: Address;
  /** Canonical JSON, as deployed. */
  readonly manifest: Uint8Array;
  readonly manifestHash: Hash;
  /** 0 or 1: the same promises, over different ground. */
  readonly replica: number;
  /** The block that ordered the calls. */
  readonly block: BlockContext;
  readonly calls: readonly BatchCall[];
};

/** Queries run apart from ordered calls, so that neither waits for the other. */
const QUERY_REPLICA = "query";
/** Queries that a container may have waiting before another one is started beside it, one for each CPU at most. */
const QUERIES_WAITING = 4;

type Slot = {
  readonly slot: WarmSlot;
  readonly driver: ContainerDriver;
  readonly manifest: Manifest;
  /** Batches and queries under way in it. */
  users: number;
  idle: NodeJS.Timeout | undefined;
};

/**
 * Keeps a warm container for each contract version and replica, and runs batches in them. All methods throw
 * `Unavailable` for this machine's trouble. At most `maxWarm` containers are warm; the one unused longest goes first.
 */
export class ContainerManager {
  readonly #options: Required<Omit<ManagerOptions, "onDebug">> & Pick<ManagerOptions, "onDebug">;
  readonly #drivers: DriverSet;
  /** In the order of their last use. */
  readonly #slots = new Map<string, Slot>();
  readonly #explaining = new Set<ReplicaRuns>();
  /** Runs while no good container may be replaced, because one was a moment ago. */
  #coldPause: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ManagerOptions) {
    this.#options = {
      maxWarm: MAX_WARM,
      idleMs: IDLE_MS,
      coldEvery: COLD_EVERY,
      coldPauseMs: COLD_PAUSE_MS,
      ...options,
    };
    this.#drivers = new DriverSet(options.drivers);
  }

  /**
   * Removes what an earlier run of this chain left on the engines, and returns how many. None is adopted: a program
   * whose host has gone has lost its stream, and ends.
   */
  async reconcile(): Promise<number> {
    const { chain } = this.#options;
    let removed = 0;
    for (const driver of await this.#drivers.available()) {
      if (!driver.gives.outlives) continue;
      const left = await driver.list({ chain });
      await Promise.all(left.map(({ id }) => driver.remove(id)));
      removed += left.length;
    }
    return removed;
  }

  async drivers(): Promise<readonly DriverStatus[]> {
    return this.#drivers.status();
  }

  /** The name of the driver that runs this manifest here. Throws `Unavailable` with the reason when none does. */
  async driverFor(manifest: Uint8Array): Promise<string> {
    return (await this.#drivers.choose(parseManifest(manifest))).name;
  }

  /** Runs ordered calls; `view` is the state before the first. */
  async execute(request: HostedRequest, view: StateView): Promise<BatchResult> {
    return this.#use(request, String(request.replica), (batch, slot, onDebug) =>
      executeBatch(batch, view, slot, onDebug),
    );
  }

  /** Runs one call that leaves no trace, in a container of its own. */
  async query(
    request: Omit<HostedRequest, "replica"> & { readonly calls: readonly [BatchCall] },
    view: StateView,
  ): Promise<CallResult> {
    const replica = this.#queryReplica(request);
    return this.#use(
      { ...request, replica },
      `${QUERY_REPLICA}${replica}`,
      (batch, slot, onDebug) =>
        queryContainer({ ...batch, calls: request.calls }, view, slot, onDebug),
    );
  }

  /**
   * Why replicas of these calls differ, found in containers that are started for it and no others; `view` is the state
   * that each of the calls begins with. Takes a start for each thing that the driver perturbs, and some more.
   */
  async explain(
    request: Omit<HostedRequest, "replica">,
    view: StateView,
    options: ExplainOptions,
  ): Promise<Explanation> {
    const { contract, block, calls } = request;
    const manifest = parseManifest(request.manifest);
    const driver = await this.#drivers.choose(manifest);
    const { chain } = this.#options;
    const runs = new ReplicaRuns({ driver, manifest, chain, contract, block, calls, view });
    this.#explaining.add(runs);
    const mayGoOn = () => !this.#closed && options.mayGoOn?.() !== false;
    try {
      return await explain(runs, calls.length, { ...options, mayGoOn });
    } finally {
      this.#explaining.delete(runs);
    }
  }

  /** How many containers are warm or on their way. */
  get warm(): number {
    return [...this.#slots.values()].filter(({ slot }) => slot.warm).length;
  }

  /** Ends every container and closes the drivers. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#coldPause);
    await Promise.all([...this.#slots.keys()].map((key) => this.#drop(key)));
    await Promise.all([...this.#explaining].map((runs) => runs.close()));
    await this.#drivers.close();
  }

  /** The least busy of a contract's containers for queries; one more when all are busy and nothing has to go for it. */
  #queryReplica(request: Omit<HostedRequest, "replica">): number {
    let best: { readonly replica: number; readonly slot: Slot } | undefined;
    for (let replica = 0; replica < this.#options.cpus; replica++) {
      const slot = this.#slots.get(slotKey(request, `${QUERY_REPLICA}${replica}`));
      if (slot === undefined) {
        if (best === undefined) return replica;
        const isBusy = best.slot.users >= QUERIES_WAITING;
        return isBusy && !this.#isFull(best.slot.driver, 1) ? replica : best.replica;
      }
      if (best === undefined || slot.users < best.slot.users) best = { replica, slot };
    }
    return best?.replica ?? 0;
  }

  async #use<Result>(
    request: HostedRequest,
    replica: string,
    run: (batch: Batch, slot: WarmSlot, onDebug: (text: string) => void) => Promise<Result>,
  ): Promise<Result> {
    const key = slotKey(request, replica);
    const held = await this.#hold(key, request, replica);
    const { contract, block, calls } = request;
    const { resourceClass } = resourcesOf(held.manifest);
    const onDebug = (text: string): void => {
      if (replica !== String(COLD_REPLICA)) this.#options.onDebug?.(contract, text);
    };
    try {
      const rules = outputRules(held.manifest);
      return await run({ contract, resourceClass, rules, block, calls }, held.slot, onDebug);
    } finally {
      held.users--;
      if (held.users === 0) held.idle = this.#dropWhenIdle(key);
    }
  }

  /** The slot, made when there is none, with one user more. */
  async #hold(key: string, request: HostedRequest, replica: string): Promise<Slot> {
    const made = this.#slots.has(key) ? undefined : await this.#newSlot(request, replica);
    if (this.#closed) throw new Unavailable("manager", "the node is stopping");
    // Somebody else may have made it meanwhile.
    const known = this.#slots.get(key);
    const held = known ?? made ?? (await this.#newSlot(request, replica));
    clearTimeout(held.idle);
    held.users++;
    // Last in the map is last used.
    this.#slots.delete(key);
    this.#slots.set(key, held);
    try {
      if (!known) await this.#makeRoom(held.driver);
    } catch (error) {
      held.users--;
      // Somebody else may have found it meanwhile.
      if (held.users === 0) this.#slots.delete(key);
      throw error;
    }
    return held;
  }

  async #newSlot(request: HostedRequest, replica: string): Promise<Slot> {
    const manifest = parseManifest(request.manifest);
    const driver = await this.#drivers.choose(manifest);
    const { resources } = resourcesOf(manifest);
    const { contract, manifestHash: version } = request;
    const spec: ContainerSpec = {
      image: manifest.image,
      entrypoint: manifest.entrypoint,
      isolation: manifest.isolation,
      determinism: manifest.determinism,
      resources,
      signers: manifest.signers ?? [],
      labels: { chain: this.#options.chain, contract, version, replica },
      // Replicas on one machine see different CPUs, caches and neighbours.
      cpuset: resources.cpu === 1 ? String(request.replica % this.#options.cpus) : undefined,
    };
    const start = async (): Promise<Session> =>
      Session.open(await driver.start(spec), resources, HELLO_MS);
    const everyCalls = this.#options.coldEvery;
    const mayStart = (): boolean => this.#mayReplace();
    const cold = replica === String(COLD_REPLICA) ? { everyCalls, mayStart } : undefined;
    return { slot: new WarmSlot(start, cold), driver, manifest, users: 0, idle: undefined };
  }

  #mayReplace(): boolean {
    if (this.#coldPause !== undefined) return false;
    this.#coldPause = setTimeout(() => {
      this.#coldPause = undefined;
    }, this.#options.coldPauseMs).unref();
    return true;
  }

  /** Ends containers that nobody uses until all fit. Throws `Unavailable` when too many are in use. */
  async #makeRoom(driver: ContainerDriver): Promise<void> {
    const { maxWarm } = this.#options;
    while (this.#isFull(driver, 0)) {
      const held = [...this.#slots.entries()];
      const isOver = held.length > maxWarm;
      const candidates = isOver ? held : held.filter(([, each]) => each.driver === driver);
      const unused = candidates.find(([, { users }]) => users === 0);
      if (!unused) {
        const limit = isOver ? maxWarm : driver.gives.warmMax;
        throw new Unavailable("manager", `all ${limit} warm containers are in use`);
      }
      await this.#drop(unused[0]);
    }
  }

  /** Whether `more` slots beside those there are would be too many, in all or of one driver. */
  #isFull(driver: ContainerDriver, more: number): boolean {
    const slots = [...this.#slots.values()];
    const same = slots.filter((each) => each.driver === driver).length;
    return slots.length + more > this.#options.maxWarm || same + more > driver.gives.warmMax;
  }

  #dropWhenIdle(key: string): NodeJS.Timeout {
    const timer = setTimeout(() => {
      if (this.#slots.get(key)?.users === 0) void this.#drop(key);
    }, this.#options.idleMs);
    return timer.unref();
  }

  async #drop(key: string): Promise<void> {
    const held = this.#slots.get(key);
    if (!held) return;
    this.#slots.delete(key);
    clearTimeout(held.idle);
    await held.slot.close();
  }
}

function slotKey(
  { contract, manifestHash }: Omit<HostedRequest, "replica">,
  replica: string,
): string {
  return `${contract}/${manifestHash}/${replica}`;
}
