import {
  type Address,
  type BlockExecution,
  compareHex,
  EMPTY_BYTES,
  fromHex,
  type GasPrices,
  type Hash,
  HOPS_MAX,
  InvalidInput,
  type Log,
  MESSAGE_BYTES_MAX,
  MESSAGE_GAS_MAX,
  messageCost,
  type OutgoingMessage,
  SENDS_MAX,
  type StateView,
} from "@delchain/runtime";
import type { Bls } from "../attest/bls.ts";
import type { AgreedCertificate, Batch, ResultCertificate } from "../attest/certificate.ts";
import { revealBlocks } from "../attest/commitments.ts";
import { type Committee, committeeSeed } from "../attest/committee.ts";
import type { Level } from "../attest/levels.ts";
import { findingsOf } from "../attest/statement.ts";
import { verifyCertificate } from "../attest/verifyCertificate.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { JudgedBatch } from "../system/challengeRegistry.ts";
import { readContract } from "../system/contractRegistry.ts";
import { hopsOf, isMessage, isSigned, type ListedTransaction } from "../tx/transaction.ts";
import { afterSettled, isPaidOut, keepFormerStorage } from "./contractLife.ts";
import { holdBack, judgedBatch } from "./holdBack.ts";
import { committeesOf, type Judges, judgesOf, termsOf } from "./judges.ts";
import { type Median, medianIn } from "./medianCall.ts";
import { payJudges } from "./payJudges.ts";
import { payeesOf } from "./payShares.ts";
import {
  type QueueEntry,
  readContractQueue,
  readEntry,
  readFixed,
  removeEntries,
} from "./queue.ts";
import { reportMissed } from "./reportMissed.ts";
import { runningManifest } from "./runningManifest.ts";
import { type Outcome, type SettledCall, settleCall } from "./settleCall.ts";
import { recordMessages } from "./settleMessage.ts";

export type CertificateMismatch =
  | { readonly code: "NOT_NEXT_IN_QUEUE"; readonly expected: bigint; readonly actual: bigint }
  | { readonly code: "NOT_IN_THE_BATCH"; readonly contract: Address; readonly index: bigint }
  | { readonly code: "WRONG_TRANSACTION"; readonly index: bigint }
  | { readonly code: "TWO_VERSIONS"; readonly index: bigint }
  | { readonly code: "PAID_OUT"; readonly contract: Address; readonly index: bigint }
  | { readonly code: "WRONG_PARENT_STATE"; readonly what: string }
  | { readonly code: "OUT_OF_BOUNDS"; readonly what: string };

export type Ancestor = {
  readonly hash: Hash;
  readonly randomness: Hash;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
};

/** What certifying needs beside the block's execution. */
export type CertificateContext = {
  /** The parent's state: a certificate stands on the contract as it was there. */
  readonly parent: StateView;
  /** What gas cost in such a block, in wei. */
  readonly pricesOf: (number: bigint) => GasPrices;
  /** A block of this chain, at or before the parent: certificates name the one that ordered. */
  readonly ancestor: (number: bigint) => Ancestor | undefined;
  readonly block: { readonly number: bigint };
  readonly spec: ChainSpec;
  readonly bls: Bls;
};

export type Applied = {
  readonly settled: readonly SettledCall[];
  /** What it may be contested by; `undefined` where many have judged. */
  readonly judged: JudgedBatch | undefined;
};

/**
 * Adopts what a committee certified: checks place, signatures and bounds, writes the contract's slots, pays
 * hosts, gives back what was locked and not used, and takes the calls off the queue. Throws `InvalidInput` and
 * changes nothing.
 */
