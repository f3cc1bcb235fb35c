import type { Address } from "../types/address.ts";
import { bigintToBytes, fromHex } from "../types/bytes.ts";
import { type Hash, keccak256 } from "../types/hash.ts";
import { encodeRlp } from "../types/rlp.ts";

export type SlotChange = { readonly slot: Hash; readonly value: Hash };

/** An account after the block. `exists: false` deletes it with all its storage. */
export type AccountChange = {
  readonly address: Address;
  readonly exists: boolean;
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Hash;
  /** Its earlier storage is void; `slots` is all there is. */
  readonly wiped: boolean;
  /** By slot, each slot once; a zero value deletes it. */
  readonly slots: readonly SlotChange[];
};

/** New code and payloads, under the keccak-256 of their bytes. */
export type CodeChange = { readonly hash: Hash; readonly bytes: Uint8Array };

/**
 * All that a block or a call changed, in canonical order: accounts by address, slots by slot, codes by hash,
 * each once. Equal states therefore have equal bytes, and equal hashes.
 */
export type StateDiff = {
  readonly accounts: readonly AccountChange[];
  readonly codes: readonly CodeChange[];
};

export const EMPTY_DIFF: StateDiff = { accounts: [], codes: [] };

/** RLP of `[[address, exists, nonce, balance, codeHash, wiped, [[slot, value]…]]…], [[hash, bytes]…]`. */
export function encodeDiff(diff: StateDiff): Uint8Array {
  return encodeRlp([
    diff.accounts.map((change) => [
      fromHex(change.address),
      bigintToBytes(change.exists ? 1n : 0n, 1),
      bigintToBytes(change.nonce, 8),
      bigintToBytes(change.balance, 32),
      fromHex(change.codeHash),
      bigintToBytes(change.wiped ? 1n : 0n, 1),
      change.slots.map(({ slot, value }) => [fromHex(slot), fromHex(value)]),
    ]),
    diff.codes.map(({ hash, bytes }) => [fromHex(hash), bytes]),
  ]);
}

export function hashDiff(diff: StateDiff): Hash {
  return keccak256(encodeDiff(diff));
}

/** Lower-case hex of one length sorts as its bytes do. */
export function compareHex(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
