import type { Address, Hash } from "@delchain/runtime";
import type { Bls } from "../attest/bls.ts";
import type {
  Certificate,
  CommittedCertificate,
  ResultCertificate,
} from "../attest/certificate.ts";
import { decodeCertificate, encodeCertificate } from "../attest/certificateCodec.ts";
import { committeeSeed, type Host } from "../attest/committee.ts";
import type { ConflictingAttestations } from "../attest/conflict.ts";
import type { ExecutedBlock } from "../block/block.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { CertifiedBatch } from "../transition/executeBlock.ts";
import { type BlockTime, isOverdue } from "../transition/giveUpOrder.ts";
import { committeesOf } from "../transition/judges.ts";
import { callsAlike } from "../transition/medianCall.ts";
import type { ListedTransaction } from "../tx/transaction.ts";
import { BatchAgreement, type BatchListener, RETRY_MS } from "./batchAgreement.ts";
import { firstFitting } from "./blockBytes.ts";
import type { Opened } from "./chainAnswers.ts";
import type { ContractFacts, FactsQuestion } from "./contractFacts.ts";
import type { HostedBatch, Hosting } from "./hosting.ts";
import type { StorageChange } from "./knownSlots.ts";
import type { Log } from "./log.ts";
import type { HostOwner } from "./operator.ts";
import {
  afterCall,
  batchesOf,
  countAtFirst,
  type PendingBatch,
  type PendingCall,
} from "./pendingBatch.ts";
import { Rounds } from "./rounds.ts";
import { type Opening, RunAhead } from "./runAhead.ts";
import type { Transport } from "./transport.ts";
import { type Contested, type ContestedBatch, Verdicts } from "./verdicts.ts";
import type { WordJournal } from "./wordJournal.ts";

/** A member of committees that this machine runs: its place among the machine's replicas, and its key. */
export type LocalMember = {
  readonly replica: number;
  readonly secret: Uint8Array;
  readonly host: Host;
  /** Whose key this machine has to do what the host's owner would; without it people do. */
  readonly owner?: HostOwner;
};

export type AttesterParts = {
  readonly spec: ChainSpec;
  readonly bls: Bls;
  /** None for a node that hosts nothing: it collects what others say. */
  readonly members: readonly LocalMember[];
  readonly hosting: Hosting;
  readonly transport: Transport;
  readonly journal: WordJournal;
  readonly factsOf: (question: FactsQuestion) => Promise<ContractFacts>;
  readonly randomnessOf: (number: bigint) => Promise<Hash>;
  /** What is contested of a contract. */
  readonly contestedOf: (contract: Address) => Promise<ContestedBatch>;
  /** In wei, after block `number`. */
  readonly balanceOf: (address: Address, number: bigint) => Promise<bigint>;
  readonly onCertified: () => void;
  /** Told of a call by itself whose members differ. */
  readonly onDiverged: (transaction: Hash, batch: HostedBatch) => void;
  /** A host has said two things. */
  readonly onConflict: (conflict: ConflictingAttestations) => void;
  readonly log: Log;
};

/**
 * Follows what final blocks ordered, one batch of a contract at a time: its own members run and attest it, and what
 * the committee agrees on becomes a certificate. What nobody can run stays in the queue; nothing is ever made up.
 */
export class Attester {
  readonly #parts: AttesterParts;
  readonly #queues = new Map<Address, PendingBatch[]>();
  readonly #opening = new Set<Address>();
  readonly #agreements = new Map<Address, BatchAgreement>();
  readonly #rounds: Rounds;
  readonly #verdicts: Verdicts;
  /** Of the batch behind the one that is judged. */
  readonly #ahead = new Map<Address, RunAhead>();
  /** Of contracts that have calls waiting. */
  readonly #changes = new Map<Address, StorageChange>();
  readonly #certified = new Map<Address, CertifiedBatch>();
  readonly #committed = new Map<Address, CommittedCertificate>();
  /** What blocks have fixed for a contract's first calls since this node started. */
  readonly #fixed = new Map<Address, CommittedCertificate[]>();
  /** Contracts that were suspended, whose calls blocks give up. */
  readonly #paidOut = new Set<Address>();
  readonly #tries = new Map<Address, number>();
  readonly #waits = new Map<Address, NodeJS.Timeout>();
  #started = false;
  #closed = false;

