import { concatBytes, fromHex, type Hash, keccak256 } from "@delchain/runtime";

/** A devnet has no committee that could reveal anything: the next round's randomness follows from the last. */
export function nextRandomness(parent: Hash, randomness: Hash): Hash {
  return keccak256(concatBytes(fromHex(parent), fromHex(randomness)));
}
