import { equalBytes, fromHex, type Hash, InvalidInput } from "@delchain/runtime";
import type { Bls } from "./bls.ts";
import type { Batch } from "./certificate.ts";
import {
  type Commitments,
  commitment,
  commitmentMessage,
  commitmentsHash,
  isFixedByBlock,
} from "./commitments.ts";
import type { Committee, Host } from "./committee.ts";
import type { ConflictingAttestations, SignedWord } from "./conflict.ts";
import type { Commit, Reveal } from "./messages.ts";
import { attestationHash, roundId, sharedHash, statementHash } from "./statement.ts";

export type InvalidAttestation =
  | { readonly code: "UNKNOWN_ROUND"; readonly round: Hash }
  | { readonly code: "UNKNOWN_MEMBER"; readonly member: number }
  | { readonly code: "ALREADY_KNOWN"; readonly member: number }
  | { readonly code: "COMMITMENTS_FIXED"; readonly member: number }
  | { readonly code: "OTHER_COMMITMENTS"; readonly member: number }
  | { readonly code: "NOT_COMMITTED"; readonly member: number }
  | { readonly code: "NOT_WHAT_WAS_COMMITTED"; readonly member: number }
  | { readonly code: "BAD_SIGNATURE"; readonly member: number };

export type RoundFacts = { readonly chainId: bigint; readonly batch: Batch; readonly bls: Bls };

/** A member's word and the hashes of what it states. */
export type Word = Reveal & {
  readonly statement: Hash;
  /** Of what members must say alike. */
  readonly shared: Hash;
};

/** One committee's work on one batch, as one node knows it. At most one commitment and one word a member. */
export type Round = {
  readonly id: Hash;
  readonly committee: Committee;
  readonly facts: RoundFacts;
  readonly commits: Map<number, Commit>;
  readonly reveals: Map<number, Word>;
  /** From here on nobody joins. */
  fixed: { readonly list: Commitments; readonly hash: Hash } | undefined;
};

export function openRound(committee: Committee, facts: RoundFacts): Round {
  const id = roundId(facts.chainId, facts.batch, committee.level);
  return { id, committee, facts, commits: new Map(), reveals: new Map(), fixed: undefined };
}

/**
 * Takes a member's commitment. Returns the proof when the member had made another one. Throws
 * `InvalidInput<InvalidAttestation>` and changes nothing.
 */
export function takeCommit(round: Round, commit: Commit): ConflictingAttestations | undefined {
  const { member, signature } = commit;
  const { publicKey } = memberOf(round, member);
  const { batch, bls } = round.facts;
  const { level } = round.committee;
  const known = round.commits.get(member);
  if (known?.commitment === commit.commitment) throw alreadyKnown(member);
  if (known === undefined && round.fixed) {
    const text = `member ${member} commits after the commitments were fixed`;
    throw refusal({ code: "COMMITMENTS_FIXED", member }, text);
  }
  const message = commitmentMessage(round.id, commit.commitment);
  if (!bls.verifyAggregate([fromHex(publicKey)], fromHex(message), signature)) {
    throw badSignature(member);
  }
  if (known) return { what: "commitment", publicKey, batch, level, left: known, right: commit };
  round.commits.set(member, commit);
  const early = round.reveals.get(member);
  if (early && !opens(round, early, commit.commitment)) round.reveals.delete(member);
  fixWhenComplete(round);
  return undefined;
}

/**
 * Takes a member's word; one that comes before the commitments are fixed is held and checked then. Returns the proof
 * when the member had given another one. Throws `InvalidInput<InvalidAttestation>` and changes nothing.
 */
