import type { Hex, SlotChange } from "@delchain/runtime";
import type { AgreedCertificate, ResultCertificate } from "../attest/certificate.ts";
import type { Committee } from "../attest/committee.ts";
import type { AttesterParts, LocalMember } from "./attester.ts";
import type { ContractFacts } from "./contractFacts.ts";
import { hostedBatch } from "./hostedBatch.ts";
import type { HostedOutcome } from "./hosting.ts";
import type { StorageChange } from "./knownSlots.ts";
import type { PendingBatch } from "./pendingBatch.ts";

/** What a batch is run and judged with. */
export type Opening = {
  readonly facts: ContractFacts;
  readonly committees: readonly Committee[];
  /** The last change of the contract's storage. */
  readonly since: StorageChange | undefined;
};

/**
 * Runs a contract's next batch on what is certified of the batch before it, while the certificate waits for its block
 * (design, section 5). Nothing is said of the result until then: it counts when the block has that certificate, and the
 * calls looked at no balance that has changed.
 */
export class RunAhead {
  readonly pending: PendingBatch;
  readonly #parts: AttesterParts;
  readonly #opening: Promise<Opening>;
  readonly #runs = new Map<Hex, Promise<HostedOutcome | undefined>>();
  /** What the runs stand on. */
  #after: AgreedCertificate | undefined;

  constructor(parts: AttesterParts, pending: PendingBatch, opening: Promise<Opening>) {
    this.#parts = parts;
    this.pending = pending;
    this.#opening = opening;
    // It is only ahead: whoever begins the batch in earnest asks again, and is told.
    opening.catch(() => undefined);
  }

  /** The batch before, all of it, has its certificate. */
  begin(after: AgreedCertificate): void {
    if (this.#after !== undefined) return;
    this.#after = after;
    for (const { host } of this.#parts.members) {
      const { publicKey } = host;
      this.#runs.set(
        publicKey,
        this.#execute(publicKey, after.slots).catch(() => undefined),
      );
    }
  }

  /** Whether the runs, if there are any, stand on what a block has certified of the batch before. */
  standsOn(certificate: ResultCertificate): boolean {
    if (this.#after === undefined) return true;
    const isWhole = certificate.lastIndex === this.#after.lastIndex;
    const isAgreed = certificate.kind === "agreed";
    return isWhole && isAgreed && areEqual(certificate.slots, this.#after.slots);
  }

  /** A member's result, if it has one that is right for the batch as it stands now. */
  async outcome(publicKey: Hex, facts: ContractFacts): Promise<HostedOutcome | undefined> {
    const outcome = await this.#runs.get(publicKey);
    if (outcome === undefined) return undefined;
    const { balanceOf } = this.#parts;
    const { facts: foreseen } = await this.#opening;
    if (facts.contract.manifestHash !== foreseen.contract.manifestHash) return undefined;
    if (facts.terms.paid !== foreseen.terms.paid) return undefined;
    for (const [address, balance] of outcome.balances) {
      if ((await balanceOf(address, facts.stateAt)) !== balance) return undefined;
    }
    return outcome;
  }

  async #execute(publicKey: Hex, after: readonly SlotChange[]): Promise<HostedOutcome | undefined> {
    const { facts, committees, since } = await this.#opening;
    const { members, hosting, spec } = this.#parts;
    const judges = committees[0]?.members ?? [];
    if (facts.isPaidOut || !judges.some((host) => host.publicKey === publicKey)) return undefined;
    const { replica } = members.find(({ host }) => host.publicKey === publicKey) as LocalMember;
    const batch = hostedBatch(this.pending, facts, spec);
    return hosting.execute(replica, { ...batch, since, after });
  }
}

/** Both by slot. */
function areEqual(left: readonly SlotChange[], right: readonly SlotChange[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ slot, value }, i) => slot === right[i]?.slot && value === right[i]?.value)
  );
}
