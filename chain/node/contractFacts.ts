import { type Address, type Hash, InvalidInput } from "@delchain/runtime";
import type { CommittedCertificate } from "../attest/certificate.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { isPaidOut } from "../transition/contractLife.ts";
import { type Judges, judgesOf, type Terms, termsOf } from "../transition/judges.ts";
import { readContractQueue, stateOfCalls } from "../transition/queue.ts";
import { runningManifest } from "../transition/runningManifest.ts";
import { fixedCommitments } from "./fixedCommitments.ts";
import type { HostedContract } from "./hosting.ts";
import type { CertifiedCalls } from "./knownHeads.ts";
import type { Blocks } from "./settledBatches.ts";

/** A contract at the head, for the next batch. */
export type ContractFacts = {
  readonly contract: HostedContract;
  readonly preRoot: Hash;
  /** The block whose state the batch begins with, the same for every host. */
  readonly stateAt: bigint;
  /** The block that this is true of. */
  readonly head: bigint;
  /** How many calls of the same block the contract's last certificate was over; `undefined` when of another one. */
  readonly certifiedBefore: number | undefined;
  readonly judges: Judges;
  readonly terms: Terms;
  /** What blocks have fixed for its first calls. */
  readonly fixed: readonly CommittedCertificate[];
  /** Nothing of it runs: the contract was suspended, and its calls are given up. */
  readonly isPaidOut: boolean;
  /** Its calls were settled long ago, and the contract has gone on. */
  readonly isPast: boolean;
};

export type FactsQuestion = {
  readonly contract: Address;
  readonly orderedIn: bigint;
  /** The queue index of the batch's first call; without it the contract as any next call finds it. */
  readonly first?: bigint;
};

/**
 * A container contract at the head, as a batch of calls finds it that block `orderedIn` ordered and that begins with
 * queue index `first`. Throws when it is none.
 */
export function contractFacts(
  { contract, orderedIn, first }: FactsQuestion,
  { head, block, viewAt }: Blocks,
  certifiedIn: (number: bigint) => readonly CertifiedCalls[],
  spec: ChainSpec,
): ContractFacts {
  const view = viewAt(head);
  const queue = readContractQueue(view, spec.queueAddress, contract);
  const account = view.account(contract);
  const manifestHash = runningManifest(view, contract, spec, first);
  const manifest = manifestHash && view.code(manifestHash);
  if (account === undefined || manifestHash === undefined || manifest === undefined) {
    throw new InvalidInput({ code: "NOT_A_CONTAINER", contract }, `${contract} is no container`);
  }
  const judges = judgesOf(view, manifestHash, orderedIn, spec);
  const before = certifiedIn(queue.settledIn).find(
    (one) => one.contract === contract && one.orderingNumber === orderedIn,
  );
  return {
    contract: { address: contract, manifestHash, manifest },
    preRoot: account.storageRoot,
    stateAt: stateOfCalls(queue, orderedIn),
    head,
    certifiedBefore: before?.count,
    judges,
    terms: termsOf(judges.hosts.length, judges.first, spec),
    fixed: fixedCommitments(
      view,
      contract,
      contract,
      spec,
      (number) => block(number).block.certificates,
    ),
    isPaidOut: first !== undefined && isPaidOut(view, contract, first, spec),
    isPast: false,
  };
}
