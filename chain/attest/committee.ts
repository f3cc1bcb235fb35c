import {
  compareHex,
  concatBytes,
  fromHex,
  type Hash,
  type Hex,
  keccak256,
} from "@delchain/runtime";

/** A machine that runs containers, as the chain knows it. */
export type Host = {
  /** BLS public key, 48 bytes. */
  readonly publicKey: Hex;
  /** Who is paid for its attestations. */
  readonly payout: Hex;
};

/** The fast path's committee (design, section 5): eleven, or all hosts where there are fewer. */
export const FAST_COMMITTEE = 11;

/**
 * The members that judge one contract's calls of one block: the hosts with the lowest
 * keccak-256(seed, public key). The seed is known only after the calls are ordered, so neither deployer, sender
 * nor producer picks the judges.
 */
export function drawCommittee(hosts: readonly Host[], seed: Hash): readonly Host[] {
  const draws = hosts.map((host) => ({
    host,
    ticket: keccak256(concatBytes(fromHex(seed), fromHex(host.publicKey))),
  }));
  draws.sort((left, right) => compareHex(left.ticket, right.ticket));
  return draws.slice(0, FAST_COMMITTEE).map(({ host }) => host);
}

/** keccak-256 of the ordering block's randomness, the later block's randomness, and the contract. */
export function committeeSeed(ordering: Hash, later: Hash, contract: Hex): Hash {
  return keccak256(concatBytes(fromHex(ordering), fromHex(later), fromHex(contract)));
}
