import { InvalidInput } from "@delchain/runtime";
import type { AgreementEffect, AgreementEvent } from "../agreement.ts";
import type { CommittedCertificate, ResultCertificate } from "../certificate.ts";
import { commitmentsHash, revealBlocks } from "../commitments.ts";
import type { Level } from "../levels.ts";
import type { AttestMessage } from "../messages.ts";
import { roundId } from "../statement.ts";
import { verifyCertificate } from "../verifyCertificate.ts";
import { Adversary } from "./adversary.ts";
import { SimulatedNode } from "./node.ts";
import { Oracle } from "./oracle.ts";
import { SeededRandom } from "./random.ts";
import { CHAIN_ID, makeScenario, RESULTS, type Scenario } from "./scenario.ts";
import { SimulatedBls } from "./simulatedBls.ts";

/** Faults of ours, to see that the oracle notices them. */
export type PlantedBug = "forgetful journal" | "quorum too small";

export type SimulationOptions = {
  readonly bug?: PlantedBug | undefined;
  /** A program of whose numbers the median counts. */
  readonly isMedian?: boolean;
};

export type SimulationResult = {
  /** What must not be, in words; empty when all is well. */
  readonly broken: readonly string[];
  readonly ended: "agreed" | "diverged" | "nothing";
  /** The level that ended it. */
  readonly level: Level | undefined;
  readonly events: number;
};

type Flight = { readonly to: SimulatedNode; readonly message: AttestMessage };

/** Blocks after healing in which what can be agreed on must be. */
const PATIENCE_BLOCKS = 4n;
/** Of a hundred deliveries, how many are preceded by a spoilt copy that anybody may have sent. */
const SPOILT = 3;

/** One batch among hosts of all kinds, from a seed: whatever happens in it happens again from the same seed. */
export function simulate(
  seed: number,
  { bug, isMedian = false }: SimulationOptions = {},
): SimulationResult {
  return new World(seed, bug, isMedian).run();
}

class World {
  readonly #random: SeededRandom;
  readonly #bls = new SimulatedBls();
  readonly #scenario: Scenario;
  readonly #oracle: Oracle;
  readonly #adversary: Adversary;
  readonly #nodes: readonly SimulatedNode[];
  readonly #flying: Flight[] = [];
  /** Whom copiers have copied, so that they do not copy each other for ever. */
  readonly #copied = new Set<string>();
  readonly #offers: CommittedCertificate[] = [];
  readonly #fixed = new Map<
    Level,
    { readonly number: bigint; readonly certificate: CommittedCertificate }
  >();
  #waiting: ResultCertificate | undefined;
  #height = 0n;
  #events = 0;
  #ended: ResultCertificate | undefined;

  constructor(seed: number, bug: PlantedBug | undefined, isMedian: boolean) {
    this.#random = new SeededRandom(seed);
    const scenario = makeScenario(this.#random, this.#bls, isMedian);
    const lower = bug === "quorum too small" ? 2 : 0;
    const committees = scenario.committees.map((committee) => ({
      ...committee,
      quorum: Math.max(1, committee.quorum - lower),
    }));
    this.#scenario = { ...scenario, committees };
    this.#oracle = new Oracle(this.#scenario, this.#bls);
    this.#adversary = new Adversary(this.#scenario, this.#bls, this.#random);
    this.#nodes = scenario.hosts.map(
      (host) =>
        new SimulatedNode(host, {
          scenario: this.#scenario,
          bls: this.#bls,
          random: this.#random,
          forgetful: bug === "forgetful journal",
          fixedUpTo: (height) => this.#fixedUpTo(height),
        }),
    );
  }

