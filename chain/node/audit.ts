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

/** Blocks that wait for their turn; those that come when so many do are left to other hosts. */
export const AUDITS_WAITING_MAX = 64;

/**
 * Runs again what few other hosts have certified, one batch after another, behind the calls that this node judges
 * itself. A machine that cannot run one says nothing about it.
 */
export class Audit {
  readonly #parts: AuditParts;
  readonly #waiting: bigint[] = [];
  #running: Promise<void> | undefined;

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /** A final block has come. */
  follow({ block }: ExecutedBlock): void {
    const { spec, members, log } = this.#parts;
    const { number } = block.header;
    if (spec.challengeBlocks === 0n || members.length === 0) return;
    if (block.certificates.every(({ kind }) => kind !== "agreed")) return;
    if (this.#waiting.length >= AUDITS_WAITING_MAX) {
      log.warn({ number }, "what this block certified is left for other hosts to check");
      return;
    }
    this.#waiting.push(number);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#running;
  }

  close(): void {
    this.#waiting.length = 0;
  }

  async #run(): Promise<void> {
    // The block's other listeners come first.
    await Promise.resolve();
    for (;;) {
      const number = this.#waiting.shift();
      if (number === undefined) return;
      try {
        for (const batch of await this.#parts.auditable(number)) await this.#check(batch);
      } catch (error) {
        this.#parts.log.error({ number, error }, "a block's certificates could not be checked");
      }
    }
  }

  async #check({ pending, facts, contestable }: AuditableBatch): Promise<void> {
    const { spec, members, hosting, onContradiction, log } = this.#parts;
    const { contract } = pending;
    const { judged, number } = contestable;
    const [member] = members;
    const isOwn = members.some(({ host }) => judged.signers.includes(hostId(host.publicKey)));
    if (isOwn || member === undefined) return;
    try {
      const batch = hostedBatch(pending, facts, spec);
      const outcome = await hosting.execute(member.replica, batch);
      const calls = certifiedCalls(outcome, pending, spec, facts.terms);
      if (hashFindings(findingsOf(contract, calls, outcome.slots)) === judged.findings) return;
      log.error({ contract, number }, "hosts have certified something else");
      onContradiction(contestable);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      log.warn({ contract, part: error.part }, error.message);
    }
  }
}
