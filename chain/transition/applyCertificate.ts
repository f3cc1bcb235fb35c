import {
  type Address,
  type BlockExecution,
  compareHex,
  decodeStoredCode,
  type Hash,
  InvalidInput,
  type StateView,
} from "@delchain/runtime";
import type { Bls } from "../attest/bls.ts";
import type { ResultCertificate } from "../attest/certificate.ts";
import { committeeSeed, drawCommittee, type Host } from "../attest/committee.ts";
import { findingsOf } from "../attest/statement.ts";
import { verifyCertificate } from "../attest/verifyCertificate.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { type QueueEntry, readContractQueue, readEntry, removeEntries } from "./queue.ts";
import { type Outcome, type SettledCall, settleCall } from "./settleCall.ts";

export type CertificateMismatch =
  | { readonly code: "NOT_NEXT_IN_QUEUE"; readonly expected: bigint; readonly actual: bigint }
  | { readonly code: "NOT_IN_THE_BATCH"; readonly contract: Address; readonly index: bigint }
  | { readonly code: "WRONG_TRANSACTION"; readonly index: bigint }
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
  const payees = committee.map(({ payout }) => payout as Address);
  const settled = entries.map((entry, i) =>
    settleCall(execution, entry, calls[i] as Outcome, transactions[i] as SignedTransaction, {
      payees,
      spec: context.spec,
      resultsHash,
    }),
  );
  removeEntries(execution, context.spec.queueAddress, certificate.contract, entries);
  return settled;
}

/**
 * The entries that a certificate settles: the contract's first ones, of one ordering block, up to its last index. That
 * may be fewer than the block ordered, so that a call on which the members differ takes no other with it.
 */
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

function refusal(facts: CertificateMismatch, message: string): InvalidInput<CertificateMismatch> {
  return new InvalidInput(facts, message);
}
