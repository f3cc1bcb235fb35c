import type { CallRunner } from "../container/batch.ts";
import type { CallFrame } from "../container/frames.ts";
import type { Answer, CallOutcome } from "../container/runningCall.ts";
import type { Session } from "../container/session.ts";
import { Unavailable } from "../types/errors.ts";

/** Starts a container for the slot and waits until it is ready. Throws `Unavailable`. */
export type StartSession = () => Promise<Session>;

/** How many calls before its turn the replacement of a container is begun, so that nobody waits for it. */
const COLD_LEAD_CALLS = 8;

/** When a good container is replaced: after so many calls, once its machine has time for it. */
export type ColdRule = {
  readonly everyCalls: number;
  /** Asked before a replacement is started, which it will be if this says so. */
  readonly mayStart: () => boolean;
};

/**
 * The warm container of one contract version and replica: one call at a time, in the order they come. A container
 * that ended is replaced when the next call needs one; with `cold`, a good one too after so many calls, so that
 * state it kept in spite of the protocol shows as a divergence.
 */
export class WarmSlot implements CallRunner {
  readonly #start: StartSession;
  readonly #cold: ColdRule | undefined;
  #session: Session | undefined;
  #spare: Promise<Session | undefined> | undefined;
  #calls = 0;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(start: StartSession, cold: ColdRule | undefined) {
    this.#start = start;
    this.#cold = cold;
  }

  /** Whether it holds a container, or prepares one. */
  get warm(): boolean {
    return this.#session !== undefined || this.#spare !== undefined;
  }

  async run(call: CallFrame, answer: Answer): Promise<CallOutcome> {
    const turn = this.#last.then(() => this.#run(call, answer));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends its containers; a call that is running ends with them. */
  async close(): Promise<void> {
    this.#closed = true;
    const [session, spare] = [this.#session, this.#spare];
    this.#session = undefined;
    this.#spare = undefined;
    await session?.close();
    await (await spare)?.close();
  }

  async #run(call: CallFrame, answer: Answer): Promise<CallOutcome> {
    if (this.#closed) throw new Unavailable("manager", "the container was put away");
    const session = await this.#ready();
    this.#calls++;
    this.#prepareSpare();
    return session.run(call, answer);
  }

  async #ready(): Promise<Session> {
    if (this.#cold !== undefined && this.#calls >= this.#cold.everyCalls) await this.#takeSpare();
    if (this.#session?.usable) return this.#session;
    await this.#session?.close();
    this.#session = undefined;
    await this.#takeSpare();
    this.#session ??= await this.#start();
    // Closed while it started: nobody would end it otherwise.
    if (this.#closed) await this.#session.close();
    return this.#session;
  }

  /** A spare that could not be started is no reason to give up a container that works. */
  async #takeSpare(): Promise<void> {
    const spare = await this.#spare;
    this.#spare = undefined;
    if (!spare?.usable) return;
    const before = this.#session;
    this.#session = spare;
    this.#calls = 0;
    await before?.close();
  }

  #prepareSpare(): void {
    if (this.#cold === undefined || this.#spare !== undefined || this.#closed) return;
    const { everyCalls, mayStart } = this.#cold;
    if (this.#calls < everyCalls - COLD_LEAD_CALLS || !mayStart()) return;
    this.#spare = this.#start().catch(() => undefined);
  }
}
