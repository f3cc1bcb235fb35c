import type { AccessListEntry, Address, Hash } from "@delchain/runtime";

export type Signature = {
  /** 0 or 1: which of the two curve points R was. */
  readonly yParity: 0 | 1;
  readonly r: bigint;
  /** At most half the curve's order (EIP-2). */
  readonly s: bigint;
};

type Common = {
  readonly chainId: bigint;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  /** `undefined` creates a contract. */
  readonly to: Address | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly signature: Signature;
};

/** With EIP-155's chain id, always: a transaction without one could be replayed elsewhere. */
export type LegacyTransaction = Common & { readonly type: 0; readonly gasPrice: bigint };

/** EIP-2930. */
export type AccessListTransaction = Common & {
  readonly type: 1;
  readonly gasPrice: bigint;
  readonly accessList: readonly AccessListEntry[];
};

/** EIP-1559. */
export type FeeMarketTransaction = Common & {
  readonly type: 2;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly accessList: readonly AccessListEntry[];
};

export type Transaction = LegacyTransaction | AccessListTransaction | FeeMarketTransaction;

/** Before its sender has signed it. */
export type UnsignedTransaction =
  | Omit<LegacyTransaction, "signature">
  | Omit<AccessListTransaction, "signature">
  | Omit<FeeMarketTransaction, "signature">;

/** A transaction with what its bytes alone prove: their hash, and who signed. */
export type SignedTransaction = {
  readonly transaction: Transaction;
  /** The canonical bytes (EIP-2718); `hash` is their keccak-256. */
  readonly raw: Uint8Array;
  readonly hash: Hash;
  readonly sender: Address;
};
