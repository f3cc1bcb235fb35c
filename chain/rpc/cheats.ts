import type { Address, Hash } from "@delchain/runtime";
import type { StateEdit } from "../transition/editState.ts";

/** A transaction of an account whose key the node need not have. */
export type KeylessTransaction = {
  readonly from: Address;
  readonly to: Address | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly gasLimit: bigint;
  /** `undefined`: the account's next. */
  readonly nonce: bigint | undefined;
  /** In wei per gas; `undefined`: what is enough for the next block. */
  readonly maxFeePerGas: bigint | undefined;
  readonly maxPriorityFeePerGas: bigint | undefined;
};

/**
 * What a chain that tests run against lets whoever reaches it do. Every change to the state is a block of its own,
 * final like any: its root commits to what was written, and receipts, proofs and restarts know of it. Every method
 * throws `InvalidInput` for what cannot be done, and then has done nothing.
 */
export interface Cheats {
  /** Accounts that `eth_sendTransaction` signs for. */
  readonly accounts: readonly Address[];
  /** Writes to the state, in a block that holds nothing else. */
  edit(edits: readonly StateEdit[]): Promise<void>;
  /** Makes blocks of what waits, empty or not, each after the first `intervalSeconds` later. */
  mine(count: number, intervalSeconds: bigint): Promise<void>;
  /** An id that `revert` takes. */
  snapshot(): Promise<bigint>;
  /**
   * Undoes all blocks since the snapshot, forgets what waits for a block and sets the clock back. Uses up the id
   * and all later ones; `false` for one that there is not.
   */
  revert(id: bigint): Promise<boolean>;
  /** Lets the chain's clock jump ahead; answers how far it is ahead of the machine's, in seconds. */
  increaseTime(seconds: bigint): bigint;
  /** The next block has this time; the clock goes on from it. */
  setNextTimestamp(seconds: bigint): void;
  /** Whether a block is made at once when there is work. */
  readonly isAutomatic: boolean;
  setAutomatic(isAutomatic: boolean): void;
  /** A block each so many milliseconds; 0 for none. */
  setInterval(milliseconds: number): void;
  impersonate(address: Address): void;
  stopImpersonating(address: Address): void;
  /** Every account may be sent for, without being named first. */
  impersonateAll(isOn: boolean): void;
  /**
   * Sends for an account of `accounts`, signed, through the mempool; or for an impersonated one, which pays no fee
   * and has its block at once.
   */
  send(transaction: KeylessTransaction): Promise<Hash>;
}
