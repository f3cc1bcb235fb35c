import { randomBytes } from "node:crypto";
import { type Hash, type Hex, InvalidInput, Unavailable } from "@delchain/runtime";
import {
  type Agreement,
  type AgreementEffect,
  type AgreementEvent,
  openAgreement,
  saidBy,
  step,
} from "../attest/agreement.ts";
import type {
  Batch,
  CertifiedCall,
  CommittedCertificate,
  Difference,
  ResultCertificate,
  SignedStatement,
} from "../attest/certificate.ts";
import { encodeCertificate } from "../attest/certificateCodec.ts";
import { commitmentsHash, revealBlocks, SALT_BYTES } from "../attest/commitments.ts";
import type { Committee } from "../attest/committee.ts";
import { firstDifference } from "../attest/difference.ts";
import type { Level } from "../attest/levels.ts";
import { type AttestMessage, encodeMessage } from "../attest/messages.ts";
import { decodeSigners } from "../attest/signers.ts";
import { type Findings, findingsOf, isShared, roundId } from "../attest/statement.ts";
import { verifyCertificate } from "../attest/verifyCertificate.ts";
import type { AttesterParts, LocalMember } from "./attester.ts";
import type { ContractFacts } from "./contractFacts.ts";
import { batchRecord, certifiedCalls, hostedBatch } from "./hostedBatch.ts";
import type { HostedOutcome } from "./hosting.ts";
import type { StorageChange } from "./knownSlots.ts";
import type { PendingBatch, PendingCall } from "./pendingBatch.ts";
import type { Opening, RunAhead } from "./runAhead.ts";

/** How a batch's agreement ends, or what it asks of the next block meanwhile. */
export type BatchListener = {
  readonly onCertificate: (certificate: ResultCertificate) => void;
  readonly onCommitted: (certificate: CommittedCertificate) => void;
  /** The members do not agree on the batch as a whole: it is to be judged by its first calls alone. */
  readonly onDivided: (calls: number) => void;
  /** What its members say cannot be written down; it says nothing more, and is to be begun anew later. */
  readonly onTrouble: () => void;
};

type Run = { readonly outcome: HostedOutcome; readonly calls: readonly CertifiedCall[] };

/** Waits between a member's tries of a batch that its machine could not run, in milliseconds; the last repeats. */
export const RETRY_MS: readonly number[] = [250, 1_000, 5_000, 15_000, 30_000];

/**
 * One batch at this node: runs it for the node's members, carries their words, and makes the certificate when its own
 * members found what the committee agreed on. What it tells others is in the journal first.
 */
export class BatchAgreement {
  readonly pending: PendingBatch;
  readonly committees: readonly Committee[];
  readonly #parts: AttesterParts;
  readonly #facts: ContractFacts;
  readonly #since: StorageChange | undefined;
  readonly #batch: Batch;
  readonly #listener: BatchListener;
  /** What was run of it before its turn came. */
  readonly #ahead: RunAhead | undefined;
  /** The one of the batch of which this is a half. */
  readonly #former: BatchAgreement | undefined;
  readonly #agreement: Agreement;
  readonly #runs = new Map<Hex, Run>();
  readonly #fixed = new Map<Level, { readonly hash: Hash; readonly heardAt: bigint }>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #effects: AgreementEffect[];
  /** What was agreed on, and no member of this node has found yet. */
  #unrun: (AgreementEffect & { readonly type: "agreed" }) | undefined;
  #isPerforming = false;
  #isClosed = false;
  /** A certificate of ours, and the block at which it is our turn to publish it. */
  #turn: { readonly certificate: ResultCertificate; readonly at: bigint } | undefined;
  #number: bigint;

  constructor(
    parts: AttesterParts,
    pending: PendingBatch,
    { facts, committees, since }: Opening,
    ahead: RunAhead | undefined,
    listener: BatchListener,
    former: BatchAgreement | undefined,
  ) {
    this.#parts = parts;
    this.#former = former;
    this.#ahead = ahead;
    this.pending = pending;
    this.#facts = facts;
    this.#since = since;
    this.committees = committees;
    this.#batch = batchRecord(pending, facts);
    this.#listener = listener;
    this.#number = facts.head;
    const { spec, bls, members, journal } = parts;
    const { agreement, effects } = openAgreement({
      chainId: spec.chainId,
      batch: this.#batch,
      bls,
      committees,
      seats: members.map(({ host, secret }) => ({ publicKey: host.publicKey, secret })),
      openedAt: facts.head,
      levelBlocks: spec.levelBlocks,
      newSalt: () => new Uint8Array(randomBytes(SALT_BYTES)),
      wordOf: (round, publicKey) => journal.wordOf(round, publicKey),
    });
    this.#agreement = agreement;
    this.#effects = [...effects];
    for (const certificate of facts.fixed) this.fixed(certificate);
    void this.#perform();
  }

