/** How a base fee follows demand (EIP-1559). */
export type BaseFeeRule = {
  /** A full block raises the fee, and an empty one lowers it, by one part in this many. */
  readonly changeDenominator: bigint;
  /** The limit divided by this is the target, at which the fee stays. */
  readonly elasticity: bigint;
  /** In wei per gas. */
  readonly min: bigint;
};

/**
 * The base fee of the block after one that had `baseFee` and used `gasUsed` of `gasLimit`, in wei per gas: the
 * formula of EIP-1559, for the synchronous tiers' market and the container tier's alike.
 */
export function nextBaseFee(
  rule: BaseFeeRule,
  parent: { readonly baseFee: bigint; readonly gasUsed: bigint; readonly gasLimit: bigint },
): bigint {
  const { baseFee, gasUsed, gasLimit } = parent;
  const target = gasLimit / rule.elasticity;
  if (gasUsed === target) return atLeast(rule.min, baseFee);
  if (gasUsed > target) {
    const rise = (baseFee * (gasUsed - target)) / target / rule.changeDenominator;
    return atLeast(rule.min, baseFee + atLeast(1n, rise));
  }
  const fall = (baseFee * (target - gasUsed)) / target / rule.changeDenominator;
  return atLeast(rule.min, baseFee - fall);
}

function atLeast(least: bigint, value: bigint): bigint {
  return value < least ? least : value;
}
