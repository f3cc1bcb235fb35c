import { EMPTY_BYTES, fromHex, type Hash, type Hex, InvalidInput } from "@delchain/runtime";
import type { Agreed, CommittedCertificate, SignedStatement } from "./certificate.ts";
import {
  type Commitments,
  commitment,
  commitmentMessage,
  isFixedByBlock,
  revealBlocks,
} from "./commitments.ts";
import type { Committee, Host } from "./committee.ts";
import type { ConflictingAttestations } from "./conflict.ts";
import type { Level } from "./levels.ts";
import type { AttestMessage, Commit, Reveal } from "./messages.ts";
import {
  commitmentsOf,
  fixCommitments,
  fixWhenComplete,
  type InvalidAttestation,
  openRound,
  type Round,
  type RoundFacts,
  takeCommit,
  takeReveal,
  wordsOf,
} from "./round.ts";
import { encodeSigners } from "./signers.ts";
import { attestationHash, type Findings, sharedHash, statementHash } from "./statement.ts";

/** A host of this node. */
export type Seat = { readonly publicKey: Hex; readonly secret: Uint8Array };

/** What a seat has bound itself to. It is written down before it is sent, so that no crash makes it say two things. */
export type OwnWord = {
  readonly round: Hash;
  readonly publicKey: Hex;
  readonly salt: Uint8Array;
  readonly findings: Findings;
  /** The hash of all commitments over which it has revealed; `undefined` before it does. */
  readonly commitments: Hash | undefined;
};

/** A word with what it commits to. */
type BoundWord = OwnWord & { readonly statement: Hash; readonly commitment: Hash };

export type AgreementParts = RoundFacts & {
  /** The first level's first; a node without seats follows them all the same. */
  readonly committees: readonly Committee[];
  readonly seats: readonly Seat[];
  /** The block with which levels begin to be counted. */
  readonly openedAt: bigint;
  /** After so many blocks without a certificate the next level begins beside the one before. */
  readonly levelBlocks: bigint;
  readonly newSalt: () => Uint8Array;
  /** What was written down, before a crash perhaps. */
  readonly wordOf: (round: Hash, publicKey: Hex) => OwnWord | undefined;
};

export type AgreementEvent =
  /** A seat has run the batch. One whose machine is in trouble says nothing: it abstains. */
  | { readonly type: "found"; readonly publicKey: Hex; readonly findings: Findings }
  | { readonly type: "message"; readonly message: AttestMessage }
  /** A final block holds a committee's commitments. */
  | { readonly type: "fixed"; readonly level: Level; readonly commitments: Commitments }
  /** A final block, which has not ended the batch. */
  | { readonly type: "block"; readonly number: bigint };

/** What is to be done, in this order. */
export type AgreementEffect =
  | { readonly type: "run"; readonly publicKey: Hex }
  | { readonly type: "record"; readonly word: OwnWord }
  | { readonly type: "send"; readonly message: AttestMessage }
  /** For a block, so that the commitments become fixed. */
  | { readonly type: "fix"; readonly certificate: CommittedCertificate }
  | { readonly type: "agreed"; readonly findings: Findings; readonly agreed: Agreed }
  /** No statement can reach the last level's quorum any more. */
  | {
      readonly type: "disagreed";
      readonly level: Level;
      readonly attestations: readonly SignedStatement[];
    }
  | { readonly type: "conflict"; readonly conflict: ConflictingAttestations };

/** One batch at one node: what its seats say of it, and what all members have said. */
export type Agreement = {
  readonly parts: AgreementParts;
  readonly rounds: readonly Round[];
  readonly findings: Map<Hex, Findings>;
  readonly asked: Set<Hex>;
  /** What the seats have bound themselves to, by round and place. */
  readonly words: Map<Round, Map<number, BoundWord>>;
  /** How many levels are open, and the block with which each began. */
  open: number;
  readonly openedAt: Map<Round, bigint>;
  /** The latest block before the one that fixed its commitments, or a later one. */
  readonly fixedAt: Map<Round, bigint>;
  /** The latest block. */
  number: bigint;
  /** It was said how the batch ended. */
  isEnded: boolean;
  /** How many commitments the last certificate for a block held, by round. */
  readonly offered: Map<Round, number>;
};

