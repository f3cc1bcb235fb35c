import { concatBytes, encodeRlp, fromHex, type Hash, keccak256 } from "@delchain/runtime";
import type { Committee } from "./committee.ts";

/** What each member has committed to, by its place; `undefined` for who has not. */
export type Commitments = readonly (Hash | undefined)[];

/** The bytes of a commitment's salt. */
export const SALT_BYTES = 32;

const DOMAIN = new TextEncoder().encode("DelChain commitments 1");
const MEMBER_DOMAIN = new TextEncoder().encode("DelChain commitment 1");
const NONE = new Uint8Array(0);

/** What a member shows before anybody reveals, so that nobody can copy: H(statement, salt, public key). */
export function commitment(statement: Hash, salt: Uint8Array, publicKey: Uint8Array): Hash {
  return keccak256(concatBytes(fromHex(statement), salt, publicKey));
}

/** What a member signs with its commitment, so that nobody commits in another's name. 32 bytes. */
export function commitmentMessage(round: Hash, committed: Hash): Hash {
  return keccak256(encodeRlp([MEMBER_DOMAIN, fromHex(round), fromHex(committed)]));
}

/** One hash for all commitments of a committee to one batch. It enters what every member signs. */
export function commitmentsHash(round: Hash, commitments: Commitments): Hash {
  const list = commitments.map((committed) => (committed ? fromHex(committed) : NONE));
  return keccak256(encodeRlp([DOMAIN, fromHex(round), list]));
}

/**
 * Blocks from the one that fixes commitments in which all of them must be revealed together, where members' own numbers
 * count: nobody who reveals in time can be left out. After it who is silent holds nobody up.
 */
export function revealBlocks(levelBlocks: bigint): bigint {
  return (levelBlocks + 1n) / 2n;
}

/**
 * Whether a block must fix a committee's commitments. Where all members must agree they need no block: each signs
 * the same hash of all commitments before it reveals, or there is no certificate. Where some may be missing, members
 * could hold different lists for the same, and a copier could join a later one.
 */
export function isFixedByBlock({ members, quorum }: Committee): boolean {
  return quorum < members.length;
}
