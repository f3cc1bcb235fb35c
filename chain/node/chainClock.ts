import { InvalidInput } from "@delchain/runtime";
import { nowSeconds } from "./clock.ts";

/** Where a clock stands against the machine's, to be put back later. */
export type ClockState = {
  readonly aheadSeconds: bigint;
  readonly nextSeconds: bigint | undefined;
};

export type InvalidTime =
  | { readonly code: "TIME_PAST"; readonly timestamp: bigint; readonly head: bigint }
  | { readonly code: "TIME_TOO_FAR"; readonly timestamp: bigint; readonly limit: bigint };

/** Later than any test means, and far from where 64 bits end. */
export const TIMESTAMP_MAX: bigint = 2n ** 48n;

/** The time that blocks get: the machine's, or, on a chain with cheats, as far ahead of it as somebody set it. */
export class ChainClock {
  readonly #now: () => bigint;
  #state: ClockState;

  /** Begins at the head's time at least, so that a chain that was ahead does not stand still after a restart. */
  constructor(head: bigint, now: () => bigint = nowSeconds) {
    const aheadSeconds = head > now() ? head - now() : 0n;
    this.#now = now;
    this.#state = { aheadSeconds, nextSeconds: undefined };
  }

  get state(): ClockState {
    return this.#state;
  }

  set(state: ClockState): void {
    this.#state = state;
  }

  /** What `take` would give now. */
  get next(): bigint {
    return this.#state.nextSeconds ?? this.#now() + this.#state.aheadSeconds;
  }

  /** The next block's time; a time that was set for it is used up. */
  take(): bigint {
    const { aheadSeconds, nextSeconds } = this.#state;
    if (nextSeconds === undefined) return this.#now() + aheadSeconds;
    this.#state = { aheadSeconds: nextSeconds - this.#now(), nextSeconds: undefined };
    return nextSeconds;
  }

  /** Answers how far ahead it is now. Throws `InvalidInput<InvalidTime>` beyond `TIMESTAMP_MAX`. */
  increase(seconds: bigint): bigint {
    const aheadSeconds = this.#state.aheadSeconds + seconds;
    checkTimestamp(this.#now() + aheadSeconds);
    this.#state = { ...this.#state, aheadSeconds };
    return aheadSeconds;
  }

  /** Throws `InvalidInput<InvalidTime>` for a time before the head's, or beyond `TIMESTAMP_MAX`. */
  setNext(timestamp: bigint, head: bigint): void {
    checkTimestamp(timestamp);
    if (timestamp < head) {
      throw new InvalidInput<InvalidTime>(
        { code: "TIME_PAST", timestamp, head },
        `the next block cannot have the time ${timestamp}: the last one has ${head}, and time never goes back`,
      );
    }
    this.#state = { ...this.#state, nextSeconds: timestamp };
  }
}

function checkTimestamp(timestamp: bigint): void {
  if (timestamp <= TIMESTAMP_MAX) return;
  throw new InvalidInput<InvalidTime>(
    { code: "TIME_TOO_FAR", timestamp, limit: TIMESTAMP_MAX },
    `the time ${timestamp} is beyond ${TIMESTAMP_MAX}, the furthest that a block may have`,
  );
}