/** Opens the first level. The effects are those of `step`. */
export function openAgreement(parts: AgreementParts): {
  readonly agreement: Agreement;
  readonly effects: readonly AgreementEffect[];
} {
  const rounds = parts.committees.map((committee) => openRound(committee, parts));
  const agreement: Agreement = {
    parts,
    rounds,
    findings: new Map(),
    asked: new Set(),
    words: new Map(rounds.map((round) => [round, new Map()])),
    open: 0,
    openedAt: new Map(),
    fixedAt: new Map(),
    number: parts.openedAt,
    isEnded: false,
    offered: new Map(),
  };
  const effects: AgreementEffect[] = [];
  openLevels(agreement, 1, effects);
  return { agreement, effects };
}

/**
 * The protocol (README.md): takes what happened and says what is to be done. Has no clock, no disk and no randomness
 * but the salts. Throws `InvalidInput<InvalidAttestation>` for a message that counts for nothing, and stays as it was.
 */
export function step(agreement: Agreement, event: AgreementEvent): readonly AgreementEffect[] {
  const effects: AgreementEffect[] = [];
  switch (event.type) {
    case "found":
      agreement.findings.set(event.publicKey, event.findings);
      break;
    case "message":
      takeMessage(agreement, event.message, effects);
      break;
    case "fixed":
      adoptFixed(agreement, event.level, event.commitments, effects);
      break;
    case "block":
      followBlock(agreement, event.number, effects);
  }
  advance(agreement, effects);
  return effects;
}

/** What this node's seats have told others so far. */
export function saidBy(agreement: Agreement): readonly AttestMessage[] {
  return agreement.rounds
    .filter((round) => !isAlone(agreement, round))
    .flatMap((round) =>
      [...wordsAt(agreement, round).keys()].flatMap((member) => [
        round.commits.get(member) ?? [],
        round.reveals.get(member) ?? [],
      ]),
    )
    .flat();
}

function takeMessage(
  { rounds }: Agreement,
  message: AttestMessage,
  effects: AgreementEffect[],
): void {
  const round = rounds.find(({ id }) => id === message.round);
  if (round === undefined) {
    throw new InvalidInput<InvalidAttestation>(
      { code: "UNKNOWN_ROUND", round: message.round },
      "the message is about another batch or level",
    );
  }
  const conflict =
    message.kind === "commit" ? takeCommit(round, message) : takeReveal(round, message);
  if (conflict) effects.push({ type: "conflict", conflict });
}

function adoptFixed(
  agreement: Agreement,
  level: Level,
  commitments: Commitments,
  effects: AgreementEffect[],
): void {
  const place = agreement.rounds.findIndex(({ committee }) => committee.level === level);
  const round = agreement.rounds[place];
  if (round === undefined) return;
  fixCommitments(round, commitments);
  agreement.fixedAt.set(round, agreement.number);
  openLevels(agreement, place + 1, effects);
}

/** Levels open by the count of blocks; what was said is said again, for whoever has missed it. */
function followBlock(agreement: Agreement, number: bigint, effects: AgreementEffect[]): void {
  const { openedAt, levelBlocks } = agreement.parts;
  agreement.number = number;
  openLevels(agreement, 1 + Number((number - openedAt) / levelBlocks), effects);
  for (const round of agreement.rounds.slice(0, agreement.open)) {
    // Late members have half of the level's time to commit: whoever is not in the list cannot join it.
    const isTime = 2n * (number - (agreement.openedAt.get(round) ?? number)) >= levelBlocks;
    if (isTime && !round.fixed && round.commits.size >= round.committee.quorum) {
      offerCommitments(agreement, round, effects);
    }
  }
  for (const message of saidBy(agreement)) effects.push({ type: "send", message });
}

