import {
  type AccessListEntry,
  concatBytes,
  decodeRlp,
  encodeRlp,
  fromHex,
  type Hash,
  keccak256,
  type RlpItem,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { invalidTransaction } from "./invalidTransaction.ts";
import {
  integerBytes,
  readAddress,
  readBytes,
  readHash,
  readInteger,
  readList,
  readOptionalAddress,
} from "./rlpFields.ts";
import { checkSignature, readLegacySignature, readSignature } from "./signature.ts";
import { MESSAGE_TYPE, type Transaction, type UnsignedTransaction } from "./transaction.ts";

/** A transaction as its bytes say it; who signed is recovered from `signingHash` and its signature. */
export type DecodedTransaction = {
  readonly transaction: Transaction;
  readonly raw: Uint8Array;
  readonly hash: Hash;
  readonly signingHash: Hash;
};

/** What of the chain spec decoding needs. */
export type TransactionRules = Pick<ChainSpec, "chainId" | "transactionBytesMax">;

/** Nonces stay below 2^64 - 1, so that the account's can always count one further (EIP-2681). */
export const NONCE_LIMIT: bigint = 2n ** 64n - 1n;

/**
 * Decodes an EIP-2718 transaction of type 0 with EIP-155, type 1 (EIP-2930) or type 2 (EIP-1559), and accepts
 * its one canonical form alone: `encodeTransaction` of the result is `raw`, byte for byte, so that nobody can
 * change a transaction's hash without its key. Throws `InvalidInput` with `InvalidTransaction` or `InvalidRlp`.
 */
export function decodeTransaction(raw: Uint8Array, rules: TransactionRules): DecodedTransaction {
  const limit = rules.transactionBytesMax;
  if (raw.length > limit) {
    throw invalidTransaction(
      { code: "TRANSACTION_TOO_LARGE", length: raw.length, limit },
      `oversized data: the transaction has ${raw.length} bytes, over the limit of ${limit}; send less calldata`,
    );
  }
  const transaction = readTransaction(raw, rules.chainId);
  return {
    transaction,
    raw,
    hash: keccak256(raw),
    signingHash: keccak256(signingPayload(transaction)),
  };
}

function readTransaction(raw: Uint8Array, chainId: bigint): Transaction {
  const first = raw[0];
  if (first === undefined) {
    throw invalidTransaction({ code: "TRANSACTION_EMPTY" }, "the transaction has no bytes");
  }
  // EIP-2718: a legacy transaction is a list, whose first byte is 0xc0 or above.
  if (first >= 0xc0) return readLegacy(decodeRlp(raw), chainId);
  if (first === 1) return readAccessListTransaction(decodeRlp(raw.subarray(1)), chainId);
  if (first === 2) return readFeeMarketTransaction(decodeRlp(raw.subarray(1)), chainId);
  throw unsupportedType(first);
}

function unsupportedType(type: number): Error {
  const name =
    type === 3
      ? "transaction type 3 (blobs, EIP-4844): this chain carries no blobs"
      : type === 4
        ? "transaction type 4 (set code, EIP-7702): this chain has no account delegation"
        : type === MESSAGE_TYPE
          ? "transaction type 126 (messages between contracts): the chain makes them; call MESSAGES instead"
          : `transaction type ${type}`;
  return invalidTransaction(
    { code: "TRANSACTION_TYPE", type },
    `transaction type not supported: ${name}; send type 0, 1 or 2`,
  );
}

/** The fields that every type shares; integers are under 2^64 for gas limit and nonce, 2^256 for the rest. */
function readCommon(
  fields: readonly (RlpItem | undefined)[],
): Pick<Transaction, "nonce" | "gasLimit" | "to" | "value" | "data"> {
  const [nonceItem, gasLimit, to, value, data] = fields;
  const nonce = readInteger(nonceItem, "nonce", 8);
  if (nonce >= NONCE_LIMIT) {
    throw invalidTransaction(
      { code: "NONCE_TOO_HIGH", nonce, limit: NONCE_LIMIT },
      `nonce has max value: ${nonce}; the highest is 2^64 - 2 (EIP-2681)`,
    );
  }
  return {
    nonce,
    gasLimit: readInteger(gasLimit, "gasLimit", 8),
    to: readOptionalAddress(to, "to"),
    value: readInteger(value, "value", 32),
    data: readBytes(data, "data", Number.MAX_SAFE_INTEGER),
  };
}

function readLegacy(item: RlpItem, chainId: bigint): Transaction {
  const [nonce, gasPrice, gasLimit, to, value, data, v, r, s] = readList(item, "transaction", 9);
  return {
    type: 0,
    chainId,
    ...readCommon([nonce, gasLimit, to, value, data]),
    gasPrice: readInteger(gasPrice, "gasPrice", 32),
    signature: readLegacySignature(v, r, s, chainId),
  };
}

function readAccessListTransaction(item: RlpItem, chainId: bigint): Transaction {
  const fields = readList(item, "transaction", 11);
  const [chain, nonce, gasPrice, gasLimit, to, value, data, accessList, yParity, r, s] = fields;
  checkChainId(readInteger(chain, "chainId", 32), chainId);
  return {
    type: 1,
    chainId,
    ...readCommon([nonce, gasLimit, to, value, data]),
    gasPrice: readInteger(gasPrice, "gasPrice", 32),
    accessList: readAccessList(accessList),
    signature: readSignature(yParity, r, s),
  };
}

function readFeeMarketTransaction(item: RlpItem, chainId: bigint): Transaction {
  const fields = readList(item, "transaction", 12);
  const [chain, nonce, tip, fee, gasLimit, to, value, data, accessList, yParity, r, s] = fields;
  checkChainId(readInteger(chain, "chainId", 32), chainId);
  return {
    type: 2,
    chainId,
    ...readCommon([nonce, gasLimit, to, value, data]),
    maxPriorityFeePerGas: readInteger(tip, "maxPriorityFeePerGas", 32),
    maxFeePerGas: readInteger(fee, "maxFeePerGas", 32),
    accessList: readAccessList(accessList),
    signature: readSignature(yParity, r, s),
  };
}

function checkChainId(chainId: bigint, expected: bigint): void {
  if (chainId === expected) return;
  throw invalidTransaction(
    { code: "CHAIN_ID", chainId, expected },
    `invalid chain id for signer: have ${chainId}, want ${expected}; select this network in the wallet`,
  );
}

/** Bounded by the transaction's size: an entry has 22 bytes at least. */
function readAccessList(item: RlpItem | undefined): readonly AccessListEntry[] {
  const any = { max: Number.MAX_SAFE_INTEGER };
  return readList(item, "accessList", any).map((entry) => {
    const [address, slots] = readList(entry, "accessList entry", 2);
    return {
      address: readAddress(address, "accessList address"),
      slots: readList(slots, "accessList slots", any).map((slot) =>
        readHash(slot, "accessList slot"),
      ),
    };
  });
}

/** The canonical bytes. Throws `InvalidInput` for a signature that no decoder would take. */
export function encodeTransaction(transaction: Transaction): Uint8Array {
  const { yParity, r, s } = transaction.signature;
  checkSignature(r, s);
  const signature = [integerBytes(r), integerBytes(s)];
  if (transaction.type === 0) {
    const v = transaction.chainId * 2n + 35n + BigInt(yParity);
    return encodeRlp([...unsignedFields(transaction), integerBytes(v), ...signature]);
  }
  const fields = [...unsignedFields(transaction), integerBytes(BigInt(yParity)), ...signature];
  return concatBytes(Uint8Array.of(transaction.type), encodeRlp(fields));
}

/** What the sender signs the keccak-256 of. */
export function signingPayload(transaction: UnsignedTransaction): Uint8Array {
  const fields = unsignedFields(transaction);
  if (transaction.type !== 0) {
    return concatBytes(Uint8Array.of(transaction.type), encodeRlp(fields));
  }
  const none = new Uint8Array(0);
  return encodeRlp([...fields, integerBytes(transaction.chainId), none, none]);
}

function unsignedFields(transaction: UnsignedTransaction): readonly RlpItem[] {
  const { nonce, gasLimit, to, value, data } = transaction;
  const prices =
    transaction.type === 2
      ? [transaction.maxPriorityFeePerGas, transaction.maxFeePerGas]
      : [transaction.gasPrice];
  const fields = [
    integerBytes(nonce),
    ...prices.map(integerBytes),
    integerBytes(gasLimit),
    to === undefined ? new Uint8Array(0) : fromHex(to),
    integerBytes(value),
    data,
  ];
  if (transaction.type === 0) return fields;
  const accessList = transaction.accessList.map(({ address, slots }) => [
    fromHex(address),
    slots.map(fromHex),
  ]);
  return [integerBytes(transaction.chainId), ...fields, accessList];
}
