import {
  type Address,
  type BlockExecution,
  compareHex,
  decodeStoredCode,
  type Hash,
  InvalidInput,
  type Log,
  type StateView,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Bls } from "../attest/bls.ts";
import type { CertifiedCall, ResultCertificate } from "../attest/certificate.ts";
import { committeeSeed, drawCommittee, type Host } from "../attest/committee.ts";
import { findingsOf } from "../attest/statement.ts";
import { verifyCertificate } from "../attest/verifyCertificate.ts";
import type { ContainerCallRecord } from "../block/receipt.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { callId, type QueueEntry, readContractQueue, readEntry, removeEntries } from "./queue.ts";

export type CertificateMismatch =
  | { readonly code: "NOT_NEXT_IN_QUEUE"; readonly expected: bigint; readonly actual: bigint }
  | { readonly code: "NOT_THE_WHOLE_BATCH"; readonly contract: Address; readonly index: bigint }
  | { readonly code: "WRONG_TRANSACTION"; readonly index: bigint }
  | { readonly code: "WRONG_PARENT_STATE"; readonly what: string }
  | { readonly code: "OUT_OF_BOUNDS"; readonly what: string };

/** What became of one ordered call, for its receipt. */
export type SettledCall = {
  readonly signed: SignedTransaction;
  readonly record: ContainerCallRecord;
  readonly logs: readonly Log[];
  readonly gasUsed: bigint;
  readonly price: bigint;
};

export type Ancestor = { readonly hash: Hash; readonly randomness: Hash };

/** What certifying needs beside the block's execution. */
export type CertificateContext = {
  /** The parent's state: a certificate stands on the contract as it was there. */
  readonly parent: StateView;
  /** A block of this chain, at or before the parent: certificates name the one that ordered. */
  readonly ancestor: (number: bigint) => Ancestor | undefined;
  readonly spec: ChainSpec;
  readonly bls: Bls;
};

/**
 * Adopts what a committee certified: checks place, signatures and bounds, writes the contract's slots, pays
 * hosts, gives back what was locked and not used, and takes the calls off the queue. Throws `InvalidInput` and
 * changes nothing.
 */
export function applyCertificate(
  execution: BlockExecution,
  certificate: ResultCertificate,
  transactions: readonly SignedTransaction[],
  context: CertificateContext,
): readonly SettledCall[] {
  const entries = batchEntries(execution, certificate, context.spec);
  checkTransactions(entries, transactions);
  const committee = checkPlace(certificate, context);
  verifyCertificate(certificate, committee, context.spec.chainId, context.bls);
  const calls = callsOf(certificate, entries, context.spec);
  checkBounds(certificate, entries, calls, transactions, context.spec);

  if (certificate.kind === "agreed" && certificate.slots.length > 0) {
    execution.write({ address: certificate.contract, slots: certificate.slots });
  }
  const resultsHash =
    certificate.kind === "agreed"
      ? findingsOf(certificate.contract, certificate.calls, certificate.slots).resultsHash
      : undefined;
  const settled = entries.map((entry, i) =>
    settle(execution, entry, calls[i] as Outcome, transactions[i] as SignedTransaction, {
      committee,
      spec: context.spec,
      resultsHash,
    }),
  );
  removeEntries(execution, context.spec.queueAddress, certificate.contract, entries);
  return settled;
}

type Outcome = Pick<CertifiedCall, "logs" | "gasUsed"> & {
  readonly outcome: ContainerCallRecord["outcome"];
};

/** All entries of the contract that the certificate's block ordered: a batch is certified whole or not at all. */
export function batchEntries(
  execution: Pick<BlockExecution, "storage">,
  certificate: ResultCertificate,
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
  while (index !== 0n && entries.length < spec.queueLengthMax) {
    const entry = readEntry(execution, spec.queueAddress, index);
    if (entry === undefined || entry.orderedIn !== orderingNumber) break;
    entries.push(entry);
    index = entry.next;
  }
  if (entries.at(-1)?.index !== lastIndex) {
    throw refusal(
      { code: "NOT_THE_WHOLE_BATCH", contract, index: lastIndex },
      `block ${orderingNumber} ordered ${entries.length} calls of ${contract}, and the certificate ends at ${lastIndex}`,
    );
  }
  return entries;
}

