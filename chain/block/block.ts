import type { Certificate } from "../attest/certificate.ts";
import type { ListedTransaction } from "../tx/transaction.ts";
import type { Extension, Header } from "./header.ts";
import type { Receipt } from "./receipt.ts";

export type Block = {
  readonly header: Header;
  readonly extension: Extension;
  /** Listed, each with a receipt: certified container calls, overdue ones, messages, then ordinary transactions. */
  readonly transactions: readonly ListedTransaction[];
  /** Container calls that this block orders, messages first; a later block lists them with their results. */
  readonly orders: readonly ListedTransaction[];
  readonly certificates: readonly Certificate[];
};

/** A block as a node keeps it. */
export type ExecutedBlock = { readonly block: Block; readonly receipts: readonly Receipt[] };