  run(): SimulationResult {
    const { committees, levelBlocks, healsAt } = this.#scenario;
    const last = healsAt + BigInt(committees.length + 1) * levelBlocks + PATIENCE_BLOCKS;
    while (this.#ended === undefined && this.#height < last && this.#oracle.broken.length === 0) {
      this.#turn();
    }
    if (this.#ended === undefined) this.#checkLiveness();
    return {
      broken: this.#oracle.broken,
      ended: this.#ended?.kind ?? "nothing",
      level: this.#ended?.level,
      events: this.#events,
    };
  }

  #turn(): void {
    this.#events++;
    const random = this.#random;
    const node = random.pick(this.#nodes);
    this.#do(node, () => node.work());
    this.#followBlock(random.pick(this.#nodes));
    if (this.#flying.length > 0) this.#deliver();
    if (this.#isTimeForBlock()) this.#makeBlock();
  }

  /** Before it heals the network keeps no time; afterwards a block comes when everybody has heard everything. */
  #isTimeForBlock(): boolean {
    if (this.#height < this.#scenario.healsAt) return this.#random.happens(4);
    if (this.#flying.length > 0) return false;
    return this.#nodes.every(({ height, isIdle }) => isIdle && height === this.#height);
  }

  #isCutOff(node: SimulatedNode): boolean {
    const place = this.#nodes.indexOf(node);
    return this.#height < this.#scenario.healsAt && this.#scenario.cutOff.has(place);
  }

  #deliver(): void {
    const random = this.#random;
    const [{ to, message }] = this.#flying.splice(random.below(this.#flying.length), 1) as [Flight];
    const isHealed = this.#height >= this.#scenario.healsAt;
    if (!isHealed && random.happens(this.#scenario.dropped)) return;
    if (!isHealed && random.happens(this.#scenario.doubled)) this.#flying.push({ to, message });
    if (this.#isCutOff(to)) return;
    if (random.happens(SPOILT)) this.#hear(to, this.#adversary.spoil(message));
    this.#hear(to, message);
  }

  #hear(to: SimulatedNode, message: AttestMessage): void {
    this.#do(to, () => to.take({ type: "message", message }));
    if (to.host.role !== "copier") return;
    const once = `${message.round}${message.kind}${to.host.publicKey}`;
    if (this.#copied.has(once)) return;
    this.#copied.add(once);
    const copied = this.#adversary.copy(message, to.host.publicKey);
    if (copied) this.#broadcast(to, () => copied);
  }

  #followBlock(node: SimulatedNode): void {
    if (node.height >= this.#height || this.#isCutOff(node)) return;
    node.height++;
    const number = node.height;
    for (const [level, { number: at, certificate }] of this.#fixed) {
      if (at !== number) continue;
      const { commitments } = certificate;
      this.#do(node, () => node.take({ type: "fixed", level, commitments }));
    }
    this.#do(node, () => node.take({ type: "block", number }));
  }

  /** What a node's step asks for. A message that counts for nothing is refused, and that is all. */
  #do(node: SimulatedNode, act: () => readonly AgreementEffect[]): void {
    let effects: readonly AgreementEffect[];
    try {
      effects = act();
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return;
    }
    for (const effect of effects) this.#perform(node, effect);
  }

  #perform(node: SimulatedNode, effect: AgreementEffect): void {
    switch (effect.type) {
      case "send":
        this.#send(node, effect.message);
        break;
      case "fix":
        if (!this.#isCutOff(node)) this.#offers.push(effect.certificate);
        break;
      case "agreed":
        this.#agreed(effect);
        break;
      case "disagreed":
        this.#disagreed(effect);
        break;
      case "conflict":
        this.#oracle.accused(effect.conflict);
        break;
      case "run":
      case "record":
        break;
    }
  }

  #send(node: SimulatedNode, message: AttestMessage): void {
    const { role, publicKey } = node.host;
    if (role === "copier") return;
    if (role === "mute" && message.kind === "reveal") return;
    this.#broadcast(node, () =>
      role === "twoFaced" && this.#random.happens(50)
        ? this.#adversary.contradict(message, publicKey)
        : message,
    );
  }

  #broadcast(from: SimulatedNode, messageFor: () => AttestMessage): void {
    if (this.#isCutOff(from)) return;
    for (const to of this.#nodes) {
      if (to !== from) this.#flying.push({ to, message: messageFor() });
    }
  }

  #agreed(effect: Extract<AgreementEffect, { readonly type: "agreed" }>): void {
    const { findings, agreed } = effect;
    const result = RESULTS.find((one) => one.findings.resultsHash === findings.resultsHash);
    const calls = result?.calls ?? [];
    const certificate = {
      kind: "agreed",
      ...this.#scenario.batch,
      ...agreed,
      calls,
      slots: [],
    } as const;
    if (!this.#verifies(certificate)) return;
    this.#oracle.certified(effect);
    this.#waiting ??= certificate;
  }

  #disagreed({
    level,
    attestations,
  }: Extract<AgreementEffect, { readonly type: "disagreed" }>): void {
    const difference = { queueIndex: 1n, where: "results", left: "", right: "" };
    const { batch } = this.#scenario;
    const certificate = { kind: "diverged", ...batch, level, attestations, difference } as const;
    if (!this.#verifies(certificate)) return;
    if (this.#good().length >= (this.#scenario.committees.at(-1)?.quorum ?? 0)) {
      this.#oracle.broken.push("a batch diverged on which a quorum of good hosts agrees");
    }
    this.#waiting ??= certificate;
  }

  #verifies(certificate: ResultCertificate | CommittedCertificate): boolean {
    const fixedAt = (level: Level) => {
      const fixed = this.#fixed.get(level)?.certificate;
      return fixed && commitmentsHash(roundId(CHAIN_ID, fixed, level), fixed.commitments);
    };
    const { committees, levelBlocks } = this.#scenario;
    const isRevealOver = (level: Level) => {
      const fixed = this.#fixed.get(level);
      // The block that would hold it is the next one.
      return fixed !== undefined && this.#height + 1n - fixed.number >= revealBlocks(levelBlocks);
    };
    const facts = { chainId: CHAIN_ID, committees, fixedAt, isRevealOver, bls: this.#bls };
    try {
      verifyCertificate(certificate, facts);
      return true;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return false;
    }
  }

  /** The producer of a block may be bad: it takes any list that proves itself. */
  #makeBlock(): void {
    this.#height++;
    if (this.#waiting && this.#random.happens(50)) this.#ended = this.#waiting;
    while (this.#offers.length > 0) {
      const [offer] = this.#offers.splice(this.#random.below(this.#offers.length), 1);
      if (offer === undefined || this.#fixed.has(offer.level) || !this.#verifies(offer)) continue;
      this.#fixed.set(offer.level, { number: this.#height, certificate: offer });
    }
  }

  #fixedUpTo(height: bigint): readonly AgreementEvent[] {
    return [...this.#fixed]
      .filter(([, { number }]) => number <= height)
      .map(([level, { certificate }]) => ({
        type: "fixed",
        level,
        commitments: certificate.commitments,
      }));
  }

  /** Places in the last committee of hosts that find the same and can say it. */
  #good(): readonly number[] {
    const { committees, hosts, truth } = this.#scenario;
    if (truth === undefined) return [];
    const good = hosts.filter(({ role }) => ["honest", "crasher", "slow"].includes(role));
    const members = committees.at(-1)?.members ?? [];
    return [...members.keys()].filter((place) =>
      good.some(({ publicKey }) => publicKey === members[place]?.publicKey),
    );
  }

  #checkLiveness(): void {
    const last = this.#scenario.committees.at(-1);
    if (last === undefined) return;
    const fixed = this.#fixed.get(last.level)?.certificate.commitments;
    const able = this.#good().filter((place) => fixed === undefined || fixed[place] !== undefined);
    if (able.length >= last.quorum && !this.#waiting) {
      this.#oracle.broken.push(
        `${able.length} good hosts of ${last.quorum} needed reached nothing`,
      );
    }
  }
}
