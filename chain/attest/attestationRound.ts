import { equalBytes, fromHex, type Hash, InvalidInput } from "@delchain/runtime";
import type { Bls } from "./bls.ts";
import type {
  AgreedCertificate,
  Batch,
  CertifiedCall,
  Difference,
  DivergedCertificate,
  SignedStatement,
} from "./certificate.ts";
import type { Host } from "./committee.ts";
import { encodeSigners } from "./signers.ts";
import { commitment, type Findings, statementHash } from "./statement.ts";
import { agreementOf } from "./verifyCertificate.ts";

/** A member's word, shown after every member has committed to its own. */
export type Reveal = {
  readonly member: number;
  readonly salt: Uint8Array;
  readonly findings: Findings;
  readonly signature: Uint8Array;
};

export type InvalidAttestation =
  | { readonly code: "UNKNOWN_MEMBER"; readonly member: number }
  | { readonly code: "COMMITTED_TWICE"; readonly member: number }
  | { readonly code: "COMMITMENTS_OPEN"; readonly committed: number; readonly committee: number }
  | { readonly code: "REVEALED_TWICE"; readonly member: number }
  | { readonly code: "NOT_WHAT_WAS_COMMITTED"; readonly member: number }
  | { readonly code: "BAD_SIGNATURE"; readonly member: number };

/** The bytes of a commitment's salt. */
export const SALT_BYTES = 32;

/**
 * One committee's work on one batch: commitments first, reveals once all commitments are fixed, so that nobody
 * can copy. Holds at most one of each a member. Throws `InvalidInput<InvalidAttestation>` and stays as it was.
 */
export class AttestationRound {
  readonly #committee: readonly Host[];
  readonly #chainId: bigint;
  readonly #batch: Batch;
  readonly #bls: Bls;
  readonly #commitments = new Map<number, Hash>();
  readonly #reveals = new Map<number, Reveal>();

  constructor(committee: readonly Host[], chainId: bigint, batch: Batch, bls: Bls) {
    this.#committee = committee;
    this.#chainId = chainId;
    this.#batch = batch;
    this.#bls = bls;
  }

  commit(member: number, hash: Hash): void {
    this.#checkMember(member);
    if (this.#commitments.has(member)) {
      throw refusal({ code: "COMMITTED_TWICE", member }, `member ${member} has committed already`);
    }
    this.#commitments.set(member, hash);
  }

  reveal(reveal: Reveal): void {
    const { member, salt, findings, signature } = reveal;
    const publicKey = this.#checkMember(member);
    const committed = this.#commitments.size;
    const committee = this.#committee.length;
    if (committed < committee) {
      throw refusal(
        { code: "COMMITMENTS_OPEN", committed, committee },
        `${committed} of ${committee} members have committed; nobody reveals before all have`,
      );
    }
    if (this.#reveals.has(member)) {
      throw refusal({ code: "REVEALED_TWICE", member }, `member ${member} has revealed already`);
    }
    const statement = statementHash(this.#chainId, this.#batch, findings);
    if (commitment(statement, salt, publicKey) !== this.#commitments.get(member)) {
      throw refusal(
        { code: "NOT_WHAT_WAS_COMMITTED", member },
        `member ${member} reveals other findings than it committed to`,
      );
    }
    if (!this.#bls.verifyAggregate([publicKey], fromHex(statement), signature)) {
      throw refusal({ code: "BAD_SIGNATURE", member }, `member ${member}'s signature is wrong`);
    }
    this.#reveals.set(member, reveal);
  }

  /** Whether all members say the same; `undefined` while one has not revealed. */
  isAgreed(): boolean | undefined {
    if (this.#reveals.size < agreementOf(this.#committee.length)) return undefined;
    const [first, ...others] = [...this.#reveals.values()];
    return first !== undefined && others.every(({ findings }) => sameFindings(first, findings));
  }

  agreed(calls: readonly CertifiedCall[], slots: AgreedCertificate["slots"]): AgreedCertificate {
    const members = [...this.#reveals.keys()].sort((left, right) => left - right);
    const signatures = members.map((member) => (this.#reveals.get(member) as Reveal).signature);
    return {
      kind: "agreed",
      ...this.#batch,
      calls,
      slots,
      signers: encodeSigners(members, this.#committee.length),
      signature: this.#bls.aggregate(signatures),
    };
  }

  diverged(difference: Difference): DivergedCertificate {
    const attestations = [...this.#reveals.values()]
      .sort((left, right) => left.member - right.member)
      .map(
        ({ member, findings, signature }): SignedStatement => ({ member, ...findings, signature }),
      );
    return { kind: "diverged", ...this.#batch, attestations, difference };
  }

  #checkMember(member: number): Uint8Array {
    const host = this.#committee[member];
    if (host === undefined) {
      throw refusal({ code: "UNKNOWN_MEMBER", member }, `the committee has no member ${member}`);
    }
    return fromHex(host.publicKey);
  }
}

function sameFindings({ findings: left }: Reveal, right: Findings): boolean {
  return (
    left.gasUsed === right.gasUsed &&
    equalBytes(fromHex(left.diffHash), fromHex(right.diffHash)) &&
    equalBytes(fromHex(left.resultsHash), fromHex(right.resultsHash))
  );
}

function refusal(facts: InvalidAttestation, message: string): InvalidInput<InvalidAttestation> {
  return new InvalidInput(facts, message);
}
