import { fromHex, type Hash, InvalidInput } from "@delchain/runtime";
import type { Bls } from "./bls.ts";
import type {
  AgreedCertificate,
  Certificate,
  CommittedCertificate,
  DivergedCertificate,
} from "./certificate.ts";
import {
  type Commitments,
  commitment,
  commitmentMessage,
  commitmentsHash,
  isFixedByBlock,
} from "./commitments.ts";
import type { Committee } from "./committee.ts";
import type { Level } from "./levels.ts";
import { decodeSigners } from "./signers.ts";
import { attestationHash, findingsOf, roundId, sharedHash, statementHash } from "./statement.ts";

export type InvalidCertificate =
  | { readonly code: "NO_SUCH_LEVEL"; readonly level: Level }
  | { readonly code: "SIGNERS_NOT_CANONICAL"; readonly committee: number }
  | { readonly code: "NOT_ENOUGH_SIGNERS"; readonly signers: number; readonly needed: number }
  | { readonly code: "COMMITMENTS_LENGTH"; readonly length: number; readonly expected: number }
  | { readonly code: "COMMITMENTS_NOT_FIXED"; readonly level: Level }
  | { readonly code: "NOT_WHAT_WAS_COMMITTED"; readonly level: Level }
  | { readonly code: "NUMBERS_LEFT_OUT"; readonly numbers: number; readonly committed: number }
  | { readonly code: "BAD_SIGNATURE" }
  | { readonly code: "NOT_LAST_LEVEL"; readonly level: Level }
  | { readonly code: "AGREEMENT_POSSIBLE"; readonly largest: number; readonly missing: number };

/** What a verifier knows of a batch beside its certificate. */
export type CertificateFacts = {
  readonly chainId: bigint;
  /** The batch's committees, the first level's first. */
  readonly committees: readonly Committee[];
  /** The hash of what a block before this one fixed for the batch at a level; `undefined` where none did. */
  readonly fixedAt: (level: Level) => Hash | undefined;
  /** Whether members that have committed there and are silent may be left out (`revealBlocks`). */
  readonly isRevealOver: (level: Level) => boolean;
  readonly bls: Bls;
};

/**
 * Checks who said what, and nothing of the state: a node without any container engine can do it. Returns the
 * committee. Throws `InvalidInput<InvalidCertificate>`.
 */
export function verifyCertificate(certificate: Certificate, facts: CertificateFacts): Committee {
  const { level } = certificate;
  const committee = facts.committees.find((one) => one.level === level);
  if (committee === undefined) {
    const text = `the batch has no committee at level ${level}`;
    throw refusal({ code: "NO_SUCH_LEVEL", level }, text);
  }
  switch (certificate.kind) {
    case "agreed":
      verifyAgreed(certificate, committee, facts);
      break;
    case "diverged":
      verifyDiverged(certificate, committee, facts);
      break;
    case "committed":
      verifyCommitted(certificate, committee, facts);
  }
  return committee;
}

/** A quorum said the same, and each of them had committed to it before anybody revealed. */
function verifyAgreed(
  certificate: AgreedCertificate,
  committee: Committee,
  { chainId, bls, fixedAt, isRevealOver }: CertificateFacts,
): void {
  const { level, contract, calls, slots, salts, numbers } = certificate;
  const signers = decodeSigners(certificate.signers, committee.members.length);
  if (signers === undefined) throw notCanonical(committee);
  checkQuorum(signers.length, committee);
  const round = roundId(chainId, certificate, level);
  const shared = findingsOf(contract, calls, slots);
  const keys = signers.map((member) => publicKey(committee, member));
  checkLength(salts.length, signers.length);
  if (numbers.length > 0) checkLength(numbers.length, signers.length);
  const statements = signers.map((_, i) => {
    const number = numbers[i];
    return statementHash(round, number === undefined ? shared : { ...shared, number });
  });
  const own = keys.map((key, i) => commitment(statements[i] as Hash, salts[i] ?? NO_SALT, key));
  const commitments = allCommitments(certificate, signers, own, committee);
  const hash = commitmentsHash(round, commitments);
  if (isFixedByBlock(committee)) {
    const fixed = fixedAt(level);
    if (fixed === undefined) {
      const text = `no block before this one fixed the commitments of level ${level}`;
      throw refusal({ code: "COMMITMENTS_NOT_FIXED", level }, text);
    }
    if (fixed !== hash) throw notCommitted(level);
    if (numbers.length > 0 && !isRevealOver(level)) checkComplete(numbers.length, commitments);
  }
  const messages = statements.map((statement) => fromHex(attestationHash(statement, hash)));
  const isSigned =
    numbers.length > 0
      ? bls.verifyDistinct(keys, messages, certificate.signature)
      : bls.verifyAggregate(keys, messages[0] as Uint8Array, certificate.signature);
  if (!isSigned) throw badSignature();
}

