import {
  type Address,
  assert,
  bigintToBytes,
  decodeRlp,
  encodeRlp,
  type Hash,
  hashToBytes,
  type RlpItem,
} from "@delchain/runtime";
import type { ExecutedBlock } from "../block/block.ts";
import { encodeStoredBlock } from "../block/blockCodec.ts";
import { encodeHeader } from "../block/headerCodec.ts";
import type { Receipt } from "../block/receipt.ts";
import { decodeStoredReceipt, encodeStoredReceipt } from "../block/receiptCodec.ts";
import { namesOf } from "../tx/transaction.ts";
import type { Batch } from "./batch.ts";
import { hashKey, numberKey } from "./keys.ts";
import { encodeOrderLocation, encodeTransactionLocation } from "./records.ts";

/** A block's part of its batch: itself, its receipts, and how to find them. */
export function writeBlockRecords(
  batch: Batch,
  hash: Hash,
  { block, receipts }: ExecutedBlock,
  queueIndexes: readonly bigint[],
): void {
  const { header, transactions, orders } = block;
  const { number } = header;
  assert(queueIndexes.length === orders.length, `block ${number} lacks its orders' queue indexes`);
  batch.put(numberKey("header", number), encodeHeader(header));
  batch.put(numberKey("block", number), encodeStoredBlock(block));
  batch.put(numberKey("receipts", number), encodeReceipts(receipts));
  batch.put(numberKey("blockHash", number), hashToBytes(hash));
  batch.put(hashKey("blockNumber", hash), bigintToBytes(number, 8));
  transactions.forEach((listed, index) => {
    const location = encodeTransactionLocation({ number, index });
    for (const name of namesOf(listed)) batch.put(hashKey("transaction", name), location);
  });
  orders.forEach((listed, i) => {
    const queueIndex = queueIndexes[i] as bigint;
    const contract = listed.transaction.to as Address;
    const location = encodeOrderLocation({ number, queueIndex, contract });
    for (const name of namesOf(listed)) batch.put(hashKey("order", name), location);
  });
}

function encodeReceipts(receipts: readonly Receipt[]): Uint8Array {
  return encodeRlp(receipts.map(encodeStoredReceipt));
}

export function decodeReceipts(bytes: Uint8Array): readonly Receipt[] {
  return (decodeRlp(bytes) as readonly RlpItem[]).map((item) =>
    decodeStoredReceipt(item as Uint8Array),
  );
}
