import { type Batch, type BatchCall, executeBatch, queryContainer } from "../container/batch.ts";
import type { ContainerDriver } from "../container/driver.ts";
import { type Manifest, parseManifest, resourcesOf } from "../container/manifest.ts";
import type { BatchResult, CallResult } from "../container/result.ts";
import { Session } from "../container/session.ts";
import type { ConsoleWriter } from "../host/console.ts";
import type { StateView } from "../state/view.ts";
import type { Address } from "../types/address.ts";
import type { BlockContext } from "../types/context.ts";
import { Unavailable } from "../types/errors.ts";
import { keccak256 } from "../types/hash.ts";
import { type DriverOffer, DriverSet, type DriverStatus } from "./driverSet.ts";
import { WarmSlot } from "./warmSlot.ts";

/** Containers kept warm on one machine. At 14 MB of supervisor each this is 700 MB before any contract's own. */
export const MAX_WARM = 50;
/** How long an unused container stays warm: a start costs a third of a second, a warm one its memory. */
export const IDLE_MS: number = 5 * 60_000;
/** After so many calls one replica is replaced by a fresh one (design, section 5). */
export const COLD_EVERY = 64;
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
  /** Takes contracts' debug text: of queries and of one replica, because the other one says the same. */
  readonly onDebug?: ConsoleWriter;
};

/** One contract's calls for one replica. */
export type HostedRequest = {
  readonly contract: Address;
  /** Canonical JSON, as deployed. */
  readonly manifest: Uint8Array;
  /** 0 or 1: the same promises, over different ground. */
  readonly replica: number;
  /** The block that ordered the calls. */
  readonly block: BlockContext;
  readonly calls: readonly BatchCall[];
};

/** Queries run apart from ordered calls, so that neither waits for the other. */
const QUERY_REPLICA = "query";

type Slot = {
  readonly slot: WarmSlot;
  readonly driver: ContainerDriver;
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
  #closed = false;

  constructor(options: ManagerOptions) {
    this.#options = { maxWarm: MAX_WARM, idleMs: IDLE_MS, coldEvery: COLD_EVERY, ...options };
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
    return this.#use({ ...request, replica: 0 }, QUERY_REPLICA, (batch, slot, onDebug) =>
      queryContainer({ ...batch, calls: request.calls }, view, slot, onDebug),
    );
  }

  /** How many containers are warm or on their way. */
  get warm(): number {
    return [...this.#slots.values()].filter(({ slot }) => slot.warm).length;
  }

  /** Ends every container and closes the drivers. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#slots.keys()].map((key) => this.#drop(key)));
    await this.#drivers.close();
  }

  async #use<Result>(
    request: HostedRequest,
    replica: string,
    run: (batch: Batch, slot: WarmSlot, onDebug: (text: string) => void) => Promise<Result>,
  ): Promise<Result> {
    const manifest = parseManifest(request.manifest);
    const key = `${request.contract}/${keccak256(request.manifest)}/${replica}`;
    const held = await this.#hold(key, manifest, request, replica);
    const { contract, block, calls } = request;
    const { resourceClass } = resourcesOf(manifest);
    const onDebug = (text: string): void => {
      if (replica !== String(COLD_REPLICA)) this.#options.onDebug?.(contract, text);
    };
    try {
      return await run({ contract, resourceClass, block, calls }, held.slot, onDebug);
    } finally {
      held.users--;
      if (held.users === 0) held.idle = this.#dropWhenIdle(key);
    }
  }

  /** The slot, made when there is none, with one user more. */
  async #hold(
    key: string,
    manifest: Manifest,
    request: HostedRequest,
    replica: string,
  ): Promise<Slot> {
    const driver = this.#slots.get(key)?.driver ?? (await this.#drivers.choose(manifest));
    if (this.#closed) throw new Unavailable("manager", "the node is stopping");
    const known = this.#slots.get(key);
    const start = (): Promise<Session> => this.#start(driver, manifest, request, replica);
    const cold = replica === String(COLD_REPLICA) ? this.#options.coldEvery : undefined;
    const held = known ?? { slot: new WarmSlot(start, cold), driver, users: 0, idle: undefined };
    clearTimeout(held.idle);
    held.users++;
    // Last in the map is last used.
    this.#slots.delete(key);
    this.#slots.set(key, held);
    try {
      if (!known) await this.#makeRoom(driver);
    } catch (error) {
      held.users--;
      // Somebody else may have found it meanwhile.
      if (held.users === 0) this.#slots.delete(key);
      throw error;
    }
    return held;
  }

  async #start(
    driver: ContainerDriver,
    manifest: Manifest,
    { contract, manifest: bytes, replica: number }: HostedRequest,
    replica: string,
  ): Promise<Session> {
    const { resources } = resourcesOf(manifest);
    const container = await driver.start({
      image: manifest.image,
      entrypoint: manifest.entrypoint,
      isolation: manifest.isolation,
      resources,
      labels: { chain: this.#options.chain, contract, version: keccak256(bytes), replica },
      // Replicas on one machine see different CPUs, caches and neighbours.
      cpuset: resources.cpu === 1 ? String(number % this.#options.cpus) : undefined,
    });
    return Session.open(container, resources, HELLO_MS);
  }

  /** Ends containers that nobody uses until all fit. Throws `Unavailable` when too many are in use. */
  async #makeRoom(driver: ContainerDriver): Promise<void> {
    const { maxWarm } = this.#options;
    for (;;) {
      const held = [...this.#slots.entries()];
      const sameDriver = held.filter(([, each]) => each.driver === driver);
      const isFull = held.length > maxWarm;
      if (!isFull && sameDriver.length <= driver.gives.warmMax) return;
      const unused = (isFull ? held : sameDriver).find(([, { users }]) => users === 0);
      if (!unused) {
        const limit = isFull ? maxWarm : driver.gives.warmMax;
        throw new Unavailable("manager", `all ${limit} warm containers are in use`);
      }
      await this.#drop(unused[0]);
    }
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
