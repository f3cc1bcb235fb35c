import { addProfileSum, type ProfileSum } from "@delchain/toolchain";

/** What all test processes recorded, as one. */
export function profileSumOf(recorded: readonly unknown[]): ProfileSum {
  const sum: ProfileSum = {};
  for (const one of recorded) addProfileSum(sum, one as ProfileSum);
  return sum;
}
