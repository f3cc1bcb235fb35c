import { type Hash, InvalidInput } from "@delchain/runtime";
import { type AttestMessage, decodeMessage } from "../attest/messages.ts";
import type { BatchAgreement } from "./batchAgreement.ts";
import type { Log } from "./log.ts";

/** Messages that came before this node knew their batch; a host says all again with the next block. */
export const EARLY_MESSAGES_MAX = 1_024;

/** Which agreement a message of a host is about. */
export class Rounds {
  readonly #log: Log;
  readonly #agreements = new Map<Hash, BatchAgreement>();
  #early: AttestMessage[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  /** Hands it what came before it, too. */
  add(agreement: BatchAgreement): void {
    for (const round of agreement.rounds) this.#agreements.set(round, agreement);
    const waited = this.#early;
    this.#early = waited.filter(({ round }) => !this.#agreements.has(round));
    for (const message of waited) {
      if (!agreement.rounds.includes(message.round)) continue;
      this.unlessRefused(() => agreement.take(message));
    }
  }

  remove(agreement: BatchAgreement): void {
    for (const round of agreement.rounds) this.#agreements.delete(round);
  }

  take(bytes: Uint8Array): void {
    this.unlessRefused(() => {
      const message = decodeMessage(bytes);
      const agreement = this.#agreements.get(message.round);
      if (agreement) agreement.take(message);
      else this.#early.push(message);
      if (this.#early.length > EARLY_MESSAGES_MAX) this.#early.shift();
    });
  }

  /** What strangers send wrongly is no trouble of ours. */
  unlessRefused(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      this.#log.debug({ reason: error.message }, "a message of a host counts for nothing");
    }
  }
}
