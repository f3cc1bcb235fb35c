/** An exact chance: `ways` of `all`. */
export type Odds = { readonly ways: bigint; readonly all: bigint };

/** Blocks of 5 s in 365 days: an attacker may try with each of them. */
export const BLOCKS_A_YEAR = 6_307_200n;

/**
 * What a producer that withholds its reveals gains at most: with the last k slots of a round it chooses among 2^k
 * seeds, and holds them with a third of the seats for 1 + 2/3 + 4/9 + … = 3 draws a block on average.
 */
export const GRINDING = 3n;

/**
 * The chance that at least `quorum` of `size` members are bad, when they are drawn from `hosts` of which `bad` are:
 * the hypergeometric distribution's tail, without rounding.
 */
export function forgingOdds(hosts: number, bad: number, size: number, quorum: number): Odds {
  let ways = 0n;
  for (let among = quorum; among <= Math.min(size, bad); among++) {
    ways += choose(bad, among) * choose(hosts - bad, size - among);
  }
  return { ways, all: choose(hosts, size) };
}

/** The expected number of forgeries in a year of an attacker who tries with every block and grinds. */
export function forgeriesAYear({ ways, all }: Odds): Odds {
  return { ways: ways * BLOCKS_A_YEAR * GRINDING, all };
}

/** Two significant digits, rounded down: `3.0e-6`, `0` for what cannot be. */
export function showOdds({ ways, all }: Odds): string {
  if (ways === 0n) return "0";
  let exponent = 0;
  let [above, below] = [ways, all];
  for (; above < below; exponent--) above *= 10n;
  for (; above >= 10n * below; exponent++) below *= 10n;
  const tenths = (above * 10n) / below;
  const mantissa = `${tenths / 10n}.${tenths % 10n}`;
  if (exponent === 0) return mantissa;
  return exponent > 0 ? `${mantissa}e+${exponent}` : `${mantissa}e${exponent}`;
}

function choose(of: number, count: number): bigint {
  if (count < 0 || count > of) return 0n;
  let ways = 1n;
  for (let i = 1; i <= count; i++) ways = (ways * BigInt(of - count + i)) / BigInt(i);
  return ways;
}
