import type { Extension, Header } from "../block/header.ts";
import { nextBaseFee } from "../spec/baseFee.ts";
import type { ChainSpec } from "../spec/spec.ts";
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

/** What the block after this one charges in its two markets, in wei per gas: to execute, and to order. */
export function nextBaseFees(
  { header, extension }: { readonly header: Header; readonly extension: Extension },
  spec: ChainSpec,
): { readonly execute: bigint; readonly order: bigint } {
  return {
    execute: nextBaseFee(spec.baseFeeRule, {
      baseFee: header.baseFeePerGas,
      gasUsed: header.gasUsed,
      gasLimit: header.gasLimit,
    }),
    order: nextBaseFee(spec.baseFeeRule, {
      baseFee: extension.containerBaseFee,
      gasUsed: extension.containerGasOrdered,
      gasLimit: spec.containerGasLimit,
    }),
  };
}
