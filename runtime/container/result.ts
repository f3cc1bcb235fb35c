import type { SlotChange } from "../state/diff.ts";
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
  /** A halt takes the gas limit; a timeout costs nothing here, only the price of its order. */
  readonly gasUsed: bigint;
  readonly haltCode?: HaltCode;
};

/** What the ordered calls of one contract came to, and their net change to its state. */
export type BatchResult = {
  readonly results: readonly CallResult[];
  /** By slot, each once, only those that differ from the state before. */
  readonly slots: readonly SlotChange[];
  /** In wei. */
  readonly balanceDelta: bigint;
  /** Messages to other contracts: none in this version, and refused when there are any. */
  readonly outgoing: readonly never[];
};
