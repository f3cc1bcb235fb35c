import type { Hash, Hex } from "@delchain/runtime";
import {
  type Agreement,
  type AgreementEffect,
  type AgreementEvent,
  type OwnWord,
  openAgreement,
  step,
} from "../agreement.ts";
import type { SeededRandom } from "./random.ts";
import {
  BAD,
  CHAIN_ID,
  numberedResult,
  resultOf,
  type Scenario,
  type SimulatedHost,
} from "./scenario.ts";
import type { SimulatedBls } from "./simulatedBls.ts";

export type NodeParts = {
  readonly scenario: Scenario;
  readonly bls: SimulatedBls;
  readonly random: SeededRandom;
  /** A planted bug: what a host writes down is lost with its memory. */
  readonly forgetful: boolean;
  /** What blocks up to a height have fixed. */
  readonly fixedUpTo: (height: bigint) => readonly AgreementEvent[];
};

/** One host: its machine, what it has written down, and what its program would find. */
export class SimulatedNode {
  readonly host: SimulatedHost;
  /** Blocks that it has followed. */
  height = 0n;
  readonly #parts: NodeParts;
  readonly #journal = new Map<string, OwnWord>();
  #agreement: Agreement;
  /** Steps before its program ends; `undefined` when it is not running. */
  #runsFor: number | undefined;

  constructor(host: SimulatedHost, parts: NodeParts) {
    this.host = host;
    this.#parts = parts;
    this.#agreement = this.#open();
  }

  /** Loses all but the journal, as a process that ends and starts again. */
  restart(): void {
    if (this.#parts.forgetful) this.#journal.clear();
    this.#agreement = this.#open();
    for (const event of this.#parts.fixedUpTo(this.height)) this.take(event);
  }

  take(event: AgreementEvent): readonly AgreementEffect[] {
    return this.#keep(step(this.#agreement, event));
  }

  /** Whether no program of it is running. */
  get isIdle(): boolean {
    return this.#runsFor === undefined || this.host.role === "troubled";
  }

  /** A moment passes: a program that was running may have ended. */
  work(): readonly AgreementEffect[] {
    if (this.#runsFor === undefined || this.host.role === "troubled") return [];
    if (this.#runsFor-- > 0) return [];
    this.#runsFor = undefined;
    const { publicKey } = this.host;
    return this.take({ type: "found", publicKey, findings: this.#result() });
  }

  /** What an effect leaves behind; only what comes before a crash does. */
  #keep(effects: readonly AgreementEffect[]): readonly AgreementEffect[] {
    const { random, scenario } = this.#parts;
    const crashes = this.host.role === "crasher" && this.height < scenario.healsAt;
    const done: AgreementEffect[] = [];
    for (const effect of effects) {
      if (crashes && random.happens(3)) {
        this.restart();
        break;
      }
      done.push(effect);
      if (effect.type === "record") {
        const { round, publicKey } = effect.word;
        this.#journal.set(`${round}${publicKey}`, effect.word);
      } else if (effect.type === "run" && this.host.role !== "copier") {
        this.#runsFor = random.below(this.host.role === "slow" ? 60 : 6);
      }
    }
    return done;
  }

  #open(): Agreement {
    const { scenario, bls, random } = this.#parts;
    const { publicKey } = this.host;
    const { agreement, effects } = openAgreement({
      chainId: CHAIN_ID,
      batch: scenario.batch,
      bls,
      committees: scenario.committees,
      seats: [{ publicKey, secret: bls.secretOf(publicKey) }],
      openedAt: this.height,
      levelBlocks: scenario.levelBlocks,
      newSalt: () => random.bytes(32),
      wordOf: (round: Hash, host: Hex) => this.#journal.get(`${round}${host}`),
    });
    this.#runsFor = undefined;
    this.#agreement = agreement;
    this.#keep(effects);
    return this.#agreement;
  }

  #result() {
    const { truth, isMedian } = this.#parts.scenario;
    const { role } = this.host;
    if (isMedian) return numberedResult(this.#parts.random, BAD.has(role) && role !== "mute");
    if (BAD.has(this.host.role) && this.host.role !== "mute") return resultOf(1);
    return truth ?? resultOf(2 + this.#parts.random.below(2));
  }
}
