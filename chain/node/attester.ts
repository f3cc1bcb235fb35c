import { randomBytes } from "node:crypto";
import {
  type Address,
  type BlockContext,
  concatBytes,
  fromHex,
  type Hash,
  keccak256,
  Unavailable,
} from "@delchain/runtime";
import { AttestationRound, SALT_BYTES } from "../attest/attestationRound.ts";
import type { Bls } from "../attest/bls.ts";
import type { Batch, CertifiedCall, ResultCertificate } from "../attest/certificate.ts";
import { encodeCertificate } from "../attest/certificateCodec.ts";
import { certifiedCall, memberGasLimit } from "../attest/certifiedCall.ts";
import { committeeSeed, drawCommittee, type Host } from "../attest/committee.ts";
import { firstDifference } from "../attest/difference.ts";
import { commitment, type Findings, findingsOf, statementHash } from "../attest/statement.ts";
import type { ExecutedBlock } from "../block/block.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { CertifiedBatch } from "../transition/executeBlock.ts";
import { type BlockTime, isOverdue } from "../transition/giveUpOrder.ts";
import { callId } from "../transition/queue.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import type { HostedContract, HostedOutcome, Hosting } from "./hosting.ts";
import type { Log } from "./log.ts";
import { batchesOf, type PendingBatch, type PendingCall } from "./pendingBatch.ts";

/** A member of committees that this machine runs: its place in the spec's hosts, and its key. */
export type LocalMember = {
  readonly replica: number;
  readonly secret: Uint8Array;
  readonly host: Host;
};

/** A contract at the head, for the next batch. */
export type ContractFacts = {
  readonly contract: HostedContract;
  readonly preRoot: Hash;
  readonly stateAt: bigint;
};

export type AttesterParts = {
  readonly spec: ChainSpec;
  readonly bls: Bls;
  readonly members: readonly LocalMember[];
  readonly hosting: Hosting;
  readonly factsOf: (contract: Address) => Promise<ContractFacts>;
  readonly randomnessOf: (number: bigint) => Promise<Hash>;
  readonly onCertified: () => void;
  readonly log: Log;
};

/**
 * Waits between tries of a batch that this machine could not run, or whose certificate the chain refused, in
 * milliseconds; the last one repeats.
 */
const RETRY_MS: readonly number[] = [250, 1_000, 5_000, 15_000, 30_000];

/**
 * Runs what final blocks ordered, one batch of a contract at a time, and turns its members' words into
 * certificates. What the machine cannot run stays in the queue and is tried again; nothing is ever made up.
 */
export class Attester {
  readonly #parts: AttesterParts;
  readonly #queues = new Map<Address, PendingBatch[]>();
  readonly #running = new Set<Address>();
  readonly #certified = new Map<Address, CertifiedBatch>();
  readonly #tries = new Map<Address, number>();
  readonly #waits = new Map<Address, NodeJS.Timeout>();
  #started = false;
  #closed = false;

  constructor(parts: AttesterParts) {
    this.#parts = parts;
  }

  /**
   * Certificates that wait for a block, in queue order, at most one a contract, and as many as `bytesMax` holds
   * with their transactions; the first one in any case.
   */
  certificates(bytesMax: number): readonly CertifiedBatch[] {
    const waiting = [...this.#certified.values()].sort((left, right) =>
      left.certificate.firstIndex < right.certificate.firstIndex ? -1 : 1,
    );
    let bytes = 0;
    return waiting.filter((batch, i) => {
      bytes += bytesOf(batch);
      return i === 0 || bytes <= bytesMax;
    });
  }

  /** Whether calls wait that no block has settled. */
  get hasCalls(): boolean {
    return this.#queues.size > 0;
  }

