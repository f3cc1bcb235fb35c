import { fromHex, type Hash, type Hex, hashFromBytes } from "@delchain/runtime";
import { commitmentMessage } from "../commitments.ts";
import type { AttestMessage, Commit, Reveal } from "../messages.ts";
import { attestationHash, roundId, statementHash } from "../statement.ts";
import type { SeededRandom } from "./random.ts";
import { CHAIN_ID, numberedResult, resultOf, type Scenario } from "./scenario.ts";
import type { SimulatedBls } from "./simulatedBls.ts";

/** Makes what no honest host would say. */
export class Adversary {
  readonly #scenario: Scenario;
  readonly #bls: SimulatedBls;
  readonly #random: SeededRandom;

  constructor(scenario: Scenario, bls: SimulatedBls, random: SeededRandom) {
    this.#scenario = scenario;
    this.#bls = bls;
    this.#random = random;
  }

  /** The same message with something changed: another's name, another salt, a broken signature. */
  spoil(message: AttestMessage): AttestMessage {
    const random = this.#random;
    const signature = message.signature.slice();
    signature[random.below(96)] = random.below(256);
    const changes: readonly AttestMessage[] = [
      { ...message, signature },
      { ...message, member: random.below(14) },
      message.kind === "commit"
        ? { ...message, commitment: this.#anyHash() }
        : { ...message, salt: random.bytes(32) },
      { ...message, round: this.#anyHash() },
    ];
    return random.pick(changes);
  }

  /** Another message of the same member in the same place, well signed. */
  contradict(message: AttestMessage, host: Hex): AttestMessage {
    if (message.kind === "commit") return this.#signCommit(message, host);
    const findings = this.#scenario.isMedian
      ? numberedResult(this.#random, true)
      : resultOf(this.#random.below(2));
    return this.#signReveal({ ...message, findings }, host);
  }

  /** What a copier says when it hears a member: a commitment to nothing, or the member's word as its own. */
  copy(heard: AttestMessage, host: Hex): AttestMessage | undefined {
    const committee = this.#committeeOf(heard.round);
    const member = committee?.members.findIndex(({ publicKey }) => publicKey === host) ?? -1;
    if (member < 0) return undefined;
    if (heard.kind === "commit") return this.#signCommit({ ...heard, member }, host);
    // With the salt that it has heard or one of its own: neither opens a commitment that it made before.
    const salt = this.#random.happens(50) ? heard.salt : this.#random.bytes(32);
    return this.#signReveal({ ...heard, member, salt }, host);
  }

  #signCommit(commit: Commit, host: Hex): Commit {
    const commitment = this.#anyHash();
    const message = fromHex(commitmentMessage(commit.round, commitment));
    const signature = this.#bls.sign(this.#bls.secretOf(host), message);
    return { ...commit, commitment, signature };
  }

  #signReveal(reveal: Reveal, host: Hex): Reveal {
    const statement = statementHash(reveal.round, reveal.findings);
    const message = fromHex(attestationHash(statement, reveal.commitments));
    return { ...reveal, signature: this.#bls.sign(this.#bls.secretOf(host), message) };
  }

  #committeeOf(round: Hash) {
    const { committees, batch } = this.#scenario;
    return committees.find(({ level }) => roundId(CHAIN_ID, batch, level) === round);
  }

  #anyHash(): Hash {
    return hashFromBytes(this.#random.bytes(32));
  }
}
