import {
  type AccessListEntry,
  type Address,
  EMPTY_ROOT,
  encodeRlp,
  type Hash,
  type Hex,
  type Log,
  toHex,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Header } from "../block/header.ts";
import { EMPTY_OMMERS_HASH, EMPTY_REQUESTS_HASH, headerFields } from "../block/headerCodec.ts";
import type { Receipt } from "../block/receipt.ts";
import { isMessage, type ListedTransaction, type MessageTransaction } from "../tx/transaction.ts";
import type { KnownBlock, KnownHeader } from "./backend.ts";

/** A JSON object of the execution API specification. */
export type Json = { readonly [member: string]: unknown };

/** Where a listed transaction stands. */
export type Place = {
  readonly blockHash: Hash;
  readonly blockNumber: bigint;
  readonly timestamp: bigint;
  readonly index: number;
};

export function quantityHex(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}

/** All fields of the header, so that whoever reads them can compute `hash` again. */
export function formatHeader({ hash, header }: KnownHeader): Json {
  return {
    hash,
    parentHash: header.parentHash,
    sha3Uncles: EMPTY_OMMERS_HASH,
    miner: header.producer,
    stateRoot: header.stateRoot,
    transactionsRoot: header.transactionsRoot,
    receiptsRoot: header.receiptsRoot,
    logsBloom: toHex(header.logsBloom),
    difficulty: "0x0",
    number: quantityHex(header.number),
    gasLimit: quantityHex(header.gasLimit),
    gasUsed: quantityHex(header.gasUsed),
    timestamp: quantityHex(header.timestamp),
    extraData: toHex(header.extraData),
    mixHash: header.mixHash,
    nonce: "0x0000000000000000",
    baseFeePerGas: quantityHex(header.baseFeePerGas),
    withdrawalsRoot: EMPTY_ROOT,
    blobGasUsed: "0x0",
    excessBlobGas: "0x0",
    parentBeaconBlockRoot: ZERO_HASH,
    requestsHash: EMPTY_REQUESTS_HASH,
  };
}

/** A block with its transactions whole or, as most callers want it, their hashes. */
export function formatBlock(known: KnownBlock, full: boolean): Json {
  const { block, hash, receipts } = known;
  const { header, transactions } = block;
  return {
    ...formatHeader({ hash, header }),
    size: quantityHex(ethereumSize(header, transactions)),
    uncles: [],
    withdrawals: [],
    transactions: full
      ? transactions.map((signed, index) =>
          formatTransaction(signed, placeOf(known, index), receipts[index]),
        )
      : transactions.map((signed) => signed.hash),
  };
}

/** Bytes of the block as Ethereum encodes it: header, transactions, no ommers, no withdrawals. */
function ethereumSize(header: Header, transactions: readonly ListedTransaction[]): number {
  // Legacy transactions stand in a block as lists, typed ones as byte strings (EIP-2718). Only lengths matter.
  const wrapped = transactions.map(({ raw, transaction }) =>
    transaction.type === 0 ? raw.length : encodeRlp(raw).length,
  );
  const list = wrapped.reduce((sum, length) => sum + length, 0);
  const payload = encodeRlp(headerFields(header)).length + list + listHead(list) + 2;
  return payload + listHead(payload);
}

/** Bytes before a list's payload (Yellow Paper, appendix B). */
function listHead(payload: number): number {
  return payload < 56 ? 1 : 1 + Math.ceil(payload.toString(16).length / 2);
}

export function placeOf({ hash, block }: KnownBlock, index: number): Place {
  const { number, timestamp } = block.header;
  return { blockHash: hash, blockNumber: number, timestamp, index };
}

/**
 * A transaction, listed or waiting. A listed one shows as `gasPrice` what it paid, a waiting one the most that it
 * would.
 */
