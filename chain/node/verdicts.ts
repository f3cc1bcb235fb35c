import type { Address, Hash } from "@delchain/runtime";
import type {
  Certificate,
  CommittedCertificate,
  ResultCertificate,
} from "../attest/certificate.ts";
import { committeeSeed } from "../attest/committee.ts";
import type { OpenChallenge } from "../system/challengeRegistry.ts";
import type { CertifiedBatch } from "../transition/executeBlock.ts";
import { committeesOf } from "../transition/judges.ts";
import type { AttesterParts } from "./attester.ts";
import { BatchAgreement } from "./batchAgreement.ts";
import type { ContractFacts } from "./contractFacts.ts";
import type { PendingBatch } from "./pendingBatch.ts";
import type { Rounds } from "./rounds.ts";

/** A result that is contested, by its contract, the block that holds the challenge, and its first call. */
export type Contested = Pick<OpenChallenge, "contract" | "openedIn" | "firstIndex">;

/** What is contested, as it is run and judged once more. */
export type ContestedBatch = {
  readonly pending: PendingBatch & { readonly again: { readonly number: bigint } };
  readonly facts: ContractFacts;
  /** The randomness of the block that holds the challenge. */
  readonly randomness: Hash;
};

/** One challenge at this node. */
type Judging = Contested & {
  isOpening: boolean;
  agreement: BatchAgreement | undefined;
  committed: CommittedCertificate | undefined;
  verdict: ResultCertificate | undefined;
};

/**
 * Judges results that are contested, each by an agreement of its own beside those on the contract's next calls. What
 * cannot be run here is not said, and tried again with each block.
 */
export class Verdicts {
  readonly #parts: AttesterParts;
  readonly #rounds: Rounds;
  readonly #judging = new Map<Address, Judging>();
  #isClosed = false;

  constructor(parts: AttesterParts, rounds: Rounds) {
    this.#parts = parts;
    this.#rounds = rounds;
  }

  get isWaiting(): boolean {
    return this.#judging.size > 0;
  }

  /** What waits for a block: verdicts, and what makes commitments fixed. */
  get certificates(): readonly CertifiedBatch[] {
    return [...this.#judging.values()].flatMap(({ verdict, committed }) => {
      const certificate = verdict ?? committed;
      return certificate ? [{ certificate, transactions: [] }] : [];
    });
  }

  /** Whether a certificate is about something contested, and no result of the queue's next calls. */
  isAbout({ contract, orderingNumber, firstIndex }: Certificate): boolean {
    const judging = this.#judging.get(contract);
    return judging?.openedIn === orderingNumber && judging.firstIndex === firstIndex;
  }

  /** A final block has come, and so much is contested now. */
  follow(number: bigint, contested: readonly Contested[]): void {
    for (const [contract, { openedIn }] of this.#judging) {
      if (!contested.some((one) => one.contract === contract && one.openedIn === openedIn)) {
        this.#end(contract);
      }
    }
    for (const one of contested) {
      const judging = this.#judging.get(one.contract);
      if (judging?.agreement) judging.agreement.follow(number);
      else void this.#open(judging ?? this.#begin(one));
    }
  }

  /** A block has fixed a committee's commitments. */
  fixed(certificate: CommittedCertificate): void {
    const judging = this.#judging.get(certificate.contract);
    if (judging === undefined) return;
    judging.committed = undefined;
    judging.agreement?.fixed(certificate);
  }

  /** Throws `InvalidInput` for a verdict that does not prove itself. */
  take(certificate: ResultCertificate): void {
    const judging = this.#judging.get(certificate.contract);
    if (judging?.agreement === undefined || judging.verdict) return;
    judging.agreement.verify(certificate);
    judging.verdict = certificate;
    this.#parts.onCertified();
  }

  /** The chain has refused one of these: it is judged anew. */
  refuse({ contract }: Pick<Certificate, "contract">): void {
    const judging = this.#judging.get(contract);
    if (judging === undefined) return;
    this.#end(contract);
    this.#begin(judging);
  }

  close(): void {
    this.#isClosed = true;
    for (const contract of [...this.#judging.keys()]) this.#end(contract);
  }

  #begin({ contract, openedIn, firstIndex }: Contested): Judging {
    const judging: Judging = {
      contract,
      openedIn,
      firstIndex,
      isOpening: false,
      agreement: undefined,
      committed: undefined,
      verdict: undefined,
    };
    this.#judging.set(contract, judging);
    return judging;
  }

  #end(contract: Address): void {
    const agreement = this.#judging.get(contract)?.agreement;
    this.#judging.delete(contract);
    if (agreement === undefined) return;
    this.#rounds.remove(agreement);
    agreement.close();
  }

  async #open(judging: Judging): Promise<void> {
    const { contract, openedIn } = judging;
    const { spec, randomnessOf, contestedOf, onCertified, log } = this.#parts;
    if (judging.isOpening) return;
    judging.isOpening = true;
    try {
      const { pending, facts, randomness } = await contestedOf(contract);
      const later = await randomnessOf(openedIn + BigInt(spec.committeeSeedDelay));
      if (this.#judging.get(contract) !== judging || this.#isClosed) return;
      const seed = committeeSeed(randomness, later, contract);
      const committees = committeesOf(facts.judges, seed, spec);
      const opening = { facts, committees, since: undefined };
      judging.agreement = new BatchAgreement(
        this.#parts,
        pending,
        opening,
        undefined,
        {
          onCertificate: (verdict) => {
            judging.verdict = verdict;
            onCertified();
          },
          onCommitted: (committed) => {
            judging.committed = committed;
            onCertified();
          },
          // A verdict is on the whole batch.
          onDivided: () => undefined,
          onTrouble: () => this.refuse({ contract }),
        },
        undefined,
      );
      this.#rounds.add(judging.agreement);
    } catch (error) {
      // The block whose randomness completes the seed may not be there yet.
      log.debug({ contract, error }, "a contested result could not be judged yet");
    } finally {
      judging.isOpening = false;
    }
  }
}
