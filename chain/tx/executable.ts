import type { ExecutableTransaction } from "@delchain/runtime";
import type { SignedTransaction } from "./transaction.ts";

/** A transaction as the executor takes it. */
export function toExecutable({ transaction, sender }: SignedTransaction): ExecutableTransaction {
  const { type, to, nonce, gasLimit, value, data } = transaction;
  const isFeeMarket = transaction.type === 2;
  return {
    type,
    sender,
    to,
    nonce,
    gasLimit,
    maxFeePerGas: isFeeMarket ? transaction.maxFeePerGas : transaction.gasPrice,
    maxPriorityFeePerGas: isFeeMarket ? transaction.maxPriorityFeePerGas : transaction.gasPrice,
    value,
    data,
    accessList: transaction.type === 0 ? [] : transaction.accessList,
  };
}