export function applyCertificate(
  execution: BlockExecution,
  certificate: ResultCertificate,
  transactions: readonly ListedTransaction[],
  context: CertificateContext,
): Applied {
  const entries = batchEntries(execution, certificate, context.spec);
  checkTransactions(entries, transactions);
  checkVersion(execution, certificate, context.spec);
  checkNotPaidOut(execution, certificate, context.spec);
  const { committees, judges } = checkPlace(certificate, context);
  const median = medianIn(certificate, transactions, judges.rules, context.spec);
  const calls = callsOf(certificate, entries, median, context.spec);
  checkBounds(certificate, entries, calls, transactions, context.spec);
  checkMessages(execution, certificate, transactions, judges, context);
  // Last, because it takes longest.
  const { spec, bls, parent, block } = context;
  // The parent's: what this very block fixes is no reason to have revealed.
  const fixedIn = (level: Level) =>
    readFixed(parent, spec.queueAddress, certificate.contract, level);
  const committee = verifyCertificate(certificate, {
    chainId: spec.chainId,
    committees,
    fixedAt: (level) => fixedIn(level)?.hash,
    isRevealOver: (level) =>
      block.number - (fixedIn(level)?.number ?? block.number) >= revealBlocks(spec.levelBlocks),
    bls,
  });

  if (certificate.kind === "agreed") {
    writeSlots(execution, certificate, context);
    reportMissed(execution, certificate, committee, spec);
  }
  const resultsHash =
    certificate.kind === "agreed"
      ? findingsOf(certificate.contract, certificate.calls, certificate.slots).resultsHash
      : undefined;
  const payees = payeesOf(certificate, committee);
  const isAgreed = certificate.kind === "agreed";
  const judged = isAgreed
    ? judgedBatch(execution, certificate, committee, judges, spec)
    : undefined;
  const notBefore = isAgreed ? holdBack(execution, certificate, committee, judges, context) : 0n;
  const settling = { payees, spec, resultsHash, notBefore };
  const settled = entries.map((entry, i) => {
    const listed = transactions[i] as ListedTransaction;
    const one = settleCall(execution, entry, calls[i] as Outcome, listed, settling);
    const messages = certificate.kind === "agreed" ? (certificate.calls[i]?.messages ?? []) : [];
    return {
      ...one,
      logs: one.logs.concat(sendMessages(execution, one, messages, notBefore, context)),
    };
  });
  const { queueAddress } = context.spec;
  removeEntries(execution, queueAddress, certificate.contract, entries, context.block.number);
  const haveSent =
    certificate.kind === "agreed" && certificate.calls.some(({ messages }) => messages.length > 0);
  const logs = afterSettled(execution, certificate.contract, settled, haveSent, context.spec);
  const { contract } = certificate;
  const paying = { entries, calls, payees };
  const paid = isAgreed ? payJudges(execution, contract, committee, judges, paying, spec) : [];
  const told = settled.map((one, i) =>
    i === settled.length - 1 ? { ...one, logs: one.logs.concat(logs, paid) } : one,
  );
  return { settled: told, judged };
}

/** The call that switches to another version stands alone: what is before it runs the old, what is after, the new. */
function checkVersion(
  execution: BlockExecution,
  { contract, firstIndex, lastIndex }: ResultCertificate,
  { contractsAddress }: ChainSpec,
): void {
  const { switchIndex } = readContract(execution, contractsAddress, contract);
  const isInside = firstIndex <= switchIndex && switchIndex <= lastIndex;
  if (!isInside || firstIndex === lastIndex) return;
  throw refusal(
    { code: "TWO_VERSIONS", index: switchIndex },
    `call ${switchIndex} switches ${contract} to another version and has a certificate of its own`,
  );
}

/** Strikes or a verdict have suspended the contract: what it had ordered is given up. */
function checkNotPaidOut(
  execution: BlockExecution,
  { contract, firstIndex: index }: ResultCertificate,
  spec: ChainSpec,
): void {
  if (!isPaidOut(execution, contract, index, spec)) return;
  throw refusal(
    { code: "PAID_OUT", contract, index },
    `${contract} was suspended with call ${index} in its queue, which is given up`,
  );
}

function writeSlots(
  execution: BlockExecution,
  { contract, firstIndex, slots }: AgreedCertificate,
  { spec, block }: CertificateContext,
): void {
  keepFormerStorage(execution, contract, firstIndex, slots, block.number, spec);
  if (slots.length > 0) execution.write({ address: contract, slots });
}

