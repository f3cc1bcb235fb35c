import { Unavailable } from "@delchain/runtime";
import { findingsOf } from "../attest/statement.ts";
import type { ExecutedBlock } from "../block/block.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { type Contestable, hashFindings } from "../system/challengeRegistry.ts";
import { hostId } from "../system/hostRegistry.ts";
import type { LocalMember } from "./attester.ts";
import { certifiedCalls, hostedBatch } from "./hostedBatch.ts";
import type { Hosting } from "./hosting.ts";
import type { Log } from "./log.ts";
import type { SettledBatch } from "./settledBatches.ts";

export type AuditableBatch = SettledBatch & { readonly contestable: Contestable };

export type AuditParts = {
  readonly spec: ChainSpec;
  /** Of this node; one of them runs what none of them has signed. */
  readonly members: readonly LocalMember[];
  readonly hosting: Hosting;
  readonly auditable: (number: bigint) => Promise<readonly AuditableBatch[]>;
  /** A batch that few have certified comes to something else here: whoever contests it in time is paid. */
  readonly onContradiction: (contestable: Contestable) => void;
  readonly log: Log;
};

/** Batches that wait for their turn; those of later blocks are left to other hosts. */
export const AUDITS_WAITING_MAX = 256;

/**
 * Runs again what few other hosts have certified, one batch after another, behind the calls that this node judges
 * itself. A machine that cannot run one says nothing about it.
 */
export class Audit {
  readonly #parts: AuditParts;
  readonly #waiting: AuditableBatch[] = [];
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /** A final block. */
  async follow({ block }: ExecutedBlock): Promise<void> {
    const { spec, members, auditable, log } = this.#parts;
    const isOf = spec.challengeBlocks > 0n && members.length > 0;
    if (!isOf || block.certificates.every(({ kind }) => kind !== "agreed")) return;
    const own = new Set(members.map(({ host }) => hostId(host.publicKey)));
    for (const batch of await auditable(block.header.number)) {
      if (batch.contestable.judged.signers.some((signer) => own.has(signer))) continue;
      if (this.#waiting.length < AUDITS_WAITING_MAX) this.#waiting.push(batch);
      else
        log.warn({ contract: batch.pending.contract }, "a batch is left for other hosts to check");
    }
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#running;
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  async #run(): Promise<void> {
    for (;;) {
      const batch = this.#waiting.shift();
      if (batch === undefined || this.#isClosed) return;
      await this.#check(batch);
    }
  }

  async #check({ pending, facts, contestable }: AuditableBatch): Promise<void> {
    const { spec, members, hosting, onContradiction, log } = this.#parts;
    const { contract } = pending;
    const [{ replica }] = members as readonly [LocalMember, ...LocalMember[]];
    try {
      const outcome = await hosting.execute(replica, hostedBatch(pending, facts, spec));
      const calls = certifiedCalls(outcome, pending, spec, facts.terms);
      const findings = hashFindings(findingsOf(contract, calls, outcome.slots));
      if (this.#isClosed || findings === contestable.judged.findings) return;
      log.error({ contract, block: contestable.number }, "hosts have certified something else");
      onContradiction(contestable);
    } catch (error) {
      if (error instanceof Unavailable) log.warn({ contract, part: error.part }, error.message);
      else log.error({ contract, error }, "a certified batch could not be checked");
    }
  }
}
