/** The only file that reads the time; everything else is given it. */

/** Seconds since 1970, as headers carry them. */
export function nowSeconds(): bigint {
  return BigInt(Math.floor(Date.now() / 1000));
}

/** Milliseconds from an arbitrary start that never go back: for deadlines. */
export function monotonicMs(): number {
  return performance.now();
}
