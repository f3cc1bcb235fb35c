import type { LineTable } from "../host/lineTable.ts";
import type { CallProfile } from "../host/profile.ts";
import type { StateDiff } from "../state/diff.ts";
import type { Account, StateView } from "../state/view.ts";
import type { Address } from "../types/address.ts";
import type { BlockContext, ExecutableTransaction } from "../types/context.ts";
import type { Hash } from "../types/hash.ts";
import type { TransactionOutcome } from "../types/result.ts";
import type { CallTrace } from "./trace.ts";

/**
 * Runs transactions of all tiers, synchronously, from decoded transaction to state diff. The engine's journal is
 * the only one: value, depth, static flag, warm and cold sets, checkpoints and reverts are its own.
 */
export interface Executor {
  /**
   * Starts a block on its parent's state. One block is open at a time; opening another drops the first.
   * `unchecked`: its transactions may come from any account with any nonce, for no fee, as a query's.
   */
  openBlock(context: BlockContext, view: StateView, unchecked?: boolean): BlockExecution;
  /** Runs a call that leaves no trace: `eth_call`, estimates, traces. */
  query(context: BlockContext, view: StateView, query: Query): QueryOutcome;
}

/** A block under construction: the view it began with, and what has been written since. */
export interface BlockExecution {
  /** In order, each on top of the last. An `invalid` transaction changes nothing; `Unavailable` ends the block. */
  execute(transactions: readonly ExecutableTransaction[]): readonly TransactionOutcome[];
  account(address: Address): Account | undefined;
  storage(address: Address, slot: Hash): Hash;
  code(hash: Hash): Uint8Array | undefined;
  /** Writes that no contract makes: orders, certificates, rewards. Creates the account if there is none. */
  write(write: ProtocolWrite): void;
  /** Everything written since `openBlock`, in canonical order. */
  diff(): StateDiff;
}

/** A change by the protocol's rule; what is left out stays as it is. */
export type ProtocolWrite = {
  readonly address: Address;
  readonly nonce?: bigint;
  readonly balance?: bigint;
  readonly slots?: readonly { readonly slot: Hash; readonly value: Hash }[];
};

export type Query = {
  readonly transaction: ExecutableTransaction;
  /** A call from any account, with any balance and nonce, for no fee; else the transaction must be valid. */
  readonly unchecked: boolean;
  readonly trace: boolean;
  /** What runs before it, each on top of the last, as in a block. */
  readonly before?: readonly ExecutableTransaction[] | undefined;
  /** Asks where the call goes and what it costs there, in the lines of these codes. */
  readonly profile?: readonly LineTable[] | undefined;
};

export type QueryOutcome = {
  readonly outcome: TransactionOutcome;
  /** How those that run before it ended. */
  readonly before: readonly TransactionOutcome[];
  /** Present when the query asked for it. */
  readonly trace: CallTrace | undefined;
  /** As `trace`. */
  readonly profile?: CallProfile | undefined;
};