function checkTransactions(
  entries: readonly QueueEntry[],
  transactions: readonly SignedTransaction[],
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

function checkPlace(
  certificate: ResultCertificate,
  { parent, ancestor, spec }: CertificateContext,
): readonly Host[] {
  const { contract, orderingNumber, orderingHash, manifestHash, preRoot } = certificate;
  const account = parent.account(contract);
  const code = account && parent.code(account.codeHash);
  const wrong = (what: string) =>
    refusal({ code: "WRONG_PARENT_STATE", what }, `the certificate's ${what} is not the chain's`);
  const ordering = ancestor(orderingNumber);
  const later = ancestor(orderingNumber + BigInt(spec.committeeSeedDelay));
  if (ordering?.hash !== orderingHash || later === undefined) throw wrong("ordering block");
  if (account?.storageRoot !== preRoot) throw wrong("storage root");
  if (code === undefined || decodeStoredCode(code)?.payloadHash !== manifestHash)
    throw wrong("manifest");
  const seed = committeeSeed(ordering.randomness, later.randomness, contract);
  return drawCommittee(spec.hosts, seed);
}

function callsOf(
  certificate: ResultCertificate,
  entries: readonly QueueEntry[],
  spec: ChainSpec,
): readonly Outcome[] {
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
  }));
}

function checkBounds(
  certificate: ResultCertificate,
  entries: readonly QueueEntry[],
  calls: readonly Outcome[],
  transactions: readonly SignedTransaction[],
  spec: ChainSpec,
): void {
  const outside = (what: string) =>
    refusal({ code: "OUT_OF_BOUNDS", what }, `the certificate goes beyond its bounds: ${what}`);
  if (calls.length !== transactions.length) throw outside("number of calls");
  calls.forEach((call, i) => {
    const { gasLimit } = (transactions[i] as SignedTransaction).transaction;
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

/** Moves what the order locked: value to the contract or back, gas to the hosts, the rest back. */
function settle(
  execution: BlockExecution,
  entry: QueueEntry,
  outcome: Outcome,
  signed: SignedTransaction,
  context: { committee: readonly Host[]; spec: ChainSpec; resultsHash: Hash | undefined },
): SettledCall {
  const { transaction, sender } = signed;
  const { spec, committee } = context;
  const price = entry.price;
  const locked = transaction.gasLimit * price + transaction.value;
  const fee = outcome.gasUsed * price;
  const succeeded = outcome.outcome === "success";
  const refund = locked - fee - (succeeded ? transaction.value : 0n);
  move(execution, spec.queueAddress, -locked);
  move(execution, sender, refund);
  if (succeeded) move(execution, transaction.to as Address, transaction.value);
  payHosts(execution, committee, fee);
  const record: ContainerCallRecord = {
    callId: callId(spec.chainId, entry.orderedIn, entry.index),
    orderedIn: entry.orderedIn,
    queueIndex: entry.index,
    outcome: outcome.outcome,
    resultsHash: context.resultsHash ?? ZERO_HASH,
  };
  return { signed, record, logs: outcome.logs, gasUsed: outcome.gasUsed, price };
}

/** Equal shares; the first member in the draw gets what does not divide. */
function payHosts(execution: BlockExecution, committee: readonly Host[], fee: bigint): void {
  const share = fee / BigInt(committee.length);
  const rest = fee - share * BigInt(committee.length);
  committee.forEach((host, i) => {
    move(execution, host.payout as Address, i === 0 ? share + rest : share);
  });
}

function move(execution: BlockExecution, address: Address, amount: bigint): void {
  if (amount === 0n) return;
  const balance = (execution.account(address)?.balance ?? 0n) + amount;
  execution.write({ address, balance });
}

function refusal(facts: CertificateMismatch, message: string): InvalidInput<CertificateMismatch> {
  return new InvalidInput(facts, message);
}