  constructor(parts: AttesterParts) {
    this.#parts = parts;
    this.#rounds = new Rounds(parts.log);
    this.#verdicts = new Verdicts(parts, this.#rounds);
    parts.transport.listen("attest", (bytes) => this.#rounds.take(bytes));
    parts.transport.listen("certificate", (bytes) =>
      this.#rounds.unlessRefused(() => this.#takeCertificate(bytes)),
    );
  }

  /**
   * Certificates that wait for a block, in queue order, at most one a contract, and as many as `bytesMax` holds
   * with their transactions; the first one in any case.
   */
  certificates(bytesMax: number): readonly CertifiedBatch[] {
    const committed = [...this.#committed.values()]
      .filter(({ contract }) => !this.#certified.has(contract))
      .map((certificate): CertifiedBatch => ({ certificate, transactions: [] }));
    // A block takes one of a contract: what stops it comes before what goes on.
    const verdicts = this.#verdicts.certificates;
    const judged = new Set(verdicts.map(({ certificate }) => certificate.contract));
    const others = [...this.#certified.values(), ...committed].filter(
      ({ certificate }) => !judged.has(certificate.contract),
    );
    const waiting = [...verdicts, ...others].sort((left, right) =>
      left.certificate.firstIndex < right.certificate.firstIndex ? -1 : 1,
    );
    return firstFitting(waiting, bytesOf, bytesMax);
  }

  /** Whether calls wait that no block has settled, or a challenge for its verdict. */
  get hasCalls(): boolean {
    return this.#queues.size > 0 || this.#verdicts.isWaiting;
  }

  /**
   * Calls that a block made then gives up, because nobody has certified them in time or their contract was suspended:
   * each contract's first ones, as many as the block takes. What has its certificate already is not among them.
   */
  overdue(block: BlockTime, bytesMax: number): readonly ListedTransaction[] {
    const { spec } = this.#parts;
    const calls = [...this.#queues.entries()]
      .filter(([contract]) => !this.#certified.has(contract))
      .flatMap(([, batches]) => batches)
      .filter(
        ({ contract, ordering }) =>
          this.#paidOut.has(contract) || isOverdue(ordering.header, block, spec),
      )
      .flatMap((batch) => batch.calls)
      .sort((left, right) => (left.entry.index < right.entry.index ? -1 : 1))
      .slice(0, spec.overdueMax);
    const listed = calls.map((call) => call.listed);
    return firstFitting(listed, ({ raw }) => raw.length, bytesMax);
  }

  /** The certificate over a call, while it waits for a block. */
  certificateFor(contract: Address, index: bigint): ResultCertificate | undefined {
    const certificate = this.#certified.get(contract)?.certificate;
    if (certificate === undefined || certificate.kind === "committed") return undefined;
    const isInside = certificate.firstIndex <= index && index <= certificate.lastIndex;
    return isInside ? certificate : undefined;
  }

  stageOf(contract: Address, index: bigint): "ordered" | "executing" | "attested" {
    if (this.certificateFor(contract, index)) return "attested";
    const first = this.#queues.get(contract)?.[0];
    const isFirst = first?.calls.some(({ entry }) => entry.index === index) ?? false;
    return isFirst && this.#agreements.has(contract) ? "executing" : "ordered";
  }

  /** Takes up what the chain had left open when this node started. */
  resume({ head, waiting, contested }: Pick<Opened, "head" | "waiting" | "contested">): void {
    for (const { ordering, calls } of waiting) this.accept(ordering, calls);
    this.contest(head.block.header.number, contested);
  }

  /** Begins with what was accepted so far; before it nothing runs. */
  start(): void {
    this.#started = true;
    for (const contract of this.#queues.keys()) this.#next(contract);
  }

  /** Takes up what a final block ordered; blocks come in their order. */
  accept(ordering: PendingBatch["ordering"], calls: readonly PendingCall[]): void {
    for (const batch of batchesOf(ordering, calls)) {
      const queue = this.#queues.get(batch.contract) ?? [];
      this.#queues.set(batch.contract, queue);
      queue.push(batch);
      this.#next(batch.contract);
      this.#lookAhead(batch.contract);
    }
  }

  /**
   * Follows a final block: lets go of what it ended and goes on with the contract's next calls, and tells the others
   * what it fixed and that it came.
   */
  settle({ block, receipts }: ExecutedBlock): void {
    const settled = new Map<Address, bigint>();
    for (const { to, containerCall } of receipts) {
      if (containerCall) settled.set(to as Address, containerCall.queueIndex);
    }
    for (const certificate of block.certificates) {
      if (certificate.kind === "committed" || this.#verdicts.isAbout(certificate)) continue;
      const { contract, preRoot: from } = certificate;
      if (this.#ahead.get(contract)?.standsOn(certificate) === false) this.#ahead.delete(contract);
      if (certificate.kind === "agreed") {
        this.#changes.set(contract, { from, slots: certificate.slots });
      }
    }
    for (const [contract, last] of settled) {
      this.#forget(contract);
      this.#fixed.delete(contract);
      this.#paidOut.delete(contract);
      this.#tries.delete(contract);
      const left = (this.#queues.get(contract) ?? []).flatMap((batch) => afterCall(batch, last));
      if (left[0] !== this.#ahead.get(contract)?.pending) this.#ahead.delete(contract);
      if (left.length > 0) this.#queues.set(contract, left);
      else {
        this.#queues.delete(contract);
        this.#changes.delete(contract);
      }
      this.#next(contract);
    }
    for (const certificate of block.certificates) {
      if (certificate.kind !== "committed") continue;
      if (this.#verdicts.isAbout(certificate)) {
        this.#verdicts.fixed(certificate);
        continue;
      }
      const { contract } = certificate;
      this.#committed.delete(contract);
      this.#fixed.set(contract, [...(this.#fixed.get(contract) ?? []), certificate]);
      this.#agreements.get(contract)?.fixed(certificate);
    }
    for (const agreement of this.#agreements.values()) agreement.follow(block.header.number);
  }

  /** What is contested after block `number`: it is judged once more. */
  contest(number: bigint, contested: readonly Contested[]): void {
    this.#verdicts.follow(number, contested);
  }

  /** A certificate that the chain refused is of no use: its batch is run again on the state as it is now. */
  refuse(certificate: Certificate, reason: string): void {
    const { contract } = certificate;
    this.#parts.log.error({ contract, reason }, "a certificate of ours was refused");
    if (this.#verdicts.isAbout(certificate)) this.#verdicts.refuse(certificate);
    else if (certificate.kind === "committed") this.#committed.delete(contract);
    else this.#retryLater(contract);
  }
  close(): void {
    this.#closed = true;
    for (const timer of this.#waits.values()) clearTimeout(timer);
    for (const agreement of this.#agreements.values()) agreement.close();
    this.#verdicts.close();
  }

  #forget(contract: Address): void {
    this.#certified.delete(contract);
    this.#committed.delete(contract);
    const agreement = this.#agreements.get(contract);
    this.#agreements.delete(contract);
    if (agreement === undefined) return;
    this.#rounds.remove(agreement);
    agreement.close();
  }

  #next(contract: Address): void {
    const batch = this.#queues.get(contract)?.[0];
    if (batch === undefined || this.#closed || !this.#started) return;
    const isBusy = this.#opening.has(contract) || this.#waits.has(contract);
    if (isBusy || this.#agreements.has(contract) || this.#paidOut.has(contract)) return;
    this.#opening.add(contract);
    void this.#open(batch).finally(() => {
      this.#opening.delete(contract);
      // What was settled while it was opened has another batch behind it.
      this.#next(contract);
    });
  }

  async #open(pending: PendingBatch): Promise<void> {
    const { contract } = pending;
    try {
      const opening = await this.#openingOf(pending);
      const { facts } = opening;
      // Given up meanwhile: nobody waits for it any more.
      if (this.#queues.get(contract)?.[0] !== pending || this.#closed) return;
      if (facts.isPaidOut) {
        this.#paidOut.add(contract);
        this.#parts.onCertified();
        return;
      }
      const inputs = pending.calls.map(({ listed }) => listed.transaction.data);
      const alike = callsAlike(inputs, facts.judges.rules);
      // What was run ahead is known by its batch, so the whole stays what it is.
      const count = Math.min(alike, countAtFirst(pending, facts));
      const isWhole = count === pending.calls.length;
      const batch = isWhole ? pending : { ...pending, calls: pending.calls.slice(0, count) };
      this.#agree(batch, opening);
    } catch (error) {
      if (this.#closed) return;
      this.#parts.log.error({ contract, error }, "a batch could not be begun");
      this.#retryLater(contract);
    }
  }

  async #openingOf({ contract, ordering, calls }: PendingBatch): Promise<Opening> {
    const { factsOf, randomnessOf, spec } = this.#parts;
    const { number, mixHash } = ordering.header;
    const first = (calls[0] as PendingCall).entry.index;
    const facts = await factsOf({ contract, orderedIn: number, first });
    const later = await randomnessOf(number + BigInt(spec.committeeSeedDelay));
    const seed = committeeSeed(mixHash, later, contract);
    const committees = committeesOf(facts.judges, seed, spec);
    return { facts, committees, since: this.#changes.get(contract) };
  }

  /** `former`: the agreement on the batch of which this one is a half. */
  #agree(pending: PendingBatch, opening: Opening, former?: BatchAgreement): void {
    const { contract } = pending;
    const ahead = this.#ahead.get(contract);
    this.#ahead.delete(contract);
    const prepared = ahead?.pending === pending ? ahead : undefined;
    const listener: BatchListener = {
      onCertificate: (certificate) => this.#keep(pending, certificate),
      onCommitted: (certificate) => {
        this.#committed.set(contract, certificate);
        this.#parts.onCertified();
      },
      onDivided: (calls) => {
        const whole = this.#agreements.get(contract);
        this.#forget(contract);
        this.#agree({ ...pending, calls: pending.calls.slice(0, calls) }, opening, whole);
      },
      onTrouble: () => this.#retryLater(contract),
    };
    const parts = this.#parts;
    const agreement = new BatchAgreement(parts, pending, opening, prepared, listener, former);
    this.#agreements.set(contract, agreement);
    this.#lookAhead(contract);
    // The facts may be older than a block that came while they were asked for.
    for (const certificate of this.#fixed.get(contract) ?? []) agreement.fixed(certificate);
    this.#rounds.add(agreement);
  }

  /** Prepares the batch behind the one that is judged, once there is one. */
  #lookAhead(contract: Address): void {
    const [first, next] = this.#queues.get(contract) ?? [];
    const agreement = this.#agreements.get(contract);
    if (first === undefined || next === undefined || this.#ahead.has(contract)) return;
    if (agreement?.pending !== first || this.#parts.members.length === 0) return;
    this.#ahead.set(contract, new RunAhead(this.#parts, next, this.#openingOf(next)));
    this.#runAhead(contract);
  }

  /** A half of the batch before is not what the next one stands on. */
  #runAhead(contract: Address): void {
    const certificate = this.#certified.get(contract)?.certificate;
    const before = this.#queues.get(contract)?.[0]?.calls.at(-1)?.entry.index;
    if (certificate?.kind !== "agreed" || certificate.lastIndex !== before) return;
    this.#ahead.get(contract)?.begin(certificate);
  }

  #keep({ contract, calls }: PendingBatch, certificate: ResultCertificate): void {
    const certified = calls.filter(({ entry }) => entry.index <= certificate.lastIndex);
    const transactions = certified.map(({ listed }) => listed);
    this.#certified.set(contract, { certificate, transactions });
    this.#runAhead(contract);
    this.#parts.onCertified();
  }

  #takeCertificate(bytes: Uint8Array): void {
    const certificate = decodeCertificate(bytes, this.#parts.spec.certificateBytesMax);
    const agreement = this.#agreements.get(certificate.contract);
    if (certificate.kind === "committed") return;
    if (this.#verdicts.isAbout(certificate)) {
      this.#verdicts.take(certificate);
      return;
    }
    if (agreement === undefined || this.#certified.has(certificate.contract)) return;
    agreement.verify(certificate);
    this.#keep(agreement.pending, certificate);
  }

  #retryLater(contract: Address): void {
    this.#forget(contract);
    if (this.#closed) return;
    const tries = this.#tries.get(contract) ?? 0;
    this.#tries.set(contract, tries + 1);
    const waitMs = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] as number;
    const timer = setTimeout(() => {
      this.#waits.delete(contract);
      this.#next(contract);
    }, waitMs);
    this.#waits.set(contract, timer);
  }
}

function bytesOf({ certificate, transactions }: CertifiedBatch): number {
  const listed = transactions.reduce((sum, { raw }) => sum + raw.length, 0);
  return listed + encodeCertificate(certificate).length;
}
