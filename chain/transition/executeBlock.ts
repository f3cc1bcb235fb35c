import {
  type Address,
  type BlockContext,
  type BlockExecution,
  EMPTY_CODE_HASH,
  type Hash,
  InvalidInput,
  type StateDiff,
  type TransactionOutcome,
} from "@delchain/runtime";
import type { Certificate } from "../attest/certificate.ts";
import type { Receipt } from "../block/receipt.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { hashJudged } from "../system/challengeRegistry.ts";
import { toExecutable } from "../tx/executable.ts";
import type { ListedTransaction, SignedTransaction } from "../tx/transaction.ts";
import { applyCertificate, type CertificateContext } from "./applyCertificate.ts";
import { applyOrder } from "./applyOrder.ts";
import { finishRollbacks, sweepRents } from "./contractLife.ts";
import { deliverMessages, type OrderedMessages, writeOrderPrice } from "./deliverMessages.ts";
import { fixCommitments } from "./fixCommitments.ts";
import { giveUpOrder } from "./giveUpOrder.ts";
import { writeJudged } from "./holdBack.ts";
import type { QueueEntry } from "./queue.ts";
import { ReceiptList } from "./receiptList.ts";
import { isContainer } from "./runningManifest.ts";
import { applyVerdict, challengeOf, dismissOverdue } from "./verdict.ts";

/**
 * What a producer would put into a block, or what a block says it holds, but for messages: which of them a block
 * delivers is no choice of its producer's.
 */
export type BlockContent = {
  readonly certificates: readonly CertifiedBatch[];
  /** Ordered calls past their deadline, each the next of its contract when its turn comes. */
  readonly overdue: readonly ListedTransaction[];
  readonly transactions: readonly SignedTransaction[];
  readonly orders: readonly SignedTransaction[];
};

/** A certificate with the transactions whose calls it ends, in queue order; commitments end none. */
export type CertifiedBatch = {
  readonly certificate: Certificate;
  readonly transactions: readonly ListedTransaction[];
};

/** Something that may not stand in this block, and why. */
export type Refused = {
  readonly signed: SignedTransaction | undefined;
  readonly certificate: Certificate | undefined;
  readonly reason: string;
  /** It found no room, or not its place: a later block may take it as it is. */
  readonly isTemporary: boolean;
};

export type ExecutedContent = {
  /** Listed: certified calls, overdue ones, messages, then ordinary transactions. */
  readonly transactions: readonly ListedTransaction[];
  /** Messages first. */
  readonly orders: readonly ListedTransaction[];
  readonly entries: readonly QueueEntry[];
  readonly certificates: readonly Certificate[];
  readonly receipts: readonly Receipt[];
  readonly gasUsed: bigint;
  readonly containerGasOrdered: bigint;
  readonly refused: readonly Refused[];
  readonly diff: StateDiff;
};

export type ExecutionContext = CertificateContext & {
  readonly block: BlockContext;
  readonly containerBaseFee: bigint;
};

/**
 * The state transition: a block's content on its parent's state, in the protocol's order: rents, challenges whose time is over, certificates,
 * overdue calls, messages, ordinary transactions, rollbacks, orders. What is not valid is left out and named in
 * `refused`; a validator refuses a block that has any. Touches no disk, clock or network, so any two nodes given the
 * same arguments agree.
 */
export function executeBlock(
  execution: BlockExecution,
  content: BlockContent,
  context: ExecutionContext,
): ExecutedContent {
  const receipts = new ReceiptList();
  const refused: Refused[] = [];
  sweepRents(execution, context.block.number, context.spec);
  writeOrderPrice(execution, context.containerBaseFee, context.spec);
  dismissOverdue(execution, context.block.number, context.spec);
  const certificates = settleCertificates(execution, content, context, receipts, refused);
  giveUpOrders(execution, content.overdue, context, receipts, refused);
  const messages = deliverMessages(execution, context, receipts);
  runTransactions(execution, content.transactions, context, receipts, refused);
  finishRollbacks(execution, context.spec);
  const ordered = orderCalls(execution, content.orders, messages, context, refused);
  return {
    transactions: receipts.transactions,
    certificates,
    ...ordered,
    receipts: receipts.receipts,
    gasUsed: receipts.gasUsed,
    refused,
    diff: execution.diff(),
  };
}

function settleCertificates(
  execution: BlockExecution,
  content: BlockContent,
  context: ExecutionContext,
  receipts: ReceiptList,
  refused: Refused[],
): Certificate[] {
  const accepted: Certificate[] = [];
  const contracts = new Set<Address>();
  const records: Hash[] = [];
  let lastIndex = 0n;
  for (const { certificate, transactions } of content.certificates) {
    try {
      checkCount("certificates", accepted.length, context.spec.certificatesMax);
      checkCertificateOrder(certificate, contracts, lastIndex);
      if (certificate.kind === "committed") {
        const lists = accepted.filter(({ kind }) => kind === "committed").length;
        checkCount("lists of commitments", lists, context.spec.commitmentsMax);
        fixCommitments(execution, certificate, context);
      } else {
        const challenge = challengeOf(execution, certificate, context.spec);
        if (challenge) applyVerdict(execution, certificate, challenge, context);
        else {
          const applied = applyCertificate(execution, certificate, transactions, context);
          for (const call of applied.settled) receipts.addOrdered(call);
          if (applied.judged) records.push(hashJudged(applied.judged));
        }
      }
      accepted.push(certificate);
      contracts.add(certificate.contract);
      lastIndex = certificate.firstIndex;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      refused.push({ signed: undefined, certificate, ...refusalOf(error) });
    }
  }
  writeJudged(execution, records, context);
  return accepted;
}

