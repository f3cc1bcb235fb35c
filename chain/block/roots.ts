import type { Hash } from "@delchain/runtime";
import type { SignedTransaction } from "../tx/transaction.ts";
import { orderedRoot } from "./orderedRoot.ts";
import type { Receipt } from "./receipt.ts";
import { encodeReceipt } from "./receiptCodec.ts";

/** Of the listed transactions, and likewise of the ordered ones. */
export function transactionsRoot(transactions: readonly Pick<SignedTransaction, "raw">[]): Hash {
  return orderedRoot(transactions.map(({ raw }) => raw));
}

export function receiptsRoot(receipts: readonly Receipt[]): Hash {
  return orderedRoot(receipts.map(encodeReceipt));
}
