import type { Account } from "@delchain/runtime";
import type { SignedTransaction } from "../tx/transaction.ts";

/**
 * Which part of a block a transaction goes into: executed at once, or ordered for the container that it calls.
 * Each has its own gas limit and base fee.
 */
export type Lane = "execute" | "order";

/** A transaction in the mempool. */
export type Pooled = {
  readonly signed: SignedTransaction;
  readonly lane: Lane;
  /** Counts admissions: of two that pay the same, the one that came first goes first. */
  readonly arrival: number;
};

/** What the state says of a sender. */
export type AccountFacts = Pick<Account, "nonce" | "balance"> & {
  /** After which block. */
  readonly block: bigint;
  /** Contracts send no transactions (EIP-3607). */
  readonly hasCode: boolean;
};

/** What the next block charges, in wei per gas. */
export type BaseFees = Readonly<Record<Lane, bigint>>;

/** What of a fee goes to the producer at a base fee, in wei per gas; negative when the base fee is not met. */
export function tipAt(
  { signed: { transaction } }: Pick<Pooled, "signed">,
  baseFee: bigint,
): bigint {
  if (transaction.type !== 2) return transaction.gasPrice - baseFee;
  const { maxFeePerGas, maxPriorityFeePerGas } = transaction;
  const room = maxFeePerGas - baseFee;
  return room < maxPriorityFeePerGas ? room : maxPriorityFeePerGas;
}
