import type { SlotChange } from "../state/diff.ts";
import type { Address } from "../types/address.ts";
import type { Hash } from "../types/hash.ts";
import type { Log } from "../types/result.ts";

/** Why a container call halted, as every host sees it. The order is the code on the wire, from 1. */
export const HALT_CODES = [
  "memory",
  "pids",
  "fileSize",
  "signal",
  "exit",
  "protocolError",
  "outOfGas",
  "output",
] as const;

export type HaltCode = (typeof HALT_CODES)[number];

export type CallStatus = "success" | "revert" | "halt" | "timeout";

/** What one ordered call came to. A `timeout` is this machine's word and counts only if a quorum says it too. */
export type CallResult = {
  readonly status: CallStatus;
  /** Empty after a halt and a timeout. */
  readonly output: Uint8Array;
  /** Only of a success. */
  readonly logs: readonly Log[];
  /** What it sends to other contracts, in order. Only of a success. */
  readonly messages: readonly OutgoingMessage[];
  /** A halt takes the gas limit; a timeout costs nothing here, only the price of its order. */
  readonly gasUsed: bigint;
  readonly haltCode?: HaltCode;
  /** What this machine found, of a call whose answers are aggregated; `output` holds it too. */
  readonly number?: Hash;
  /** What the program answered, of a call whose `output` is only what members agree on. For people. */
  readonly raw?: Uint8Array;
};

/** What the ordered calls of one contract came to, and their net change to its state. */
export type BatchResult = {
  readonly results: readonly CallResult[];
  /** By slot, each once, only those that differ from the state before. */
  readonly slots: readonly SlotChange[];
  /** In wei: the values of calls that succeeded, less what they sent. */
  readonly balanceDelta: bigint;
};

/** A call of another contract that a container asks for; it runs once the chain has adopted the batch. */
export type OutgoingMessage = {
  readonly to: Address;
  readonly value: bigint;
  readonly gas: bigint;
  /** What a callback with the result may use; 0 for none. */
  readonly callbackGas: bigint;
  readonly data: Uint8Array;
};