  /**
   * Calls that a block made then gives up, because nobody has certified them in time: each contract's first ones, as
   * many as the block takes. What has its certificate already is not among them.
   */
  overdue(block: BlockTime, bytesMax: number): readonly SignedTransaction[] {
    const { spec } = this.#parts;
    const calls = [...this.#queues.entries()]
      .filter(([contract]) => !this.#certified.has(contract))
      .flatMap(([, batches]) => batches)
      .filter(({ ordering }) => isOverdue(ordering.header, block, spec))
      .flatMap((batch) => batch.calls)
      .sort((left, right) => (left.entry.index < right.entry.index ? -1 : 1))
      .slice(0, spec.overdueMax);
    let bytes = 0;
    const fitting = calls.filter(({ signed }, i) => {
      bytes += signed.raw.length;
      return i === 0 || bytes <= bytesMax;
    });
    return fitting.map(({ signed }) => signed);
  }

  /** The certificate over a call, while it waits for a block. */
  certificateFor(contract: Address, index: bigint): ResultCertificate | undefined {
    const certificate = this.#certified.get(contract)?.certificate;
    if (certificate === undefined) return undefined;
    const isInside = certificate.firstIndex <= index && index <= certificate.lastIndex;
    return isInside ? certificate : undefined;
  }

  stageOf(contract: Address, index: bigint): "ordered" | "executing" | "attested" {
    if (this.certificateFor(contract, index)) return "attested";
    const first = this.#queues.get(contract)?.[0];
    const isFirst = first?.calls.some(({ entry }) => entry.index === index) ?? false;
    return isFirst && this.#running.has(contract) ? "executing" : "ordered";
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
    }
  }

  /** Lets go of what a final block certified or gave up, and goes on with the contract's next calls. */
  settle({ receipts }: ExecutedBlock): void {
    const settled = new Map<Address, bigint>();
    for (const { to, containerCall } of receipts) {
      if (containerCall) settled.set(to as Address, containerCall.queueIndex);
    }
    for (const [contract, last] of settled) {
      this.#certified.delete(contract);
      this.#tries.delete(contract);
      const left = (this.#queues.get(contract) ?? []).flatMap((batch) => afterCall(batch, last));
      if (left.length === 0) this.#queues.delete(contract);
      else this.#queues.set(contract, left);
      this.#next(contract);
    }
  }

  /** A certificate that the chain refused is of no use: its batch is run again on the state as it is now. */
  refuse(certificate: ResultCertificate, reason: string): void {
    const { contract } = certificate;
    this.#parts.log.error({ contract, reason }, "a certificate of ours was refused");
    this.#certified.delete(contract);
    this.#retryLater(contract);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#waits.values()) clearTimeout(timer);
  }

  #next(contract: Address): void {
    const batch = this.#queues.get(contract)?.[0];
    if (batch === undefined || this.#closed || !this.#started) return;
    const busy = this.#running.has(contract) || this.#waits.has(contract);
    if (busy || this.#certified.has(contract)) return;
    this.#running.add(contract);
    void this.#attest(batch).finally(() => {
      this.#running.delete(contract);
      // What was settled while it ran has another batch behind it.
      this.#next(contract);
    });
  }

  async #attest(batch: PendingBatch): Promise<void> {
    const { contract } = batch;
    try {
      const certified = await this.#certify(batch);
      // Given up meanwhile: nobody waits for it any more.
      if (this.#queues.get(contract)?.[0] !== batch) return;
      this.#certified.set(contract, certified);
      this.#parts.onCertified();
    } catch (error) {
      if (this.#closed) return;
      const { log } = this.#parts;
      if (error instanceof Unavailable) log.warn({ contract, part: error.part }, error.message);
      else log.error({ contract, error }, "a batch could not be attested");
      this.#retryLater(contract);
    }
  }

  #retryLater(contract: Address): void {
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

  /**
   * Runs a batch and certifies what its members agree on. Where they differ, the calls before the difference are run
   * again by themselves, so that one call costs no other its result; a call by itself is certified as diverged.
   */
  async #certify(pending: PendingBatch): Promise<CertifiedBatch> {
    const facts = await this.#parts.factsOf(pending.contract);
    const committee = await this.#drawCommittee(pending);
    for (let batch = pending; ; ) {
      const { certificate, agreedCalls } = await this.#judge(batch, facts, committee);
      if (agreedCalls === undefined) {
        return { certificate, transactions: batch.calls.map(({ signed }) => signed) };
      }
      batch = { ...batch, calls: batch.calls.slice(0, agreedCalls) };
    }
  }

  /** `agreedCalls`: how many to run again in place of this batch, fewer than it has. */
  async #judge(
    pending: PendingBatch,
    facts: ContractFacts,
    committee: readonly Host[],
  ): Promise<{ readonly certificate: ResultCertificate; readonly agreedCalls?: number }> {
    const { spec, bls, hosting, log } = this.#parts;
    const batch = batchRecord(pending, facts);
    const members = this.#localMembers(committee);
    const hosted = {
      contract: facts.contract,
      block: contextOf(pending, spec),
      stateAt: facts.stateAt,
      calls: hostedCalls(pending, spec, committee.length),
    };
    const outcomes = await Promise.all(
      members.map(({ replica }) => hosting.execute(replica, hosted)),
    );
    const results = outcomes.map((outcome) => certifiedCalls(outcome, pending, spec, committee));
    const round = new AttestationRound(committee, spec.chainId, batch, bls);
    const reveals = members.map(({ secret, place }, i) => {
      const outcome = outcomes[i] as HostedOutcome;
      const findings = findingsOf(pending.contract, results[i] as CertifiedCall[], outcome.slots);
      return { member: place, ...signFindings(secret, findings, batch, this.#parts) };
    });
    for (const { member, committed } of reveals) round.commit(member, committed);
    for (const reveal of reveals) round.reveal(reveal);
    if (round.isAgreed() === true) {
      const { slots } = outcomes[0] as HostedOutcome;
      return { certificate: round.agreed(results[0] as CertifiedCall[], slots) };
    }
    const [left, right] = outcomes as [HostedOutcome, HostedOutcome];
    const indexes = pending.calls.map(({ entry }) => entry.index);
    const difference = firstDifference(left, right, indexes);
    log.warn({ contract: pending.contract, ...difference }, "replicas diverged");
    const certificate = round.diverged(difference);
    const calls = indexes.length;
    if (calls === 1) return { certificate };
    // At most half of them, so that a contract that differs every time costs twice its calls and no more.
    const before = indexes.indexOf(difference.queueIndex);
    return { certificate, agreedCalls: Math.max(1, Math.min(before, calls >> 1)) };
  }

  async #drawCommittee(pending: PendingBatch): Promise<readonly Host[]> {
    const { spec, randomnessOf } = this.#parts;
    const { number, mixHash } = pending.ordering.header;
    const later = await randomnessOf(number + BigInt(spec.committeeSeedDelay));
    return drawCommittee(spec.hosts, committeeSeed(mixHash, later, pending.contract));
  }

  /** This machine's members of a committee, each with its place in it. */
  #localMembers(committee: readonly Host[]): readonly (LocalMember & { place: number })[] {
    return this.#parts.members.flatMap((member) => {
      const place = committee.findIndex(({ publicKey }) => publicKey === member.host.publicKey);
      return place < 0 ? [] : [{ ...member, place }];
    });
  }
}

