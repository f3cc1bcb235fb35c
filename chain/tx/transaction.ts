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

/**
 * A message between contracts as the protocol delivers it: a system transaction of type 0x7e, as OP Stack's deposits are.
 * The chain's rules make it, so that it has no signature and no nonce; its gas is paid for already.
 */
export type MessageTransaction = {
  readonly type: typeof MESSAGE_TYPE;
  /** The message's, which no other ever has. */
  readonly id: Hash;
  /** The message that it was sent in or is the callback of, or the container call that sent it; zero for none. */
  readonly parent: Hash;
  /** Who signed the transaction that began it all. */
  readonly origin: Address;
  /** The contract that sent it. */
  readonly from: Address;
  readonly to: Address;
  readonly value: bigint;
  readonly gasLimit: bigint;
  /** What was paid for its gas, in wei per gas. */
  readonly gasPrice: bigint;
  /** Messages in a row, this one included. */
  readonly hops: number;
  readonly data: Uint8Array;
};

export const MESSAGE_TYPE = 0x7e;

/** What a block lists or orders: what somebody signed, or a message, whose `sender` is the contract that sent it. */
export type ListedTransaction = {
  readonly transaction: Transaction | MessageTransaction;
  readonly raw: Uint8Array;
  readonly hash: Hash;
  readonly sender: Address;
};

export function isMessage(
  transaction: Transaction | MessageTransaction,
): transaction is MessageTransaction {
  return transaction.type === MESSAGE_TYPE;
}

/** Whether somebody signed it. */
export function isSigned(listed: ListedTransaction): listed is SignedTransaction {
  return !isMessage(listed.transaction);
}

/** Messages in a row that lead to what this calls. */
export function hopsOf({ transaction }: ListedTransaction): number {
  return isMessage(transaction) ? transaction.hops : 0;
}

/** What it is found by: its hash, and a message also by its id, which its sender knows. */
export function namesOf({ transaction, hash }: ListedTransaction): readonly Hash[] {
  return isMessage(transaction) ? [hash, transaction.id] : [hash];
}
