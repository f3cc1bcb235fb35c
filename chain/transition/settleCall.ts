import {
  type Address,
  type BlockExecution,
  type Hash,
  type Log,
  ZERO_HASH,
} from "@delchain/runtime";
import type { ContainerCallRecord } from "../block/receipt.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { isMessage, type ListedTransaction } from "../tx/transaction.ts";
import { type Median, sendSettle, settleGas } from "./medianCall.ts";
import { addBalance, moveValue } from "./moveValue.ts";
import { payShares } from "./payShares.ts";
import { callId, type QueueEntry } from "./queue.ts";
import { settleMessage } from "./settleMessage.ts";

/** How an ordered call ended, as far as its receipt and its price go. */
export type Outcome = {
  readonly outcome: ContainerCallRecord["outcome"];
  readonly logs: readonly Log[];
  readonly gasUsed: bigint;
  /** For the contract whose message it was. */
  readonly result: Uint8Array;
  /** What came of the members' numbers, where they were aggregated. */
  readonly median?: Median | undefined;
};

/** What became of one ordered call, for its receipt. */
export type SettledCall = {
  readonly listed: ListedTransaction;
  readonly record: ContainerCallRecord;
  readonly logs: readonly Log[];
  readonly gasUsed: bigint;
  readonly price: bigint;
};

/**
 * Moves what the order locked: value to the contract or back, gas to the payees in equal shares, the rest back. The
 * entry stays in the queue: its list is the caller's.
 */
export function settleCall(
  execution: BlockExecution,
  entry: QueueEntry,
  { outcome, logs, gasUsed, result, median }: Outcome,
  listed: ListedTransaction,
  context: {
    readonly payees: readonly Address[];
    readonly spec: ChainSpec;
    readonly resultsHash: Hash | undefined;
    /** The block before which nobody is told of the result; 0 for none. */
    readonly notBefore: bigint;
  },
): SettledCall {
  const { transaction, sender } = listed;
  const { gasLimit, value } = transaction;
  const { spec, payees, resultsHash, notBefore } = context;
  const { price } = entry;
  const fee = gasUsed * price;
  const succeeded = outcome === "success";
  const { queueAddress, messagesAddress } = spec;
  const payer = payerOf(listed, spec);
  // Last of what is held: what `settle` does not use goes where the rest went.
  const settling = median && settleGas(transaction, gasUsed, price);
  const deposit = settling ? settling.gas * settling.price : 0n;
  moveValue(execution, queueAddress, payer, gasLimit * price - fee - deposit);
  const giver = isMessage(transaction) ? messagesAddress : sender;
  moveValue(execution, queueAddress, succeeded ? (transaction.to as Address) : giver, value);
  addBalance(execution, queueAddress, -fee);
  payShares(execution, payees, fee);
  if (isMessage(transaction)) {
    const { id, origin } = transaction;
    const ended = { id, origin, succeeded, fee: 0n, output: result, notBefore };
    settleMessage(execution, ended, spec);
  }
  const sent = median ? sendSettle(execution, entry, listed, { median, gasUsed, payer }, spec) : [];
  const record: ContainerCallRecord = {
    callId: callId(spec.chainId, entry.orderedIn, entry.index),
    orderedIn: entry.orderedIn,
    queueIndex: entry.index,
    outcome,
    resultsHash: resultsHash ?? ZERO_HASH,
    median: median?.value,
  };
  return { listed, record, logs: logs.concat(sent), gasUsed, price };
}

/**
 * A callback is paid for by whom it calls, `settle` by whoever paid for the call before it, any other call by its
 * sender.
 */
function payerOf({ transaction, sender }: ListedTransaction, spec: ChainSpec): Address {
  if (sender === spec.messagesAddress) return transaction.to as Address;
  return isMessage(transaction) && sender === spec.queueAddress ? transaction.origin : sender;
}
