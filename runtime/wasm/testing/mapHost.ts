import type { Tier } from "../../executor/tier.ts";
import {
  type CallContext,
  type Frame,
  type FrameResult,
  type HostApi,
  type NestedCall,
  type NestedCreate,
  type NestedOutcome,
  StaticViolation,
} from "../../host/api.ts";
import { GasMeter } from "../../host/meter.ts";
import { PRICES } from "../../host/prices.ts";
import type { FrameProfiler } from "../../host/profile.ts";
import { type Address, contractAddress, toAddress } from "../../types/address.ts";
import { EMPTY_BYTES, type Hex, toHex } from "../../types/bytes.ts";
import { type Hash, keccak256, keccak256Bytes, ZERO_HASH } from "../../types/hash.ts";
import type { Log } from "../../types/result.ts";

/** An address of one byte, repeated. */
export function account(byte: number): Address {
  return toAddress(`0x${byte.toString(16).padStart(2, "0").repeat(20)}`);
}

export const CALLER: Address = account(0x11);

const CONTEXT: CallContext = {
  origin: CALLER,
  gasPrice: 9n,
  block: {
    chainId: 31_337n,
    number: 12n,
    timestamp: 1_700_000_000n,
    gasLimit: 2n ** 27n,
    baseFee: 7n,
    producer: account(0x99),
    randomness: ZERO_HASH,
  },
};

/** State that can be copied, so that a reverted frame leaves nothing. */
type World = {
  slots: Map<string, Uint8Array>;
  logs: Log[];
  balances: Map<Address, bigint>;
};

type Sending = { readonly gas?: number; readonly profiler?: FrameProfiler };

/** A chain of WebAssembly contracts in maps, for tests of the tier without an engine. */
export class MapChain {
  readonly tier: Tier;
  readonly contracts: Map<Address, Uint8Array> = new Map();
  world: World = { slots: new Map(), logs: [], balances: new Map() };

  constructor(tier: Tier) {
    this.tier = tier;
  }

  slot(address: Address, slot: number): number {
    const key = `${address} ${toHex(numberWord(slot))}`;
    const value = this.world.slots.get(key);
    return value === undefined ? 0 : Number(BigInt(toHex(value)));
  }

  /** Calls a contract as a transaction would; what it used is in `gasUsed`. */
  send(
    to: Address,
    input: Uint8Array,
    { gas = 10_000_000, profiler, ...frame }: Partial<Frame> & Sending = {},
  ): { result: FrameResult; gasUsed: number } {
    const meter = new GasMeter(gas);
    const host = new MapHost(this, { ...baseFrame(to, input), ...frame }, meter, profiler);
    const result = this.run(host);
    return { result, gasUsed: result.status === "halt" ? gas : gas - meter.gas };
  }

  /** Runs a frame and undoes it unless it succeeds. */
  run(host: MapHost): FrameResult {
    const { world } = this;
    this.world = {
      slots: new Map(world.slots),
      logs: [...world.logs],
      balances: new Map(world.balances),
    };
    const payload = this.contracts.get(host.frame.codeAddress);
    if (payload === undefined) return { status: "success", output: EMPTY_BYTES };
    const result = this.tier.call(keccak256(payload), () => payload, host);
    if (result.status !== "success") this.world = world;
    return result;
  }
}

function baseFrame(to: Address, input: Uint8Array): Frame {
  return {
    target: to,
    caller: CALLER,
    codeAddress: to,
    value: 0n,
    input,
    isStatic: false,
    depth: 0,
    isCreate: false,
  };
}

function numberWord(value: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, value);
  return bytes;
}

/** The host API over a `MapChain`: real charges (always the warm price), real reverts, no engine. */
export class MapHost implements HostApi {
  readonly frame: Frame;
  readonly context: CallContext = CONTEXT;
  readonly meter: GasMeter;
  readonly profiler: FrameProfiler | undefined;
  readonly #chain: MapChain;
  readonly #transient = new Map<Hex, Uint8Array>();

