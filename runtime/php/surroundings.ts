/** Whoever pays: its gas left, in ink. */
export type Metered = { ink: number };

/** What an interpreter can see and do beside computing: one while it boots, another for each call. */
export interface Surroundings {
  /** A message of PHP code's to the host, and the answer. */
  message(message: Uint8Array, guest: Metered): Uint8Array;
  /** What PHP writes to its output and its errors. */
  print(bytes: Uint8Array): void;
  /** Nanoseconds since 1970; a little later each time, because PHP waits for a clock to move. */
  now(): bigint;
  /** Called once, when code first asks: a stream of bytes. */
  random(length: number): Uint8Array;
  /** A file's content by its path. */
  file(path: string): Uint8Array | undefined;
}

/** One microsecond for each look at the clock. */
export const CLOCK_STEP: bigint = 1_000n;
