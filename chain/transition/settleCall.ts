import {
  type Address,
  type BlockExecution,
  type Hash,
  type Log,
  ZERO_HASH,
} from "@delchain/runtime";
import type { ContainerCallRecord } from "../block/receipt.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { callId, type QueueEntry } from "./queue.ts";

/** How an ordered call ended, as far as its receipt and its price go. */
export type Outcome = {
  readonly outcome: ContainerCallRecord["outcome"];
  readonly logs: readonly Log[];
  readonly gasUsed: bigint;
};

/** What became of one ordered call, for its receipt. */
export type SettledCall = {
  readonly signed: SignedTransaction;
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
  { outcome, logs, gasUsed }: Outcome,
  signed: SignedTransaction,
  context: {
    readonly payees: readonly Address[];
    readonly spec: ChainSpec;
    readonly resultsHash: Hash | undefined;
  },
): SettledCall {
  const { transaction, sender } = signed;
  const { spec, payees, resultsHash } = context;
  const { price } = entry;
  const locked = transaction.gasLimit * price + transaction.value;
  const fee = gasUsed * price;
  const succeeded = outcome === "success";
  move(execution, spec.queueAddress, -locked);
  move(execution, sender, locked - fee - (succeeded ? transaction.value : 0n));
  if (succeeded) move(execution, transaction.to as Address, transaction.value);
  pay(execution, payees, fee);
  const record: ContainerCallRecord = {
    callId: callId(spec.chainId, entry.orderedIn, entry.index),
    orderedIn: entry.orderedIn,
    queueIndex: entry.index,
    outcome,
    resultsHash: resultsHash ?? ZERO_HASH,
  };
  return { signed, record, logs, gasUsed, price };
}

/** Equal shares; the first gets what does not divide. */
function pay(execution: BlockExecution, payees: readonly Address[], fee: bigint): void {
  const share = fee / BigInt(payees.length);
  const rest = fee - share * BigInt(payees.length);
  payees.forEach((payee, i) => {
    move(execution, payee, i === 0 ? share + rest : share);
  });
}

function move(execution: BlockExecution, address: Address, amount: bigint): void {
  if (amount === 0n) return;
  const balance = (execution.account(address)?.balance ?? 0n) + amount;
  execution.write({ address, balance });
}