/** A call's messages leave after its value has come, in the name of its contract. */
function sendMessages(
  execution: BlockExecution,
  { listed, record }: SettledCall,
  messages: readonly OutgoingMessage[],
  notBefore: bigint,
  { spec, pricesOf }: CertificateContext,
): readonly Log[] {
  if (messages.length === 0) return [];
  const { transaction, sender } = listed;
  const sending = {
    contract: transaction.to as Address,
    callId: record.callId,
    parent: isMessage(transaction) ? transaction.id : record.callId,
    origin: isMessage(transaction) ? transaction.origin : sender,
    hops: hopsOf(listed) + 1,
    prices: pricesOf(record.orderedIn),
    notBefore,
  };
  return recordMessages(execution, messages, sending, spec);
}

/**
 * The entries that a certificate settles: the contract's first ones, of one ordering block, up to its last index. That
 * may be fewer than the block ordered, so that a call on which the members differ takes no other with it.
 */
export function batchEntries(
  execution: Pick<BlockExecution, "storage">,
  certificate: Batch,
  spec: ChainSpec,
): readonly QueueEntry[] {
  const { contract, orderingNumber, firstIndex, lastIndex } = certificate;
  const list = readContractQueue(execution, spec.queueAddress, contract);
  if (list.count === 0n || list.first !== firstIndex) {
    throw refusal(
      { code: "NOT_NEXT_IN_QUEUE", expected: list.first, actual: firstIndex },
      `the certificate begins at call ${firstIndex}; ${contract}'s next is ${list.first}`,
    );
  }
  const entries: QueueEntry[] = [];
  let index = firstIndex;
  while (index !== 0n && index <= lastIndex && entries.length < spec.queueLengthMax) {
    const entry = readEntry(execution, spec.queueAddress, index);
    if (entry === undefined || entry.orderedIn !== orderingNumber) break;
    entries.push(entry);
    index = entry.next;
  }
  if (entries.at(-1)?.index !== lastIndex) {
    throw refusal(
      { code: "NOT_IN_THE_BATCH", contract, index: lastIndex },
      `the certificate ends at call ${lastIndex}, which block ${orderingNumber} did not order of ${contract}`,
    );
  }
  return entries;
}

function checkTransactions(
  entries: readonly QueueEntry[],
  transactions: readonly ListedTransaction[],
): void {
  entries.forEach((entry, i) => {
    if (transactions[i]?.hash !== entry.transactionHash) {
      throw refusal(
        { code: "WRONG_TRANSACTION", index: entry.index },
        `call ${entry.index} is transaction ${entry.transactionHash}, not ${transactions[i]?.hash}`,
      );
    }
  });
}

/** Whether a certificate stands on the chain's own state; who may have judged it. */
export function checkPlace(
  certificate: Batch,
  { parent, ancestor, spec }: Pick<CertificateContext, "parent" | "ancestor" | "spec">,
): { readonly committees: readonly Committee[]; readonly judges: Judges } {
  const { contract, orderingNumber, orderingHash, manifestHash, preRoot, firstIndex } = certificate;
  const wrong = (what: string) =>
    refusal({ code: "WRONG_PARENT_STATE", what }, `the certificate's ${what} is not the chain's`);
  const ordering = ancestor(orderingNumber);
  const later = ancestor(orderingNumber + BigInt(spec.committeeSeedDelay));
  if (ordering?.hash !== orderingHash || later === undefined) throw wrong("ordering block");
  if (parent.account(contract)?.storageRoot !== preRoot) throw wrong("storage root");
  if (runningManifest(parent, contract, spec, firstIndex) !== manifestHash) throw wrong("manifest");
  const seed = committeeSeed(ordering.randomness, later.randomness, contract);
  const judges = judgesOf(parent, manifestHash, orderingNumber, spec);
  return { committees: committeesOf(judges, seed, spec), judges };
}

