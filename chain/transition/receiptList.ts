import type { ExecutionResult, Log } from "@delchain/runtime";
import { bloomOf } from "../block/bloom.ts";
import type { Receipt } from "../block/receipt.ts";
import type {
  ListedTransaction,
  MessageTransaction,
  SignedTransaction,
} from "../tx/transaction.ts";
import { effectiveGasPrice } from "./fees.ts";
import type { SettledCall } from "./settleCall.ts";

const NO_LOGS: readonly Log[] = [];

/** The receipts of a block as they come, with the sums that the header needs. */
export class ReceiptList {
  readonly transactions: ListedTransaction[] = [];
  readonly receipts: Receipt[] = [];
  /** By the synchronous tiers: container gas has a limit of its own and stays out of the header. */
  gasUsed = 0n;
  #cumulative = 0n;

  addExecuted(signed: SignedTransaction, result: ExecutionResult, baseFee: bigint): void {
    this.gasUsed += result.gasUsed;
    this.#add(signed, {
      succeeded: result.status === "success",
      gasUsed: result.gasUsed,
      price: effectiveGasPrice(signed.transaction, baseFee),
      logs: result.status === "success" ? result.logs : NO_LOGS,
      created: result.status === "success" ? result.created : undefined,
      containerCall: undefined,
    });
  }

  addMessage(
    listed: ListedTransaction,
    { gasPrice }: MessageTransaction,
    result: ExecutionResult,
  ): void {
    this.gasUsed += result.gasUsed;
    this.#add(listed, {
      succeeded: result.status === "success",
      gasUsed: result.gasUsed,
      price: gasPrice,
      logs: result.status === "success" ? result.logs : NO_LOGS,
      created: undefined,
      containerCall: undefined,
    });
  }

  addOrdered({ listed, record, logs, gasUsed, price }: SettledCall): void {
    this.#add(listed, {
      succeeded: record.outcome === "success",
      gasUsed,
      price,
      logs,
      created: undefined,
      containerCall: record,
    });
  }

  #add(
    listed: ListedTransaction,
    outcome: Pick<Receipt, "gasUsed" | "logs" | "created" | "containerCall"> & {
      succeeded: boolean;
      price: bigint;
    },
  ): void {
    const { transaction, hash, sender } = listed;
    this.#cumulative += outcome.gasUsed;
    this.transactions.push(listed);
    this.receipts.push({
      type: transaction.type,
      status: outcome.succeeded ? "success" : "failure",
      cumulativeGasUsed: this.#cumulative,
      logsBloom: bloomOf(outcome.logs),
      logs: outcome.logs,
      transactionHash: hash,
      sender,
      to: transaction.to,
      created: outcome.created,
      gasUsed: outcome.gasUsed,
      effectiveGasPrice: outcome.price,
      containerCall: outcome.containerCall,
    });
  }
}