const NO_ROOM: ReadonlySet<string> = new Set(["BLOCK_FULL", "CONTAINER_GAS_LIMIT", "QUEUE_FULL"]);

function refusalOf({ facts, message }: InvalidInput): Pick<Refused, "reason" | "isTemporary"> {
  return { reason: message, isTemporary: NO_ROOM.has(facts.code) };
}

function giveUpOrders(
  execution: BlockExecution,
  overdue: readonly ListedTransaction[],
  context: ExecutionContext,
  receipts: ReceiptList,
  refused: Refused[],
): void {
  let count = 0;
  for (const signed of overdue) {
    try {
      checkCount("overdue calls", count, context.spec.overdueMax);
      receipts.addOrdered(giveUpOrder(execution, signed, context));
      count++;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      refused.push({ signed: undefined, certificate: undefined, ...refusalOf(error) });
    }
  }
}

function checkCount(
  what: "certificates" | "lists of commitments" | "overdue calls" | "orders",
  count: number,
  limit: number,
): void {
  if (count < limit) return;
  throw new InvalidInput(
    { code: "BLOCK_FULL", what, limit },
    `a block holds at most ${limit} ${what}; the next block takes more`,
  );
}

/** One batch of a contract a block, because a batch stands on the parent's root; batches in queue order. */
function checkCertificateOrder(
  { contract, firstIndex }: Certificate,
  contracts: ReadonlySet<Address>,
  lastIndex: bigint,
): void {
  if (contracts.has(contract)) {
    throw new InvalidInput(
      { code: "SECOND_BATCH", contract },
      `${contract} has a certificate in this block already; the next one stands on its result`,
    );
  }
  if (firstIndex <= lastIndex) {
    throw new InvalidInput(
      { code: "CERTIFICATE_ORDER", firstIndex, lastIndex },
      `a certificate from call ${firstIndex} stands after one from call ${lastIndex}`,
    );
  }
}

/**
 * Many transactions cross into the engine at once. A crossing ends where the next transaction's fate depends on
 * what the earlier ones did: the gas left in the block, or whether its target has become a container.
 */
function runTransactions(
  execution: BlockExecution,
  transactions: readonly SignedTransaction[],
  { block }: ExecutionContext,
  receipts: ReceiptList,
  refused: Refused[],
): void {
  let batch: SignedTransaction[] = [];
  let batchGas = 0n;
  const refuse = (signed: SignedTransaction, reason: string, isTemporary = false) =>
    refused.push({ signed, certificate: undefined, reason, isTemporary });
  const flush = () => {
    const outcomes = execution.execute(batch.map(toExecutable));
    batch.forEach((signed, i) => {
      const outcome = outcomes[i] as TransactionOutcome;
      if (outcome.status === "invalid") refuse(signed, outcome.reason);
      else receipts.addExecuted(signed, outcome, block.baseFee);
    });
    batch = [];
    batchGas = 0n;
  };
  for (const signed of transactions) {
    const { gasLimit, to, data } = signed.transaction;
    if (receipts.gasUsed + batchGas + gasLimit > block.gasLimit) flush();
    if (receipts.gasUsed + gasLimit > block.gasLimit) {
      refuse(signed, `gas limit ${gasLimit} does not fit what is left of the block's`, true);
      continue;
    }
    if (to !== undefined && data.length > 0) {
      if (!hasCode(execution, to)) flush();
      if (isContainer(execution, to)) {
        // It may have become one in this block: then the call is right, and is ordered in the next.
        refuse(signed, `${to} is a container: its calls are ordered, not executed`, true);
        continue;
      }
    }
    batch.push(signed);
    batchGas += gasLimit;
  }
  flush();
}

function orderCalls(
  execution: BlockExecution,
  orders: readonly SignedTransaction[],
  messages: OrderedMessages,
  context: ExecutionContext,
  refused: Refused[],
): Pick<ExecutedContent, "orders" | "entries" | "containerGasOrdered"> {
  const accepted = [...messages.orders];
  const entries = [...messages.entries];
  let { gas } = messages;
  const block = { number: context.block.number, containerBaseFee: context.containerBaseFee };
  for (const signed of orders) {
    try {
      checkCount("orders", accepted.length, context.spec.ordersMax);
      checkOrder(execution, signed, gas, context.spec);
      entries.push(applyOrder(execution, signed, block, context.spec));
      accepted.push(signed);
      gas += signed.transaction.gasLimit;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      refused.push({ signed, certificate: undefined, ...refusalOf(error) });
    }
  }
  return { orders: accepted, entries, containerGasOrdered: gas };
}

function checkOrder(
  execution: BlockExecution,
  { transaction }: SignedTransaction,
  gas: bigint,
  spec: ChainSpec,
): void {
  const { to, data, gasLimit } = transaction;
  if (to === undefined || data.length === 0 || !isContainer(execution, to)) {
    throw new InvalidInput({ code: "NOT_A_CONTAINER", to }, `${to} is no container to call`);
  }
  if (gas + gasLimit > spec.containerGasLimit) {
    throw new InvalidInput(
      { code: "CONTAINER_GAS_LIMIT", gas, gasLimit, limit: spec.containerGasLimit },
      `the block has ordered ${gas} of ${spec.containerGasLimit} container gas; ${gasLimit} more does not fit`,
    );
  }
}

function hasCode(execution: BlockExecution, address: Address): boolean {
  const account = execution.account(address);
  return account !== undefined && account.codeHash !== EMPTY_CODE_HASH;
}
