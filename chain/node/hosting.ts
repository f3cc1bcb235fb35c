import type {
  Address,
  BlockContext,
  DriverStatus,
  ExecutionResult,
  Hash,
  SlotChange,
} from "@delchain/runtime";
import type { HostedResult } from "../attest/certifiedCall.ts";

/** A container contract as a host needs it. */
export type HostedContract = {
  readonly address: Address;
  readonly manifestHash: Hash;
  /** Canonical JSON (RFC 8785). */
  readonly manifest: Uint8Array;
};

export type HostedCall = {
  readonly caller: Address;
  readonly value: bigint;
  readonly input: Uint8Array;
  /** For one host, without the price of the order. */
  readonly gasLimit: bigint;
  readonly seed: Hash;
};

export type HostedBatch = {
  readonly contract: HostedContract;
  /** The block that ordered the calls. */
  readonly block: BlockContext;
  /** The block whose state the calls begin with. */
  readonly stateAt: bigint;
  readonly calls: readonly HostedCall[];
};

export type HostedOutcome = {
  readonly calls: readonly HostedResult[];
  readonly slots: readonly SlotChange[];
};

/**
 * The part of a node that runs containers. Every method throws `Unavailable` for this machine's trouble: the
 * member abstains, and nothing becomes a result.
 */
export interface Hosting {
  /** Replica 0 or 1: the same promises over different ground. */
  execute(replica: number, batch: HostedBatch): Promise<HostedOutcome>;
  query(batch: HostedBatch): Promise<ExecutionResult>;
  drivers(): Promise<readonly DriverStatus[]>;
  /** The driver that runs this manifest here; `undefined` when none does. */
  driverFor(contract: HostedContract): Promise<string | undefined>;
  /** Removes containers that a run of this node which crashed has left, and says how many. */
  reconcile(): Promise<number>;
  close(): Promise<void>;
}
