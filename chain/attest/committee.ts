import {
  compareHex,
  concatBytes,
  fromHex,
  type Hash,
  type Hex,
  keccak256,
} from "@delchain/runtime";
import { type CommitteeSizes, LEVELS, type Level, levelsOf } from "./levels.ts";

/** A machine that runs containers, as the chain knows it. */
export type Host = {
  /** BLS public key, 48 bytes. */
  readonly publicKey: Hex;
  /** Who is paid for its attestations. */
  readonly payout: Hex;
};

/** Who judges a batch at one level. */
export type Committee = {
  readonly level: Level;
  /** A member is named by its place here. */
  readonly members: readonly Host[];
  /** How many must say the same. */
  readonly quorum: number;
};

/** What committees are drawn from. */
export type Draw = {
  /** The hosts of the contract's resource class. */
  readonly hosts: readonly Host[];
  readonly seed: Hash;
  readonly sizes: CommitteeSizes;
  /** Where the contract's manifest lets its batches begin. */
  readonly first: Level;
};

/** The committees that one contract's calls of one block may go through, each drawn by itself, the first one first. */
export function drawCommittees({ hosts, seed, sizes, first }: Draw): readonly Committee[] {
  return levelsOf(hosts.length, sizes, first).map(({ level, size, quorum }) => ({
    level,
    members: drawMembers(hosts, seed, level, size),
    quorum,
  }));
}

/**
 * The hosts with the lowest keccak-256(seed, level, public key). The seed is known only after the calls are ordered,
 * so neither deployer, sender nor producer picks the judges; levels are drawn apart, so that those who were bad luck
 * at one are no likelier at the next.
 */
function drawMembers(
  hosts: readonly Host[],
  seed: Hash,
  level: Level,
  size: number,
): readonly Host[] {
  const prefix = concatBytes(fromHex(seed), Uint8Array.of(LEVELS.indexOf(level)));
  const draws = hosts.map((host) => ({
    host,
    ticket: keccak256(concatBytes(prefix, fromHex(host.publicKey))),
  }));
  draws.sort((left, right) => compareHex(left.ticket, right.ticket));
  return draws.slice(0, size).map(({ host }) => host);
}

/** keccak-256 of the ordering block's randomness, the later block's randomness, and the contract. */
export function committeeSeed(ordering: Hash, later: Hash, contract: Hex): Hash {
  return keccak256(concatBytes(fromHex(ordering), fromHex(later), fromHex(contract)));
}
