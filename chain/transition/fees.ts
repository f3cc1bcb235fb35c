import type { Transaction } from "../tx/transaction.ts";

/** What a transaction pays per gas at most, in wei. */
export function maxFeePerGas(transaction: Transaction): bigint {
  return transaction.type === 2 ? transaction.maxFeePerGas : transaction.gasPrice;
}

/** What a transaction pays per gas when the base fee is `baseFee`, in wei (EIP-1559). */
export function effectiveGasPrice(transaction: Transaction, baseFee: bigint): bigint {
  if (transaction.type !== 2) return transaction.gasPrice;
  const { maxFeePerGas: max, maxPriorityFeePerGas: tip } = transaction;
  return baseFee + tip < max ? baseFee + tip : max;
}
