import type { ResultCertificate } from "../attest/certificate.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import type { Extension, Header } from "./header.ts";
import type { Receipt } from "./receipt.ts";

export type Block = {
  readonly header: Header;
  readonly extension: Extension;
  /** Listed, each with a receipt: certified container calls, overdue ones, then ordinary transactions. */
  readonly transactions: readonly SignedTransaction[];
  /** Container calls that this block orders; a later block lists them with their results. */
  readonly orders: readonly SignedTransaction[];
  readonly certificates: readonly ResultCertificate[];
};

/** A block as a node keeps it. */
export type ExecutedBlock = { readonly block: Block; readonly receipts: readonly Receipt[] };