  constructor(chain: MapChain, frame: Frame, meter: GasMeter, profiler?: FrameProfiler) {
    this.#chain = chain;
    this.profiler = profiler;
    this.frame = frame;
    this.meter = meter;
  }

  loadStorage(slot: Uint8Array): Uint8Array {
    this.meter.charge(PRICES.storageWarmLoad);
    return this.#chain.world.slots.get(`${this.frame.target} ${toHex(slot)}`) ?? new Uint8Array(32);
  }

  storeStorage(slot: Uint8Array, value: Uint8Array): void {
    this.#refuseStatic();
    this.meter.charge(PRICES.storageStore);
    this.#chain.world.slots.set(`${this.frame.target} ${toHex(slot)}`, value);
  }

  loadTransient(slot: Uint8Array): Uint8Array {
    this.meter.charge(PRICES.transientStorage);
    return this.#transient.get(toHex(slot)) ?? new Uint8Array(32);
  }

  storeTransient(slot: Uint8Array, value: Uint8Array): void {
    this.#refuseStatic();
    this.meter.charge(PRICES.transientStorage);
    this.#transient.set(toHex(slot), value);
  }

  emitLog(topics: readonly Uint8Array[], data: Uint8Array): void {
    this.#refuseStatic();
    this.meter.charge(PRICES.logBase + PRICES.logTopic * topics.length);
    const words = topics.map((topic) => toHex(topic) as Hash);
    this.#chain.world.logs.push({ address: this.frame.target, topics: words, data });
  }

  call({ kind, to, value, gas, input }: NestedCall): NestedOutcome {
    if (value > 0n) this.#refuseStatic();
    this.meter.charge(PRICES.accountWarm);
    const given = Math.min(gas, Math.floor((this.meter.gas * 63) / 64));
    const isDelegate = kind === "delegate";
    const frame: Frame = {
      target: isDelegate ? this.frame.target : to,
      caller: isDelegate ? this.frame.caller : this.frame.target,
      codeAddress: to,
      value: isDelegate ? this.frame.value : value,
      input,
      isStatic: this.frame.isStatic || kind === "static",
      depth: this.frame.depth + 1,
      isCreate: false,
    };
    const meter = new GasMeter(given);
    const result = this.#chain.run(new MapHost(this.#chain, frame, meter));
    const isHalt = result.status === "halt";
    this.meter.charge(isHalt ? given : given - meter.gas);
    const output = isHalt ? EMPTY_BYTES : result.output;
    return { status: result.status, output, created: undefined };
  }

  /** Takes the init code as the payload itself; the constructor is not run. */
  create({ initCode, salt }: NestedCreate): NestedOutcome {
    this.#refuseStatic();
    const nonce = BigInt(salt === undefined ? this.#chain.contracts.size : (salt[31] ?? 0));
    const created = contractAddress(this.frame.target, nonce + 1n);
    if (initCode[0] !== 0) {
      return { status: "revert", output: initCode.slice(0, 4), created: undefined };
    }
    this.#chain.contracts.set(created, initCode);
    return { status: "success", output: EMPTY_BYTES, created };
  }

  balance(address: Address): bigint {
    this.meter.charge(PRICES.accountWarm);
    return this.#chain.world.balances.get(address) ?? 0n;
  }

  code(address: Address): Uint8Array {
    this.meter.charge(PRICES.accountWarm);
    return this.#chain.contracts.get(address) ?? EMPTY_BYTES;
  }

  codeHash(address: Address): Hash {
    this.meter.charge(PRICES.accountWarm);
    const code = this.#chain.contracts.get(address);
    return code === undefined ? ZERO_HASH : keccak256(code);
  }

  keccak256(data: Uint8Array): Uint8Array {
    this.meter.charge(PRICES.keccakBase);
    return keccak256Bytes(data);
  }

  #refuseStatic(): void {
    if (this.frame.isStatic) throw new StaticViolation("a write in a static call");
  }
}
