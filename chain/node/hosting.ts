import type {
  Address,
  BlockContext,
  DriverStatus,
  ExecutionResult,
  Explanation,
  Hash,
  Sending,
  SlotChange,
} from "@delchain/runtime";
import type { HostedResult } from "../attest/certifiedCall.ts";
import type { StorageChange } from "./knownSlots.ts";

/** A container contract as a host needs it. */
export type HostedContract = {
  readonly address: Address;
  readonly manifestHash: Hash;
  /** Canonical JSON (RFC 8785). */
  readonly manifest: Uint8Array;
};

export type HostedCall = {
  readonly caller: Address;
  readonly origin: Address;
  readonly value: bigint;
  readonly input: Uint8Array;
  /** For one host, without the price of the order. */
  readonly gasLimit: bigint;
  readonly seed: Hash;
  readonly sending: Sending;
};

export type HostedBatch = {
  readonly contract: HostedContract;
  /** The block that ordered the calls. */
  readonly block: BlockContext;
  /** The block whose state the calls begin with, and the root of the contract's storage there. */
  readonly stateAt: bigint;
  readonly preRoot: Hash;
  /** The contract has gone on since: that very state is read, or none. */
  readonly isPast?: boolean;
  /** What led to that root, where it is known. */
  readonly since?: StorageChange | undefined;
  /** What calls before these are to change of the contract in that state, where they are not certified yet. */
  readonly after?: readonly SlotChange[];
  readonly calls: readonly HostedCall[];
};

export type HostedOutcome = {
  readonly calls: readonly HostedResult[];
  readonly slots: readonly SlotChange[];
  /** The balances that the calls looked at, in wei: their results hold where these are the same. */
  readonly balances: ReadonlyMap<Address, bigint>;
};

/** How long an explanation may take, in milliseconds: twenty containers one after another, on a loaded machine. */
export const EXPLAIN_MS = 120_000;

/**
 * The part of a node that runs containers. Every method throws `Unavailable` for this machine's trouble: the
 * member abstains, and nothing becomes a result.
 */
export interface Hosting {
  /** Replica 0 or 1: the same promises over different ground. */
  execute(replica: number, batch: HostedBatch): Promise<HostedOutcome>;
  query(batch: HostedBatch): Promise<ExecutionResult>;
  /**
   * Why replicas of these calls differ, each call on the state before the first; ends with what it has after
   * `EXPLAIN_MS`.
   */
  explain(batch: HostedBatch): Promise<Explanation>;
  drivers(): Promise<readonly DriverStatus[]>;
  /** The driver that runs this manifest here; `undefined` when none does. */
  driverFor(contract: HostedContract): Promise<string | undefined>;
  /** Makes it forget the states that queries were asked of. */
  forget(): Promise<void>;
  /** Removes containers that a run of this node which crashed has left, and says how many. */
  reconcile(): Promise<number>;
  close(): Promise<void>;
}