function openLevels(agreement: Agreement, count: number, effects: AgreementEffect[]): void {
  const { rounds, parts, asked } = agreement;
  while (agreement.open < Math.min(count, rounds.length)) {
    const round = rounds[agreement.open++] as Round;
    agreement.openedAt.set(round, agreement.number);
    for (const { publicKey } of parts.seats) {
      if (placeOf(round, publicKey) < 0 || asked.has(publicKey)) continue;
      asked.add(publicKey);
      effects.push({ type: "run", publicKey });
    }
  }
}

/** Does what has become possible: commits, reveals, says how it ended, or opens the next level. */
function advance(agreement: Agreement, effects: AgreementEffect[]): void {
  for (let i = 0; i < agreement.open && !agreement.isEnded; i++) {
    const round = agreement.rounds[i] as Round;
    for (const seat of agreement.parts.seats) commitOwn(agreement, round, seat, effects);
    fixWhenComplete(round);
    if (!round.fixed && round.commits.size === round.committee.members.length) {
      offerCommitments(agreement, round, effects);
    }
    for (const seat of agreement.parts.seats) revealOwn(agreement, round, seat, effects);
    judge(agreement, round, effects);
  }
}

function commitOwn(
  agreement: Agreement,
  round: Round,
  { publicKey, secret }: Seat,
  effects: AgreementEffect[],
): void {
  const { bls, newSalt, wordOf } = agreement.parts;
  const member = placeOf(round, publicKey);
  const findings = agreement.findings.get(publicKey);
  const words = wordsAt(agreement, round);
  if (member < 0 || findings === undefined || words.has(member)) return;
  const written = wordOf(round.id, publicKey);
  // Nobody counts who commits after the commitments were fixed.
  if (round.fixed && !written) return;
  const word = written ?? {
    round: round.id,
    publicKey,
    salt: newSalt(),
    findings,
    commitments: undefined,
  };
  const bound = bind(round, word);
  words.set(member, bound);
  const { commitment: committed } = bound;
  const commit = { kind: "commit", round: round.id, member, commitment: committed } as const;
  if (isAlone(agreement, round)) {
    round.commits.set(member, { ...commit, signature: EMPTY_BYTES });
    return;
  }
  if (!written) effects.push({ type: "record", word });
  const message = fromHex(commitmentMessage(round.id, committed));
  const signature = bls.sign(secret, message);
  const signed: Commit = { ...commit, signature };
  round.commits.set(member, signed);
  effects.push({ type: "send", message: signed });
}

function revealOwn(
  agreement: Agreement,
  round: Round,
  { publicKey, secret }: Seat,
  effects: AgreementEffect[],
): void {
  const member = placeOf(round, publicKey);
  const words = wordsAt(agreement, round);
  const word = words.get(member);
  if (!round.fixed || word === undefined || round.reveals.has(member)) return;
  const { list, hash } = round.fixed;
  if (list[member] !== word.commitment) return;
  // It has signed another list: two lists are two words.
  if (word.commitments !== undefined && word.commitments !== hash) return;
  if (word.commitments === undefined) {
    words.set(member, { ...word, commitments: hash });
    const { round: id, findings, salt } = word;
    const revealed: OwnWord = { round: id, publicKey, salt, findings, commitments: hash };
    if (!isAlone(agreement, round)) effects.push({ type: "record", word: revealed });
  }
  const { findings, salt, statement } = word;
  const message = fromHex(attestationHash(statement, hash));
  const signature = agreement.parts.bls.sign(secret, message);
  const said = { round: round.id, member, salt, findings, commitments: hash, signature };
  const reveal: Reveal = { kind: "reveal", ...said };
  round.reveals.set(member, { ...reveal, statement, shared: sharedHash(round.id, findings) });
  if (!isAlone(agreement, round)) effects.push({ type: "send", message: reveal });
}