export function takeReveal(round: Round, reveal: Reveal): ConflictingAttestations | undefined {
  const { member, signature, findings, commitments } = reveal;
  const { publicKey } = memberOf(round, member);
  const { batch, bls } = round.facts;
  const { level } = round.committee;
  const known = round.reveals.get(member);
  if (known && equalBytes(known.signature, signature)) throw alreadyKnown(member);
  const statement = statementHash(round.id, findings);
  const message = attestationHash(statement, commitments);
  if (!bls.verifyAggregate([fromHex(publicKey)], fromHex(message), signature)) {
    throw badSignature(member);
  }
  if (known) {
    const [left, right] = [signedWord(known), signedWord(reveal)];
    return { what: "word", publicKey, batch, level, left, right };
  }
  const word = { ...reveal, statement, shared: sharedHash(round.id, findings) };
  if (round.fixed) checkCommitted(round, word, round.fixed);
  // The salt is not signed: with another one the word would be somebody else's, and keep the member's own out.
  const committed = round.commits.get(member)?.commitment;
  if (committed !== undefined && !opens(round, word, committed)) throw notCommitted(member);
  round.reveals.set(member, word);
  return undefined;
}

/** Adopts the commitments that a block fixed, and forgets words that do not open them. */
export function fixCommitments(round: Round, list: Commitments): void {
  round.fixed = { list, hash: commitmentsHash(round.id, list) };
  for (const reveal of round.reveals.values()) {
    try {
      checkCommitted(round, reveal, round.fixed);
    } catch {
      round.reveals.delete(reveal.member);
    }
  }
}

/** Where all must agree, the commitments are fixed when the last one is there. */
export function fixWhenComplete(round: Round): void {
  const { commits, committee, fixed } = round;
  if (fixed || isFixedByBlock(committee) || commits.size < committee.members.length) return;
  fixCommitments(round, commitmentsOf(round));
}

export function commitmentsOf({ commits, committee }: Round): Commitments {
  return committee.members.map((_, member) => commits.get(member)?.commitment);
}

/** The words that count, by what they must say alike; the largest group first. None before commitments are fixed. */
export function wordsOf({ fixed, reveals }: Round): readonly (readonly Word[])[] {
  if (fixed === undefined) return [];
  const groups = Map.groupBy(reveals.values(), ({ shared }) => shared);
  return [...groups.values()].sort((left, right) => right.length - left.length);
}

function checkCommitted(round: Round, word: Word, fixed: NonNullable<Round["fixed"]>): void {
  const { member, commitments } = word;
  const committed = fixed.list[member];
  if (committed === undefined) {
    const text = `member ${member} is not among those whose commitments were fixed`;
    throw refusal({ code: "NOT_COMMITTED", member }, text);
  }
  if (commitments !== fixed.hash) {
    const text = `member ${member} reveals over other commitments than the fixed ones`;
    throw refusal({ code: "OTHER_COMMITMENTS", member }, text);
  }
  if (!opens(round, word, committed)) throw notCommitted(member);
}

function opens(round: Round, { member, salt, statement }: Word, committed: Hash): boolean {
  return commitment(statement, salt, fromHex(memberOf(round, member).publicKey)) === committed;
}

function signedWord({ findings, commitments, signature }: Reveal): SignedWord {
  return { ...findings, commitments, signature };
}

function memberOf({ committee }: Round, member: number): Host {
  const host = committee.members[member];
  if (host === undefined) {
    throw refusal({ code: "UNKNOWN_MEMBER", member }, `the committee has no member ${member}`);
  }
  return host;
}

function alreadyKnown(member: number): InvalidInput<InvalidAttestation> {
  return refusal({ code: "ALREADY_KNOWN", member }, `member ${member} has said this already`);
}

function notCommitted(member: number): InvalidInput<InvalidAttestation> {
  const text = `member ${member} reveals other findings than it committed to`;
  return refusal({ code: "NOT_WHAT_WAS_COMMITTED", member }, text);
}

function badSignature(member: number): InvalidInput<InvalidAttestation> {
  return refusal({ code: "BAD_SIGNATURE", member }, `member ${member}'s signature is wrong`);
}

function refusal(facts: InvalidAttestation, message: string): InvalidInput<InvalidAttestation> {
  return new InvalidInput(facts, message);
}