/** What is left of a batch when its calls up to one are settled: the same batch, a shorter one, or none. */
function afterCall(batch: PendingBatch, last: bigint): readonly PendingBatch[] {
  const calls = batch.calls.filter(({ entry }) => entry.index > last);
  if (calls.length === batch.calls.length) return [batch];
  return calls.length === 0 ? [] : [{ ...batch, calls }];
}

function bytesOf({ certificate, transactions }: CertifiedBatch): number {
  const raw = transactions.reduce((sum, signed) => sum + signed.raw.length, 0);
  return raw + encodeCertificate(certificate).length;
}

function batchRecord(pending: PendingBatch, facts: ContractFacts): Batch {
  return {
    contract: pending.contract,
    orderingNumber: pending.ordering.header.number,
    orderingHash: pending.ordering.hash,
    manifestHash: facts.contract.manifestHash,
    firstIndex: (pending.calls[0] as PendingCall).entry.index,
    lastIndex: (pending.calls.at(-1) as PendingCall).entry.index,
    preRoot: facts.preRoot,
  };
}

function contextOf({ ordering: { header } }: PendingBatch, spec: ChainSpec): BlockContext {
  return {
    chainId: spec.chainId,
    number: header.number,
    timestamp: header.timestamp,
    gasLimit: header.gasLimit,
    baseFee: header.baseFeePerGas,
    producer: header.producer,
    randomness: header.mixHash,
  };
}

function hostedCalls(pending: PendingBatch, spec: ChainSpec, committee: number) {
  const { header } = pending.ordering;
  return pending.calls.map(({ entry, signed }) => ({
    caller: signed.sender,
    value: signed.transaction.value,
    input: signed.transaction.data,
    gasLimit: memberGasLimit(signed.transaction.gasLimit, spec.orderGas, committee),
    // Known to all members alike, and to nobody before the call is ordered.
    seed: keccak256(
      concatBytes(
        fromHex(header.mixHash),
        fromHex(callId(spec.chainId, entry.orderedIn, entry.index)),
      ),
    ),
  }));
}

function certifiedCalls(
  outcome: HostedOutcome,
  pending: PendingBatch,
  spec: ChainSpec,
  committee: readonly Host[],
): CertifiedCall[] {
  return outcome.calls.map((result, i) => {
    const { entry } = pending.calls[i] as PendingCall;
    return certifiedCall(result, entry.index, spec.orderGas, committee.length);
  });
}

function signFindings(
  secret: Uint8Array,
  findings: Findings,
  batch: Batch,
  { spec, bls }: AttesterParts,
) {
  const statement = statementHash(spec.chainId, batch, findings);
  const salt = randomBytes(SALT_BYTES);
  return {
    findings,
    salt,
    committed: commitment(statement, salt, bls.publicKey(secret)),
    signature: bls.sign(secret, fromHex(statement)),
  };
}