function judge(agreement: Agreement, round: Round, effects: AgreementEffect[]): void {
  const { members, quorum, level } = round.committee;
  const [largest = []] = wordsOf(round);
  if (largest.length >= quorum) {
    if (!mayEnd(agreement, round, largest)) return;
    agreement.isEnded = true;
    effects.push({ type: "agreed", ...agreedBy(agreement, round, largest) });
    return;
  }
  if (round.fixed === undefined) return;
  const place = agreement.rounds.indexOf(round);
  const isLast = place === agreement.rounds.length - 1;
  // The last level's end is proved to others, who do not know who could still speak.
  const speakers = isLast ? members.length : round.fixed.list.filter(Boolean).length;
  if (largest.length + speakers - round.reveals.size >= quorum) return;
  if (!isLast) {
    openLevels(agreement, place + 2, effects);
    return;
  }
  agreement.isEnded = true;
  const words = [...round.reveals.values()].sort((left, right) => left.member - right.member);
  const attestations = words.map(({ member, findings, commitments, signature }) => ({
    member,
    ...findings,
    commitments,
    signature,
  }));
  effects.push({ type: "disagreed", level, attestations });
}

/** Numbers are counted when all are there that were committed to, or when who is missing has had its time. */
function mayEnd(
  { parts, number, fixedAt }: Agreement,
  round: Round,
  words: readonly Reveal[],
): boolean {
  const { committee, fixed } = round;
  if (words[0]?.findings.number === undefined || !isFixedByBlock(committee)) return true;
  if (words.length === fixed?.list.filter(Boolean).length) return true;
  return number - (fixedAt.get(round) ?? number) >= revealBlocks(parts.levelBlocks);
}

function agreedBy(
  { parts }: Agreement,
  { committee, fixed }: Round,
  words: readonly Reveal[],
): { readonly findings: Findings; readonly agreed: Agreed } {
  const byMember = words.toSorted((left, right) => left.member - right.member);
  const signers = byMember.map(({ member }) => member);
  const agreed = {
    level: committee.level,
    signers: encodeSigners(signers, committee.members.length),
    salts: byMember.map(({ salt }) => salt),
    others: fixed?.list.filter((_, member) => !signers.includes(member)) ?? [],
    numbers: byMember.flatMap(({ findings: { number } }) => number ?? []),
    signature: parts.bls.aggregate(byMember.map(({ signature }) => signature)),
  };
  return { findings: (byMember[0] as Reveal).findings, agreed };
}

function offerCommitments(
  { parts, offered }: Agreement,
  round: Round,
  effects: AgreementEffect[],
): void {
  if (!isFixedByBlock(round.committee) || offered.get(round) === round.commits.size) return;
  offered.set(round, round.commits.size);
  const commits = [...round.commits.values()];
  const certificate: CommittedCertificate = {
    kind: "committed",
    ...parts.batch,
    level: round.committee.level,
    commitments: commitmentsOf(round),
    signature: parts.bls.aggregate(commits.map(({ signature }) => signature)),
  };
  effects.push({ type: "fix", certificate });
}

function wordsAt({ words }: Agreement, round: Round): Map<number, BoundWord> {
  return words.get(round) as Map<number, BoundWord>;
}

/** Whether all members are this node's and need no block: a devnet's, who say nothing to anybody else. */
function isAlone({ parts }: Agreement, { committee }: Round): boolean {
  const isOwn = ({ publicKey }: Host) => parts.seats.some((seat) => seat.publicKey === publicKey);
  return !isFixedByBlock(committee) && committee.members.every(isOwn);
}

function placeOf({ committee }: Round, host: Hex): number {
  return committee.members.findIndex(({ publicKey }) => publicKey === host);
}

function bind({ id }: Round, word: OwnWord): BoundWord {
  const { salt, findings, publicKey } = word;
  const statement = statementHash(id, findings);
  return { ...word, statement, commitment: commitment(statement, salt, fromHex(publicKey)) };
}