function callsOf(
  certificate: ResultCertificate,
  entries: readonly QueueEntry[],
  median: Median | undefined,
  spec: ChainSpec,
): readonly Outcome[] {
  if (median && certificate.kind === "agreed") {
    return certificate.calls.map((call) => ({ ...call, median, result: fromHex(median.value) }));
  }
  if (certificate.kind === "agreed") {
    return certificate.calls.map((call) =>
      call.outcome === "timedOut" ? { ...call, gasUsed: spec.orderGas } : call,
    );
  }
  // Nobody knows what a diverged call would have cost: the caller pays for the order alone.
  return entries.map(() => ({
    outcome: "diverged",
    logs: [],
    gasUsed: spec.orderGas,
    result: EMPTY_BYTES,
  }));
}

function checkBounds(
  certificate: ResultCertificate,
  entries: readonly QueueEntry[],
  calls: readonly Outcome[],
  transactions: readonly ListedTransaction[],
  spec: ChainSpec,
): void {
  const outside = (what: string) =>
    refusal({ code: "OUT_OF_BOUNDS", what }, `the certificate goes beyond its bounds: ${what}`);
  if (calls.length !== transactions.length) throw outside("number of calls");
  calls.forEach((call, i) => {
    const { gasLimit } = (transactions[i] as ListedTransaction).transaction;
    if (call.gasUsed > gasLimit || call.gasUsed < spec.orderGas) throw outside(`gas of call ${i}`);
    if (call.outcome !== "success" && call.logs.length > 0) throw outside(`logs of call ${i}`);
    for (const log of call.logs) {
      if (log.address !== certificate.contract || log.topics.length > 4) {
        throw outside(`log of call ${i}`);
      }
    }
  });
  if (certificate.kind !== "agreed") return;
  if (certificate.slots.length > spec.certificateSlotsMax) throw outside("number of slots");
  certificate.calls.forEach((call, i) => {
    if (call.queueIndex !== entries[i]?.index) throw outside(`queue index of call ${i}`);
  });
  certificate.slots.forEach(({ slot }, i) => {
    const previous = certificate.slots[i - 1];
    if (previous && compareHex(previous.slot, slot) >= 0) throw outside("order of slots");
  });
}

/** Whether the contract may send what the calls send, and has the money when each does. */
function checkMessages(
  execution: BlockExecution,
  certificate: ResultCertificate,
  transactions: readonly ListedTransaction[],
  judges: Judges,
  { spec, pricesOf }: CertificateContext,
): void {
  if (certificate.kind !== "agreed") return;
  const outside = (what: string) =>
    refusal({ code: "OUT_OF_BOUNDS", what }, `the certificate goes beyond its bounds: ${what}`);
  const { refusal: whyNot } = termsOf(judges.hosts.length, judges.first, spec);
  const prices = pricesOf(certificate.orderingNumber);
  let balance = execution.account(certificate.contract)?.balance ?? 0n;
  certificate.calls.forEach(({ outcome, result, messages }, i) => {
    const listed = transactions[i] as ListedTransaction;
    const succeeded = outcome === "success";
    if (result.length > spec.messageResultMax || (result.length > 0 && isSigned(listed))) {
      throw outside(`result of call ${i}`);
    }
    if (succeeded) balance += listed.transaction.value;
    if (messages.length === 0) return;
    if (
      !succeeded ||
      whyNot !== undefined ||
      messages.length > SENDS_MAX ||
      hopsOf(listed) >= HOPS_MAX
    ) {
      throw outside(`messages of call ${i}`);
    }
    for (const message of messages) {
      const isTooMuch = message.gas > MESSAGE_GAS_MAX || message.callbackGas > MESSAGE_GAS_MAX;
      balance -= messageCost(message, prices);
      if (balance < 0n || isTooMuch || message.data.length > MESSAGE_BYTES_MAX) {
        throw outside(`message of call ${i}`);
      }
    }
  });
}

function refusal(facts: CertificateMismatch, message: string): InvalidInput<CertificateMismatch> {
  return new InvalidInput(facts, message);
}