  /** What messages about this batch, or one of which it is a half, name. */
  get rounds(): readonly Hash[] {
    return [...(this.#former?.rounds ?? []), ...this.#agreement.rounds.map(({ id }) => id)];
  }

  /** What this node's members have said of it, and of what it is a half of. */
  get said(): readonly AttestMessage[] {
    return [...(this.#former?.said ?? []), ...saidBy(this.#agreement)];
  }

  /** Throws `InvalidInput` for a message that counts for nothing. */
  take(message: AttestMessage): void {
    this.#step({ type: "message", message });
  }

  /** A block has fixed a committee's commitments. */
  fixed(certificate: CommittedCertificate): void {
    const { chainId } = this.#parts.spec;
    const { level, commitments, firstIndex, lastIndex } = certificate;
    const round = roundId(chainId, certificate, level);
    const hash = commitmentsHash(round, commitments);
    this.#fixed.set(level, { hash, heardAt: this.#number });
    if (firstIndex !== this.#batch.firstIndex || lastIndex !== this.#batch.lastIndex) return;
    this.#step({ type: "fixed", level, commitments });
  }

  /** A block that has not ended the batch. */
  follow(number: bigint): void {
    this.#number = number;
    // Who lost its memory begins with the whole batch: it halves it too when it hears how the members differed.
    for (const message of this.#former?.said ?? []) this.#send(message);
    this.#step({ type: "block", number });
    if (this.#turn && this.#turn.at <= number) this.#publish(this.#turn.certificate);
  }

  /** Throws `InvalidInput` unless somebody else's certificate is about calls of this batch and proves itself. */
  verify(certificate: ResultCertificate): void {
    const { spec, bls } = this.#parts;
    const { chainId } = spec;
    const fixedAt = (level: Level) => this.#fixed.get(level)?.hash;
    // A list is heard of before its block is followed, and a certificate goes into the block after this one.
    const isRevealOver = (level: Level) =>
      this.#number - (this.#fixed.get(level)?.heardAt ?? this.#number) >=
      revealBlocks(spec.levelBlocks);
    const { lastIndex } = certificate;
    const own = { ...this.#batch, lastIndex };
    for (const field of Object.keys(own) as (keyof Batch)[]) {
      if (certificate[field] === own[field]) continue;
      const text = `the certificate's ${field} is not this batch's`;
      throw new InvalidInput({ code: "ANOTHER_BATCH", field }, text);
    }
    const { committees } = this;
    verifyCertificate(certificate, { chainId, committees, fixedAt, isRevealOver, bls });
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #step(event: AgreementEvent): void {
    this.#effects.push(...step(this.#agreement, event));
    void this.#perform();
  }

  /** One effect after another, so that a word is on disk before it is sent. */
  async #perform(): Promise<void> {
    if (this.#isPerforming) return;
    this.#isPerforming = true;
    for (;;) {
      const effect = this.#effects.shift();
      if (effect === undefined || this.#isClosed) break;
      if (effect.type === "record") {
        if (!(await this.#record(effect))) break;
      } else this.#do(effect);
    }
    this.#isPerforming = false;
  }

  async #record({ word }: AgreementEffect & { readonly type: "record" }): Promise<boolean> {
    try {
      await this.#parts.journal.record(word);
      return true;
    } catch (error) {
      // What is not written down is not said: not this word, and nothing that stands on it.
      this.#parts.log.error({ contract: this.#batch.contract, error }, "a member says nothing");
      this.close();
      this.#listener.onTrouble();
      return false;
    }
  }

  #do(effect: Exclude<AgreementEffect, { type: "record" }>): void {
    switch (effect.type) {
      case "run":
        void this.#run(effect.publicKey, 0);
        break;
      case "send":
        this.#send(effect.message);
        break;
      case "fix":
        this.#listener.onCommitted(effect.certificate);
        break;
      case "agreed":
        this.#agreed(effect);
        break;
      case "disagreed":
        this.#disagreed(effect);
        break;
      case "conflict":
        this.#parts.onConflict(effect.conflict);
    }
  }

  #send(message: AttestMessage): void {
    if (this.#hasOthers()) this.#parts.transport.publish("attest", encodeMessage(message));
  }

  async #run(publicKey: Hex, tries: number): Promise<void> {
    const { members, hosting, spec, log } = this.#parts;
    const { contract } = this.#batch;
    const { replica } = members.find(({ host }) => host.publicKey === publicKey) as LocalMember;
    try {
      const run = (): Promise<HostedOutcome> => {
        const batch = hostedBatch(this.pending, this.#facts, spec);
        return hosting.execute(replica, { ...batch, since: this.#since });
      };
      const outcome = (await this.#ahead?.outcome(publicKey, this.#facts)) ?? (await run());
      const calls = certifiedCalls(outcome, this.pending, spec, this.#facts.terms);
      if (this.#isClosed) return;
      this.#runs.set(publicKey, { outcome, calls });
      const findings = this.#findings({ outcome, calls });
      this.#step({ type: "found", publicKey, findings });
      const unrun = this.#unrun;
      this.#unrun = undefined;
      if (unrun) this.#agreed(unrun);
    } catch (error) {
      if (this.#isClosed) return;
      if (error instanceof Unavailable) log.warn({ contract, part: error.part }, error.message);
      else log.error({ contract, error }, "a batch could not be run");
      const waitMs = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] as number;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void this.#run(publicKey, tries + 1);
      }, waitMs);
      this.#timers.add(timer);
    }
  }

  #agreed({ findings, agreed }: AgreementEffect & { readonly type: "agreed" }): void {
    const run = [...this.#runs.values()].find((one) => isShared(this.#findings(one), findings));
    if (run === undefined) {
      // A host that was restarted has its word from its journal before it has run the batch again. Who found something
      // else leaves it to those who hold what was agreed on.
      this.#unrun = { type: "agreed", findings, agreed };
      return;
    }
    const { calls, outcome } = run;
    const certificate = {
      kind: "agreed",
      ...this.#batch,
      ...agreed,
      calls,
      slots: outcome.slots,
    } as const;
    const committee = this.#committeeAt(agreed.level);
    const signers = decodeSigners(agreed.signers, committee.members.length) ?? [];
    this.#end(certificate, committee, signers);
  }

  #disagreed({ level, attestations }: AgreementEffect & { readonly type: "disagreed" }): void {
    const { calls, again } = this.pending;
    const count = calls.length;
    // So that one call costs no other its result; where all differ each of them is run five times.
    if (count > 1 && again === undefined) {
      this.#listener.onDivided(count >> 1);
      return;
    }
    const difference = this.#difference(attestations);
    this.#parts.log.warn({ contract: this.#batch.contract, ...difference }, "hosts diverged");
    const batch = hostedBatch(this.pending, this.#facts, this.#parts.spec);
    if (count === 1) this.#parts.onDiverged((calls[0] as PendingCall).listed.hash, batch);
    const certificate = {
      kind: "diverged",
      ...this.#batch,
      level,
      attestations,
      difference,
    } as const;
    const signers = attestations.map(({ member }) => member);
    this.#end(certificate, this.#committeeAt(level), signers);
  }

  /** Down to the byte where two of this node's members differ, else by the hashes that hosts signed. */
  #difference(attestations: readonly SignedStatement[]): Difference {
    const indexes = this.pending.calls.map(({ entry }) => entry.index);
    const queueIndex = indexes[0] ?? 0n;
    const [first, ...others] = [...this.#runs.values()];
    const other = others.find(
      (run) => first && !isShared(this.#findings(run), this.#findings(first)),
    );
    if (first && other) return firstDifference(first.outcome, other.outcome, indexes);
    const [left, ...rest] = attestations as readonly [SignedStatement, ...SignedStatement[]];
    const right = rest.find((attestation) => !isShared(attestation, left)) ?? left;
    const fields = ["resultsHash", "diffHash", "gasUsed"] as const;
    const field = fields.find((name) => left[name] !== right[name]) ?? "gasUsed";
    const where = { resultsHash: "results", diffHash: "storage", gasUsed: "gas used" }[field];
    return { queueIndex, where, left: String(left[field]), right: String(right[field]) };
  }

  #findings({ calls, outcome }: Run): Findings {
    const findings = findingsOf(this.#batch.contract, calls, outcome.slots);
    // Such a call is a batch by itself.
    const number = outcome.calls[0]?.number;
    return number === undefined ? findings : { ...findings, number };
  }

  /** Signers publish in their order, one a block, so that a certificate is sent once where all goes well. */
  #end(certificate: ResultCertificate, committee: Committee, signers: readonly number[]): void {
    this.#listener.onCertificate(certificate);
    if (!this.#hasOthers()) return;
    const own = this.#parts.members.map(({ host }) => host.publicKey);
    const rank = signers.findIndex((place) =>
      own.includes(committee.members[place]?.publicKey ?? "0x"),
    );
    if (rank === 0) this.#publish(certificate);
    else if (rank > 0) this.#turn = { certificate, at: this.#number + BigInt(rank) };
  }

  #publish(certificate: ResultCertificate): void {
    this.#turn = undefined;
    this.#parts.transport.publish("certificate", encodeCertificate(certificate));
  }

  #committeeAt(level: Level): Committee {
    return this.committees.find((one) => one.level === level) as Committee;
  }

  /** Whether anybody beside this node's members judges, at any level. */
  #hasOthers(): boolean {
    const own = new Set(this.#parts.members.map(({ host }) => host.publicKey));
    return this.committees.some(({ members }) =>
      members.some(({ publicKey }) => !own.has(publicKey)),
    );
  }
}