export function formatTransaction(
  listed: ListedTransaction,
  place: Place | undefined,
  receipt: Receipt | undefined,
): Json {
  const { transaction, hash, sender } = listed;
  if (isMessage(transaction)) return formatMessage(transaction, hash, place);
  const { type, chainId, signature } = transaction;
  const most = type === 2 ? transaction.maxFeePerGas : transaction.gasPrice;
  const legacyV = chainId * 2n + 35n + BigInt(signature.yParity);
  return {
    blockHash: place?.blockHash ?? null,
    blockNumber: place === undefined ? null : quantityHex(place.blockNumber),
    transactionIndex: place === undefined ? null : quantityHex(place.index),
    hash,
    type: quantityHex(type),
    chainId: quantityHex(chainId),
    from: sender,
    to: transaction.to ?? null,
    nonce: quantityHex(transaction.nonce),
    value: quantityHex(transaction.value),
    input: toHex(transaction.data),
    gas: quantityHex(transaction.gasLimit),
    gasPrice: quantityHex(receipt?.effectiveGasPrice ?? most),
    ...(type === 2 && {
      maxFeePerGas: quantityHex(transaction.maxFeePerGas),
      maxPriorityFeePerGas: quantityHex(transaction.maxPriorityFeePerGas),
    }),
    ...(type !== 0 && {
      accessList: transaction.accessList.map(formatAccess),
      yParity: quantityHex(signature.yParity),
    }),
    // EIP-155's v for type 0, the parity for the others.
    v: quantityHex(type === 0 ? legacyV : signature.yParity),
    r: quantityHex(signature.r),
    s: quantityHex(signature.s),
  };
}

/**
 * As OP Stack shows its deposits, which are of this type too: no signature, and a nonce that means nothing. What of a
 * message they have no word for stands beside it.
 */
function formatMessage(message: MessageTransaction, hash: Hash, place: Place | undefined): Json {
  const { id, parent, origin, from, to, value, gasLimit, gasPrice, hops, data } = message;
  return {
    blockHash: place?.blockHash ?? null,
    blockNumber: place === undefined ? null : quantityHex(place.blockNumber),
    transactionIndex: place === undefined ? null : quantityHex(place.index),
    hash,
    type: quantityHex(message.type),
    from,
    to,
    nonce: "0x0",
    value: quantityHex(value),
    input: toHex(data),
    gas: quantityHex(gasLimit),
    gasPrice: quantityHex(gasPrice),
    sourceHash: id,
    mint: "0x0",
    isSystemTx: true,
    messageId: id,
    parent,
    origin,
    hops: quantityHex(hops),
    v: "0x0",
    r: "0x0",
    s: "0x0",
  };
}

function formatAccess({ address, slots }: AccessListEntry): Json {
  return { address, storageKeys: slots };
}

/** The receipt of the transaction at `index`. */
export function formatReceipt(known: KnownBlock, index: number): Json | null {
  const receipt = known.receipts[index];
  if (receipt === undefined) return null;
  const place = placeOf(known, index);
  const firstLog = logsBefore(known.receipts, index);
  return {
    transactionHash: receipt.transactionHash,
    transactionIndex: quantityHex(index),
    blockHash: place.blockHash,
    blockNumber: quantityHex(place.blockNumber),
    from: receipt.sender,
    to: receipt.to ?? null,
    contractAddress: receipt.created ?? null,
    type: quantityHex(receipt.type),
    status: receipt.status === "success" ? "0x1" : "0x0",
    cumulativeGasUsed: quantityHex(receipt.cumulativeGasUsed),
    gasUsed: quantityHex(receipt.gasUsed),
    effectiveGasPrice: quantityHex(receipt.effectiveGasPrice),
    logsBloom: toHex(receipt.logsBloom),
    logs: receipt.logs.map((log, offset) =>
      formatLog(log, place, receipt.transactionHash, firstLog + offset),
    ),
  };
}

/** `logIndex` counts through the whole block. */
export function formatLog(log: Log, place: Place, transactionHash: Hash, logIndex: number): Json {
  return {
    address: log.address satisfies Address,
    topics: log.topics,
    data: toHex(log.data),
    blockHash: place.blockHash,
    blockNumber: quantityHex(place.blockNumber),
    blockTimestamp: quantityHex(place.timestamp),
    transactionHash,
    transactionIndex: quantityHex(place.index),
    logIndex: quantityHex(logIndex),
    removed: false,
  };
}

/** How many logs the block's transactions before `index` wrote. */
export function logsBefore(receipts: readonly Receipt[], index: number): number {
  let count = 0;
  for (let i = 0; i < index; i++) count += receipts[i]?.logs.length ?? 0;
  return count;
}
