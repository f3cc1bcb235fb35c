import { type Address, type Hash, InvalidInput } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { maxCost } from "../tx/intrinsic.ts";
import type { SignedTransaction, Transaction } from "../tx/transaction.ts";
import type { MempoolLimits } from "./limits.ts";
import { type AccountFacts, type BaseFees, type Lane, type Pooled, tipAt } from "./pooled.ts";
import type { SenderQueue } from "./senderQueue.ts";

/** Why a valid transaction does not enter the mempool now. Prices in wei per gas, amounts in wei. */
export type NotAdmitted =
  | { readonly code: "ALREADY_KNOWN"; readonly hash: Hash }
  | { readonly code: "SENDER_HAS_CODE"; readonly sender: Address }
  | {
      readonly code: "NONCE_TOO_LOW";
      readonly nonce: bigint;
      readonly next: bigint;
      /** The block that ordered the container call which uses this nonce. */
      readonly orderedIn: bigint | undefined;
    }
  | { readonly code: "NONCE_TOO_FAR"; readonly nonce: bigint; readonly highest: bigint }
  | { readonly code: "SENDER_LIMIT"; readonly count: number; readonly limit: number }
  | { readonly code: "ORDER_GAS"; readonly gasLimit: bigint; readonly needed: bigint }
  | { readonly code: "FEE_BELOW_BASE"; readonly maxFeePerGas: bigint; readonly baseFee: bigint }
  | { readonly code: "TIP_TOO_LOW"; readonly tip: bigint; readonly needed: bigint }
  | { readonly code: "INSUFFICIENT_FUNDS"; readonly balance: bigint; readonly needed: bigint }
  | {
      readonly code: "REPLACEMENT_UNDERPRICED";
      readonly field: "maxFeePerGas" | "maxPriorityFeePerGas";
      readonly value: bigint;
      readonly needed: bigint;
    }
  | { readonly code: "MEMPOOL_FULL"; readonly tip: bigint; readonly cheapest: bigint };

export type AdmissionRules = {
  readonly spec: Pick<ChainSpec, "orderGas">;
  readonly limits: MempoolLimits;
  readonly baseFees: BaseFees;
  readonly orderedIn: OrderedIn;
};

/** Which block ordered the container call of this nonce, while the call is not listed yet. */
export type OrderedIn = (sender: Address, nonce: bigint) => bigint | undefined;

/**
 * Whether a transaction that `checkTransaction` found right may enter beside what its sender has in the mempool
 * already; the messages begin as Ethereum's clients', because tools look for those words. Returns the
 * transaction of the same nonce that it replaces, if any. Throws `InvalidInput<NotAdmitted>`.
 */
export function checkAdmission(
  signed: SignedTransaction,
  lane: Lane,
  account: AccountFacts,
  queue: SenderQueue,
  rules: AdmissionRules,
): Pooled | undefined {
  const { transaction, hash, sender } = signed;
  const replaced = queue.get(transaction.nonce);
  if (replaced?.signed.hash === hash) {
    throw notAdmitted({ code: "ALREADY_KNOWN", hash }, `already known: ${hash} waits already`);
  }
  if (account.hasCode) {
    throw notAdmitted(
      { code: "SENDER_HAS_CODE", sender },
      `sender not an eoa: ${sender} has code (EIP-3607); send from another account`,
    );
  }
  checkNonce(signed, account, rules.orderedIn);
  checkPlace(transaction, account, queue, replaced, rules.limits);
  checkPrice(signed, lane, rules);
  if (replaced) checkReplacement(transaction, replaced.signed.transaction, rules.limits);
  checkFunds(transaction, account, queue, replaced);
  return replaced;
}

function checkNonce(
  { sender, transaction: { nonce } }: SignedTransaction,
  { nonce: next }: AccountFacts,
  orderedInOf: OrderedIn,
): void {
  if (nonce >= next) return;
  const orderedIn = orderedInOf(sender, nonce);
  throw notAdmitted(
    { code: "NONCE_TOO_LOW", nonce, next, orderedIn },
    orderedIn === undefined
      ? `nonce too low: next nonce ${next}, tx nonce ${nonce}; sign with the next nonce`
      : `nonce too low: ordered in block ${orderedIn}; the container call with nonce ${nonce} cannot be ` +
          `replaced any more, the next nonce is ${next}`,
  );
}

