import type { Address, Hash, Log, OutgoingMessage, SlotChange } from "@delchain/runtime";
import type { Commitments } from "./commitments.ts";
import type { Level } from "./levels.ts";

/** One call's result as the members agreed on it. */
export type CertifiedCall = {
  readonly queueIndex: bigint;
  readonly outcome: "success" | "revert" | "halt" | "timedOut";
  /** keccak-256 of what it returned or reverted with: nobody needs the bytes again, and they may be many. */
  readonly outputHash: Hash;
  /** The first bytes of that, for the contract whose message it was; empty for a transaction's call. */
  readonly result: Uint8Array;
  readonly logs: readonly Log[];
  /** What it sent, in order. */
  readonly messages: readonly OutgoingMessage[];
  readonly gasUsed: bigint;
  /** Why it halted, `""` otherwise. */
  readonly haltCode: string;
};

/** All calls of one contract that one block ordered: what is run, attested and certified as one. */
export type Batch = {
  readonly contract: Address;
  readonly orderingNumber: bigint;
  readonly orderingHash: Hash;
  readonly manifestHash: Hash;
  /** First and last queue index, inclusive. */
  readonly firstIndex: bigint;
  readonly lastIndex: bigint;
  /** The contract's storage root before the batch. */
  readonly preRoot: Hash;
};

/** Who agreed, and that each of them had committed to it before anybody revealed. */
export type Agreed = {
  readonly level: Level;
  /** One bit a committee member, lowest bit first; no bits beyond the committee. */
  readonly signers: Uint8Array;
  /** The signers' salts in their order, 32 bytes each: with what they agree on they open their commitments. */
  readonly salts: readonly Uint8Array[];
  /** What the members who did not sign had committed to, in their order. */
  readonly others: Commitments;
  /** What each signer found, in their order, of a call whose answers are aggregated; empty for any other. */
  readonly numbers: readonly Hash[];
  /** Aggregate BLS signature, 96 bytes; with numbers over each signer's own message. */
  readonly signature: Uint8Array;
};

/** What a batch did, certified by its committee. */
export type AgreedCertificate = Batch &
  Agreed & {
    readonly kind: "agreed";
    readonly calls: readonly CertifiedCall[];
    readonly slots: readonly SlotChange[];
  };

/** The last level's members did not agree, and cannot any more: what each attested, and where they first differed. */
export type DivergedCertificate = Batch & {
  readonly kind: "diverged";
  readonly level: Level;
  readonly attestations: readonly SignedStatement[];
  readonly difference: Difference;
};

export type SignedStatement = {
  /** The member's place in the committee. */
  readonly member: number;
  readonly diffHash: Hash;
  readonly resultsHash: Hash;
  readonly gasUsed: bigint;
  readonly number?: Hash;
  /** The hash of all commitments that it saw before it revealed. */
  readonly commitments: Hash;
  readonly signature: Uint8Array;
};

/** Where two members first differed, for people: `storage 0x…`, `output byte 12`, `log 0 topic 1`. */
export type Difference = {
  readonly queueIndex: bigint;
  readonly where: string;
  readonly left: string;
  readonly right: string;
};

/** Ends a batch: a block that holds it lists the batch's transactions. */
export type ResultCertificate = AgreedCertificate | DivergedCertificate;

/**
 * More than two thirds of a committee have committed to what they found. From the block that holds it on nobody can
 * join them, and they reveal. It ends no call.
 */
export type CommittedCertificate = Batch & {
  readonly kind: "committed";
  readonly level: Level;
  readonly commitments: Commitments;
  /** Aggregate BLS signature over the members' different messages, 96 bytes. */
  readonly signature: Uint8Array;
};

/** What committees say in blocks. */
export type Certificate = ResultCertificate | CommittedCertificate;
