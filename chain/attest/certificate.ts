import type { Address, Hash, Log, SlotChange } from "@delchain/runtime";

/** One call's result as the members agreed on it. */
export type CertifiedCall = {
  readonly queueIndex: bigint;
  readonly outcome: "success" | "revert" | "halt" | "timedOut";
  /** keccak-256 of what it returned or reverted with: nobody needs the bytes again, and they may be many. */
  readonly outputHash: Hash;
  readonly logs: readonly Log[];
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

/** What a batch did, certified by its committee. */
export type AgreedCertificate = Batch & {
  readonly kind: "agreed";
  readonly calls: readonly CertifiedCall[];
  readonly slots: readonly SlotChange[];
  /** One bit a committee member, lowest bit first; no bits beyond the committee. */
  readonly signers: Uint8Array;
  /** Aggregate BLS signature, 96 bytes. */
  readonly signature: Uint8Array;
};

/** The members did not agree: each one's attested hash with its signature, and where they first differed. */
export type DivergedCertificate = Batch & {
  readonly kind: "diverged";
  readonly attestations: readonly SignedStatement[];
  readonly difference: Difference;
};

export type SignedStatement = {
  /** The member's place in the committee. */
  readonly member: number;
  readonly diffHash: Hash;
  readonly resultsHash: Hash;
  readonly gasUsed: bigint;
  readonly signature: Uint8Array;
};

/** Where two members first differed, for people: `storage 0x…`, `output byte 12`, `log 0 topic 1`. */
export type Difference = {
  readonly queueIndex: bigint;
  readonly where: string;
  readonly left: string;
  readonly right: string;
};

export type ResultCertificate = AgreedCertificate | DivergedCertificate;
