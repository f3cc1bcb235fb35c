import {
  type Address,
  type Hash,
  type Hex,
  InvalidInput,
  toHex,
  ZERO_HASH,
} from "@delchain/runtime";
import {
  type Agreement,
  type AgreementEffect,
  type AgreementEvent,
  type OwnWord,
  openAgreement,
  step,
} from "./agreement.ts";
import type { AgreedCertificate, Batch, Certificate, CommittedCertificate } from "./certificate.ts";
import { commitmentsHash } from "./commitments.ts";
import { type Committee, drawCommittees } from "./committee.ts";
import type { Level } from "./levels.ts";
import type { AttestMessage, Commit, Reveal } from "./messages.ts";
import { RESULTS } from "./simulation/scenario.ts";
import { SimulatedBls } from "./simulation/simulatedBls.ts";
import { type Findings, roundId } from "./statement.ts";
import { verifyCertificate } from "./verifyCertificate.ts";

export const CHAIN_ID = 31_337n;
export const BATCH: Batch = {
  contract: `0x${"c0".repeat(20)}` as Address,
  orderingNumber: 5n,
  orderingHash: `0x${"05".repeat(32)}` as Hash,
  manifestHash: `0x${"06".repeat(32)}` as Hash,
  firstIndex: 1n,
  lastIndex: 1n,
  preRoot: ZERO_HASH,
};
export const OPENED_AT = 10n;
export const LEVEL_BLOCKS = 4n;

/** Hosts with a machine each, and nothing that carries their messages but the test. */
export class TestHosts {
  readonly bls: SimulatedBls = new SimulatedBls();
  readonly keys: readonly Hex[];
  readonly committees: readonly Committee[];
  readonly journals: readonly Map<string, OwnWord>[];
  /** Whether whoever has committed and is silent may be left out. */
  isRevealOver = false;
  readonly #agreements: Agreement[] = [];
  #salts = 0;

  constructor(count: number) {
    const secrets = Array.from({ length: count }, (_, i) => new Uint8Array(32).fill(i + 1));
    this.keys = secrets.map((secret) => toHex(this.bls.publicKey(secret)));
    const hosts = this.keys.map((publicKey) => ({ publicKey, payout: "0x" as Hex }));
    const sizes = { fast: 3, strong: 4, all: 303 };
    this.committees = drawCommittees({ hosts, seed: ZERO_HASH, sizes, first: "fast" });
    this.journals = this.keys.map(() => new Map());
    for (const host of this.keys.keys()) this.restart(host);
  }

  /** The host that has a place in a level's committee. */
  at(level: number, place: number): number {
    return this.keys.indexOf(this.committees[level]?.members[place]?.publicKey as Hex);
  }

  round(level: number): Hash {
    return roundId(CHAIN_ID, BATCH, (this.committees[level] as Committee).level);
  }

  /** Loses a host's memory; what it has written down stays. */
  restart(host: number): readonly AgreementEffect[] {
    const publicKey = this.keys[host] as Hex;
    const { agreement, effects } = openAgreement({
      chainId: CHAIN_ID,
      batch: BATCH,
      bls: this.bls,
      committees: this.committees,
      seats: [{ publicKey, secret: this.bls.secretOf(publicKey) }],
      openedAt: OPENED_AT,
      levelBlocks: LEVEL_BLOCKS,
      newSalt: () => new Uint8Array(32).fill(++this.#salts),
      wordOf: (round) => this.journals[host]?.get(round),
    });
    this.#agreements[host] = agreement;
    return effects;
  }

  step(host: number, event: AgreementEvent): readonly AgreementEffect[] {
    const effects = step(this.#agreements[host] as Agreement, event);
    for (const effect of effects) {
      if (effect.type === "record") this.journals[host]?.set(effect.word.round, effect.word);
    }
    return effects;
  }

  find(host: number, findings: Findings): readonly AgreementEffect[] {
    return this.step(host, { type: "found", publicKey: this.keys[host] as Hex, findings });
  }

  hear(host: number, message: AttestMessage): readonly AgreementEffect[] {
    return this.step(host, { type: "message", message });
  }

  /** The code with which a message is refused. */
  refusal(host: number, message: AttestMessage): string {
    try {
      this.hear(host, message);
      return "taken";
    } catch (error) {
      if (error instanceof InvalidInput) return error.facts.code;
      throw error;
    }
  }

  /** Carries messages to all hosts but deaf ones until nobody says anything new; returns all other effects. */
  carry(effects: readonly AgreementEffect[], deaf: readonly number[] = []): AgreementEffect[] {
    const others: AgreementEffect[] = [];
    const queue = [...effects];
    for (let effect = queue.shift(); effect; effect = queue.shift()) {
      if (effect.type !== "send") {
        others.push(effect);
        continue;
      }
      for (const host of this.keys.keys()) {
        if (deaf.includes(host)) continue;
        try {
          queue.push(...this.hear(host, effect.message));
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
        }
      }
    }
    return others;
  }

  /** Whether the chain takes it; `fixed` is what a block before it holds. */
  verify(certificate: Certificate, fixed?: CommittedCertificate): void {
    const { committees, bls } = this;
    const fixedAt = (level: Level) =>
      fixed?.level === level
        ? commitmentsHash(roundId(CHAIN_ID, BATCH, level), fixed.commitments)
        : undefined;
    const isRevealOver = () => this.isRevealOver;
    verifyCertificate(certificate, { chainId: CHAIN_ID, committees, fixedAt, isRevealOver, bls });
  }

  /** Every host follows a block that holds these commitments. */
  fix({ level, commitments }: CommittedCertificate): AgreementEffect[] {
    return [...this.keys.keys()].flatMap((host) =>
      this.step(host, { type: "fixed", level, commitments }),
    );
  }

  block(number: bigint): AgreementEffect[] {
    return [...this.keys.keys()].flatMap((host) => this.step(host, { type: "block", number }));
  }
}

/** The certificate of what a committee agreed on. */
export function agreedIn(effects: readonly AgreementEffect[]): AgreedCertificate {
  const effect = only(effects, "agreed");
  const { resultsHash } = effect.findings;
  const result = RESULTS.find(({ findings }) => findings.resultsHash === resultsHash);
  return { kind: "agreed", ...BATCH, ...effect.agreed, calls: result?.calls ?? [], slots: [] };
}

/** The first effect of a type; throws when there is none. */
export function only<Type extends AgreementEffect["type"]>(
  effects: readonly AgreementEffect[],
  type: Type,
): Extract<AgreementEffect, { readonly type: Type }> {
  const effect = effects.find((one) => one.type === type);
  if (effect === undefined) throw new Error(`no effect ${type}`);
  return effect as Extract<AgreementEffect, { readonly type: Type }>;
}

export function sent<Kind extends AttestMessage["kind"]>(
  effects: readonly AgreementEffect[],
  kind: Kind,
): Kind extends "commit" ? Commit : Reveal {
  const effect = effects.find((one) => one.type === "send" && one.message.kind === kind);
  if (effect?.type !== "send") throw new Error(`no ${kind} is sent`);
  return effect.message as Kind extends "commit" ? Commit : Reveal;
}