function checkPlace(
  { nonce }: Transaction,
  { nonce: next }: AccountFacts,
  queue: SenderQueue,
  replaced: Pooled | undefined,
  limits: MempoolLimits,
): void {
  const highest = queue.firstMissing(next) + limits.nonceGapMax;
  if (nonce > highest) {
    throw notAdmitted(
      { code: "NONCE_TOO_FAR", nonce, highest },
      `nonce too high: nonce ${nonce} leaves a gap; the first missing is ${queue.firstMissing(next)}, ` +
        `and at most ${highest} may wait; send the missing ones first`,
    );
  }
  const count = queue.length;
  const limit = limits.senderTransactionsMax;
  if (replaced === undefined && count >= limit) {
    throw notAdmitted(
      { code: "SENDER_LIMIT", count, limit },
      `account limit exceeded: ${count} transactions of this sender wait, the most allowed; wait for a block`,
    );
  }
}

function checkPrice(signed: SignedTransaction, lane: Lane, rules: AdmissionRules): void {
  const { transaction } = signed;
  const needed = rules.spec.orderGas;
  if (lane === "order" && transaction.gasLimit < needed) {
    throw notAdmitted(
      { code: "ORDER_GAS", gasLimit: transaction.gasLimit, needed },
      `intrinsic gas too low: have ${transaction.gasLimit}, want ${needed} to order a container call; ` +
        "raise the gas limit",
    );
  }
  const baseFee = rules.baseFees[lane];
  const { maxFeePerGas } = feesOf(transaction);
  if (maxFeePerGas < baseFee) {
    throw notAdmitted(
      { code: "FEE_BELOW_BASE", maxFeePerGas, baseFee },
      `max fee per gas less than block base fee: maxFeePerGas ${maxFeePerGas}, baseFee ${baseFee}` +
        `${lane === "order" ? " of container calls" : ""}; raise the fee`,
    );
  }
  const tip = tipAt({ signed }, baseFee);
  if (tip < rules.limits.tipMin) {
    throw notAdmitted(
      { code: "TIP_TOO_LOW", tip, needed: rules.limits.tipMin },
      `transaction underpriced: tip ${tip}, minimum needed ${rules.limits.tipMin}; raise maxPriorityFeePerGas`,
    );
  }
}

function checkReplacement(
  transaction: Transaction,
  replaced: Transaction,
  { replacementPercent }: MempoolLimits,
): void {
  const [fees, old] = [feesOf(transaction), feesOf(replaced)];
  for (const field of ["maxFeePerGas", "maxPriorityFeePerGas"] as const) {
    // One wei more at least, where ten percent of nothing is nothing.
    const rise = (old[field] * replacementPercent + 99n) / 100n;
    const needed = old[field] + (rise === 0n ? 1n : rise);
    if (fees[field] < needed) {
      throw notAdmitted(
        { code: "REPLACEMENT_UNDERPRICED", field, value: fees[field], needed },
        `replacement transaction underpriced: ${field} ${fees[field]}, at least ${needed} needed ` +
          `(${replacementPercent} % more in both fees)`,
      );
    }
  }
}

function checkFunds(
  transaction: Transaction,
  account: AccountFacts,
  queue: SenderQueue,
  replaced: Pooled | undefined,
): void {
  const cost = maxCost(transaction);
  const waiting = queue.cost - (replaced ? maxCost(replaced.signed.transaction) : 0n);
  const { balance } = account;
  if (balance < cost + waiting) {
    throw notAdmitted(
      { code: "INSUFFICIENT_FUNDS", balance, needed: cost + waiting },
      `insufficient funds for gas * price + value: balance ${balance}, tx cost ${cost}` +
        `${waiting > 0n ? `, other waiting transactions ${waiting}` : ""}, ` +
        `overshot ${cost + waiting - balance}; add funds, or lower fee or value`,
    );
  }
}

function feesOf(transaction: Transaction): {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
} {
  if (transaction.type === 2) return transaction;
  return { maxFeePerGas: transaction.gasPrice, maxPriorityFeePerGas: transaction.gasPrice };
}

export function notAdmitted(facts: NotAdmitted, message: string): InvalidInput<NotAdmitted> {
  return new InvalidInput(facts, message);
}
