import type { ExecutableTransaction } from "@delchain/runtime";
import { isMessage, type ListedTransaction, type MessageTransaction } from "./transaction.ts";

/** A transaction as the executor takes it. */
export function toExecutable({ transaction, sender }: ListedTransaction): ExecutableTransaction {
  if (isMessage(transaction)) return messageExecutable(transaction);
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

function messageExecutable(message: MessageTransaction): ExecutableTransaction {
  const { from, origin, to, gasLimit, gasPrice, value, data } = message;
  const prices = { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice };
  const fixed = { type: 0, nonce: 0n, accessList: [] } as const;
  return { ...fixed, ...prices, sender: from, origin, to, gasLimit, value, data };
}