/** Who brings the certificate cannot choose whose numbers count while they may still come. */
function checkComplete(numbers: number, commitments: Commitments): void {
  const committed = commitments.filter(Boolean).length;
  if (numbers === committed) return;
  throw refusal(
    { code: "NUMBERS_LEFT_OUT", numbers, committed },
    `the certificate has ${numbers} numbers of the ${committed} that were committed to; the others may still come`,
  );
}

const NO_SALT = new Uint8Array(0);

/** Every member's commitment: the signers' from what they opened, the others' as the certificate lists them. */
function allCommitments(
  { others }: AgreedCertificate,
  signers: readonly number[],
  own: readonly Hash[],
  { members }: Committee,
): Commitments {
  checkLength(others.length, members.length - signers.length);
  let signer = 0;
  let other = 0;
  return members.map((_, member) => (signers[signer] === member ? own[signer++] : others[other++]));
}

/** So many differ that no statement can reach the quorum, whatever the members who said nothing would say. */
function verifyDiverged(
  certificate: DivergedCertificate,
  committee: Committee,
  { chainId, bls, committees }: CertificateFacts,
): void {
  const { level, attestations } = certificate;
  if (committee !== committees.at(-1)) {
    const text = `level ${level} is not the batch's last; a wider committee may agree`;
    throw refusal({ code: "NOT_LAST_LEVEL", level }, text);
  }
  const round = roundId(chainId, certificate, level);
  const counts = new Map<Hash, number>();
  let previous = -1;
  for (const { member, commitments, signature, ...findings } of attestations) {
    if (member <= previous || member >= committee.members.length) throw notCanonical(committee);
    previous = member;
    const statement = statementHash(round, findings);
    const shared = sharedHash(round, findings);
    counts.set(shared, (counts.get(shared) ?? 0) + 1);
    const message = fromHex(attestationHash(statement, commitments));
    if (!bls.verifyAggregate([publicKey(committee, member)], message, signature)) {
      throw badSignature();
    }
  }
  const largest = Math.max(0, ...counts.values());
  const missing = committee.members.length - attestations.length;
  if (largest + missing >= committee.quorum) {
    throw refusal(
      { code: "AGREEMENT_POSSIBLE", largest, missing },
      `${largest} members say the same and ${missing} nothing; together they reach ${committee.quorum}`,
    );
  }
}

/** A quorum has committed, each member in its own name. */
function verifyCommitted(
  certificate: CommittedCertificate,
  committee: Committee,
  { chainId, bls }: CertificateFacts,
): void {
  const { level, commitments, signature } = certificate;
  const round = roundId(chainId, certificate, level);
  checkLength(commitments.length, committee.members.length);
  const keys: Uint8Array[] = [];
  const messages: Uint8Array[] = [];
  commitments.forEach((committed, member) => {
    if (committed === undefined) return;
    keys.push(publicKey(committee, member));
    messages.push(fromHex(commitmentMessage(round, committed)));
  });
  checkQuorum(keys.length, committee);
  if (!bls.verifyDistinct(keys, messages, signature)) throw badSignature();
}

function checkQuorum(signers: number, { members, quorum }: Committee): void {
  if (signers >= quorum) return;
  throw refusal(
    { code: "NOT_ENOUGH_SIGNERS", signers, needed: quorum },
    `${signers} of ${members.length} members signed; ${quorum} are needed`,
  );
}

function checkLength(length: number, expected: number): void {
  if (length === expected) return;
  throw refusal(
    { code: "COMMITMENTS_LENGTH", length, expected },
    `the certificate has ${length} salts or commitments where ${expected} belong`,
  );
}

function publicKey({ members }: Committee, member: number): Uint8Array {
  return fromHex((members[member] as Committee["members"][number]).publicKey);
}

function notCanonical({ members: { length } }: Committee): InvalidInput<InvalidCertificate> {
  return refusal(
    { code: "SIGNERS_NOT_CANONICAL", committee: length },
    `the signers are not canonical for a committee of ${length}: each is named once, in order`,
  );
}

function notCommitted(level: Level): InvalidInput<InvalidCertificate> {
  return refusal(
    { code: "NOT_WHAT_WAS_COMMITTED", level },
    `the signers of level ${level} had committed to something else in the block that fixed it`,
  );
}

function badSignature(): InvalidInput<InvalidCertificate> {
  return refusal({ code: "BAD_SIGNATURE" }, "the certificate's signature does not verify");
}

function refusal(facts: InvalidCertificate, message: string): InvalidInput<InvalidCertificate> {
  return new InvalidInput(facts, message);
}
