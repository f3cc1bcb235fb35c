import type { Address } from "./address.ts";
import type { Hash } from "./hash.ts";

/** All that a contract may know of the block that it runs in. */
export type BlockContext = {
  readonly chainId: bigint;
  readonly number: bigint;
  /** Seconds since 1970, from the header. */
  readonly timestamp: bigint;
  readonly gasLimit: bigint;
  /** In wei per gas (EIP-1559). */
  readonly baseFee: bigint;
  readonly producer: Address;
  /** The header's `mixHash`: randomness of the round (EIP-4399). */
  readonly randomness: Hash;
};

/** A transaction as the executor takes it: decoded, its sender recovered. */
export type ExecutableTransaction = {
  readonly type: 0 | 1 | 2;
  readonly sender: Address;
  /** `undefined` creates a contract. */
  readonly to: Address | undefined;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  /** The gas price of types 0 and 1, the highest price of type 2, in wei per gas. */
  readonly maxFeePerGas: bigint;
  /** Equal to `maxFeePerGas` for types 0 and 1. */
  readonly maxPriorityFeePerGas: bigint;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly accessList: readonly AccessListEntry[];
  /**
   * In the protocol's own transactions alone, as system calls and messages: what `ORIGIN` answers, while `sender` calls.
   * They pay no fee and no intrinsic gas, use no nonce, and may come from a contract.
   */
  readonly origin?: Address;
};

export type AccessListEntry = { readonly address: Address; readonly slots: readonly Hash[] };
