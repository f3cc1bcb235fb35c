import type { Hex } from "@delchain/runtime";
import type { AgreementEffect } from "../agreement.ts";
import { type ConflictingAttestations, verifyConflict } from "../conflict.ts";
import { quorumOf } from "../levels.ts";
import { medianOf } from "../median.ts";
import { decodeSigners } from "../signers.ts";
import type { Findings } from "../statement.ts";
import { BAD, CHAIN_ID, HONEST_NUMBERS, type Role, type Scenario } from "./scenario.ts";
import type { SimulatedBls } from "./simulatedBls.ts";

type Agreed = Extract<AgreementEffect, { readonly type: "agreed" }>;

/** Watches everything that proves itself to the chain, and remembers what must not be. */
export class Oracle {
  /** What was broken, in words; empty when all is well. */
  readonly broken: string[] = [];
  readonly #scenario: Scenario;
  readonly #roles: ReadonlyMap<Hex, Role>;
  readonly #bls: SimulatedBls;
  readonly #agreed = new Map<string, Findings>();

  constructor(scenario: Scenario, bls: SimulatedBls) {
    this.#scenario = scenario;
    this.#roles = new Map(scenario.hosts.map(({ publicKey, role }) => [publicKey, role]));
    this.#bls = bls;
  }

  /** A certificate that verifies. */
  certified({ findings, agreed }: Agreed): void {
    const { committees, truth } = this.#scenario;
    const committee = committees.find(({ level }) => level === agreed.level);
    const members = committee?.members ?? [];
    const signers = decodeSigners(agreed.signers, members.length) ?? [];
    const roles = members.map(({ publicKey }) => this.#roles.get(publicKey) as Role);
    const bad = roles.filter((role) => BAD.has(role)).length;
    // The rule, not what the run was told: a run with a quorum that is too small must show here.
    const quorum = quorumOf(agreed.level, members.length);
    const says = `level ${agreed.level}, ${bad} of ${members.length} bad`;
    if (truth && findings.resultsHash !== truth.resultsHash && bad < quorum) {
      this.broken.push(`a wrong result was certified: ${says}`);
    }
    const known = this.#agreed.get(agreed.level) ?? findings;
    this.#agreed.set(agreed.level, known);
    if (known.resultsHash !== findings.resultsHash && bad < 2 * quorum - members.length) {
      this.broken.push(`two results were certified: ${says}`);
    }
    this.#median(agreed, members.length, bad, says);
    for (const signer of signers) {
      const role = roles[signer];
      if (role === "troubled") this.broken.push("a machine in trouble signed a certificate");
      if (role === "copier") this.broken.push("a copier counts in a certificate");
    }
  }

  /** Fewer bad members than their rule allows move a median within what good ones found, and no further. */
  #median({ level, numbers }: Agreed["agreed"], members: number, bad: number, says: string): void {
    if (numbers.length === 0) return;
    const median = BigInt(medianOf(numbers, false));
    const { min, max } = HONEST_NUMBERS;
    const isFew = level === "fast" ? 2 * bad < members : 3 * bad < members;
    if (isFew && (median < min || median > max)) {
      this.broken.push(`a median of ${median}, which no good host found: ${says}`);
    }
  }

  /** Proof that a host said two things. */
  accused(conflict: ConflictingAttestations): void {
    verifyConflict(conflict, CHAIN_ID, this.#bls);
    const role = this.#roles.get(conflict.publicKey) as Role;
    if (!BAD.has(role)) this.broken.push(`a good host (${role}) said two things`);
  }
}
