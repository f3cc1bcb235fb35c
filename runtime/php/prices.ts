/** Prices in gas of what this tier does beside the host API's own (`host/prices.ts`), at 4 ns a gas. */
export const PHP_PRICES: {
  readonly frame: number;
  readonly message: number;
  readonly import: number;
  readonly randomWord: number;
} = {
  // Putting back what the last frame wrote (1 to 2 MiB), the entry, and the few objects of a frame: 250 to 350 us.
  frame: 70_000,
  // A message of PHP's to the host and its answer, or a piece of what it prints: arguments read, the answer allocated
  // and copied: 2 to 3 us.
  message: 600,
  // Any other import, such as the calls by which PHP catches its own long jumps: 100 to 250 ns.
  import: 50,
  // A hash for every 32 bytes.
  randomWord: 400,
};
