import type { Hash } from "@delchain/runtime";

/**
 * The median of what members found, each 32 bytes as the ABI has an integer; of an even count the lower of the two in
 * the middle, so that it is always somebody's word. With fewer than half of them bad it lies within what the others
 * found. Throws a `RangeError` for none.
 */
export function medianOf(numbers: readonly Hash[], isSigned: boolean): Hash {
  const integer = (number: Hash) =>
    isSigned ? BigInt.asIntN(256, BigInt(number)) : BigInt(number);
  const sorted = numbers.toSorted((left, right) => (integer(left) < integer(right) ? -1 : 1));
  const median = sorted[(sorted.length - 1) >> 1];
  if (median === undefined) throw new RangeError("the median of no numbers");
  return median;
}
