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

/** The numbers of messages that are not the host API's alone (sdk-langs/php/wasm/Guest.php has all of them). */
export const MESSAGES = {
  ready: 0,
  callFields: 1,
  source: 2,
  result: 3,
  keccak256: 9,
  debug: 12,
} as const;

/** One microsecond for each look at the clock. */
export const CLOCK_STEP: bigint = 1_000n;
