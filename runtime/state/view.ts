import type { Address } from "../types/address.ts";
import type { Hash } from "../types/hash.ts";

export type Account = {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Hash;
  /** The root of its storage as the last committed block left it. */
  readonly storageRoot: Hash;
};

/**
 * The state as one block left it. Reads only, and synchronous: a call never waits half way. A read that the
 * machine cannot answer throws `Unavailable`.
 */
export interface StateView {
  account(address: Address): Account | undefined;
  /** A storage word; a slot that was never written is `ZERO_HASH`. */
  storage(address: Address, slot: Hash): Hash;
  /** Account code and tier payloads alike, under the keccak-256 of their bytes. */
  code(hash: Hash): Uint8Array | undefined;
  /** The hash of one of the last 256 blocks, else `undefined` (EIP-2935's window). */
  blockHash(number: bigint): Hash | undefined;
}
