import {
  type Address,
  addressFromBytes,
  bigintToBytes,
  keccak256,
  toAddress,
} from "@delchain/runtime";
import { DEVNET } from "../spec/devnet.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import type { AccountFacts } from "./pooled.ts";

/** A transfer for tests of what happens after signatures are checked: nobody signed it. */
export type Transfer = {
  readonly sender: Address;
  readonly nonce: bigint;
  readonly fee: bigint;
  readonly tip: bigint;
  readonly gasLimit: bigint;
  readonly value: bigint;
  readonly to: Address;
  readonly data: Uint8Array;
  /** Length of its canonical bytes. */
  readonly bytes: number;
};

export const GWEI: bigint = 10n ** 9n;
export const SOMEONE: Address = toAddress("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");

export function account(number: number): Address {
  return addressFromBytes(bigintToBytes(BigInt(number), 20));
}

let count = 0n;

export function transfer(fields: Partial<Transfer> = {}): SignedTransaction {
  const usual = { sender: account(1), nonce: 0n, fee: 10n * GWEI, tip: GWEI, gasLimit: 21_000n };
  const rest = { value: 0n, to: SOMEONE, data: new Uint8Array(0), bytes: 100 };
  const { sender, nonce, fee, tip, gasLimit, value, to, data, bytes } = {
    ...usual,
    ...rest,
    ...fields,
  };
  const raw = new Uint8Array(bytes);
  raw.set(bigintToBytes(++count, 8));
  return {
    sender,
    raw,
    hash: keccak256(raw),
    transaction: {
      type: 2,
      chainId: DEVNET.chainId,
      nonce,
      gasLimit,
      maxFeePerGas: fee,
      maxPriorityFeePerGas: tip,
      to,
      value,
      data,
      accessList: [],
      signature: { yParity: 0, r: 1n, s: 1n },
    },
  };
}

/** An account with next nonce 0 and a thousand coins. */
export function facts(fields: Partial<AccountFacts> = {}): AccountFacts {
  return { block: 0n, nonce: 0n, balance: 1_000n * 10n ** 18n, hasCode: false, ...fields };
}
