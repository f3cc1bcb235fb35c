import type { Address } from "../types/address.ts";
import type { BlockContext } from "../types/context.ts";
import type { Hash } from "../types/hash.ts";
import type { GasMeter } from "./meter.ts";
import type { FrameProfiler } from "./profile.ts";

/** One activation of contract code. */
export type Frame = {
  /** Whose storage and balance it works on. */
  readonly target: Address;
  readonly caller: Address;
  /** Whose code runs; differs from `target` in a delegate call. */
  readonly codeAddress: Address;
  readonly value: bigint;
  readonly input: Uint8Array;
  readonly isStatic: boolean;
  /** 0 for the frame that a transaction calls. */
  readonly depth: number;
  /** `true` while the constructor runs. */
  readonly isCreate: boolean;
};

/** What the frames of one transaction share. */
export type CallContext = {
  readonly block: BlockContext;
  readonly origin: Address;
  /** The effective price, in wei per gas. */
  readonly gasPrice: bigint;
};

export type NestedCall = {
  readonly kind: "call" | "static" | "delegate";
  readonly to: Address;
  /** Zero unless `kind` is `call`. */
  readonly value: bigint;
  /** The most gas to pass on; the 63/64 rule (EIP-150) caps it. */
  readonly gas: number;
  readonly input: Uint8Array;
};

export type NestedCreate = {
  readonly value: bigint;
  readonly initCode: Uint8Array;
  /** 32 bytes for `CREATE2` (EIP-1014), `undefined` for `CREATE`. */
  readonly salt: Uint8Array | undefined;
};

export type NestedOutcome = {
  readonly status: "success" | "revert" | "halt";
  /** Return data, or revert data; empty after a halt. */
  readonly output: Uint8Array;
  /** The new contract of a successful creation. */
  readonly created: Address | undefined;
};

/**
 * What surrounds a contract and answers it, in every tier: each function charges its price (`prices.ts`) to
 * `meter` and works on the journal of the running transaction. All of it is synchronous.
 *
 * A function throws `OutOfGas` when the frame cannot pay, `StaticViolation` for a write in a static frame, and
 * `Unavailable` when the machine cannot answer; none of these may be caught by a tier and turned into success.
 */
export interface HostApi {
  readonly frame: Frame;
  readonly context: CallContext;
  readonly meter: GasMeter;
  /** Present in a query that asks for a profile. What a tier tells it changes no result and no gas. */
  readonly profiler?: FrameProfiler | undefined;
  /** 32 bytes in, 32 bytes out. */
  loadStorage(slot: Uint8Array): Uint8Array;
  storeStorage(slot: Uint8Array, value: Uint8Array): void;
  /** Storage that lives until the transaction ends (EIP-1153). */
  loadTransient(slot: Uint8Array): Uint8Array;
  storeTransient(slot: Uint8Array, value: Uint8Array): void;
  /** At most four topics of 32 bytes. */
  emitLog(topics: readonly Uint8Array[], data: Uint8Array): void;
  call(call: NestedCall): NestedOutcome;
  create(create: NestedCreate): NestedOutcome;
  balance(address: Address): bigint;
  code(address: Address): Uint8Array;
  /** `ZERO_HASH` for an account that does not exist (EIP-1052). */
  codeHash(address: Address): Hash;
  keccak256(data: Uint8Array): Uint8Array;
}

/** A write in a static frame: the frame halts (EIP-214). */
export class StaticViolation extends Error {
  override readonly name = "StaticViolation";
}

/** How a tier's frame ended. A halt takes the frame's gas. */
export type FrameResult =
  | { readonly status: "success" | "revert"; readonly output: Uint8Array }
  | { readonly status: "halt"; readonly reason: string };
