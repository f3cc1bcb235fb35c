import type { Address, Hash } from "@delchain/runtime";
import type { CommittedCertificate } from "../attest/certificate.ts";
import type { Judges } from "../transition/judges.ts";
import type { HostedContract } from "./hosting.ts";

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
  /** What blocks have fixed for its first calls. */
  readonly fixed: readonly CommittedCertificate[];
  /** Nothing of it runs: the contract was suspended, and its calls are given up. */
  readonly isPaidOut: boolean;
};

export type FactsQuestion = {
  readonly contract: Address;
  readonly orderedIn: bigint;
  /** The queue index of the batch's first call; without it the contract as any next call finds it. */
  readonly first?: bigint;
};
