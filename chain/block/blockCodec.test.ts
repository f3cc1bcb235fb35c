import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, decodeRlp, encodeRlp, InvalidInput, type RlpItem } from "@delchain/runtime";
import fc from "fast-check";
import { DEVNET } from "../spec/devnet.ts";
import type { DecodedTransaction } from "../tx/codec.ts";
import { nobleRecovery, recoverSender } from "../tx/signer.ts";
import { signedTransfer, testKey } from "../tx/testTransactions.ts";
import { extensions, headers } from "./arbitraries.ts";
import type { Block } from "./block.ts";
import { decodeBlock, decodeStoredBlock, encodeBlock, encodeStoredBlock } from "./blockCodec.ts";

const transactions = Array.from({ length: 4 }, (_, i) =>
  signedTransfer({ nonce: BigInt(i) }, testKey(i)),
);

function sampleBlock(): Block {
  const [header] = fc.sample(headers, 1) as [Block["header"]];
  const [extension] = fc.sample(extensions, 1) as [Block["extension"]];
  return {
    header,
    extension,
    transactions: transactions.slice(0, 3),
    orders: transactions.slice(3),
    certificates: [
      {
        kind: "agreed",
        level: "fast",
        contract: header.producer,
        orderingNumber: 3n,
        orderingHash: header.parentHash,
        manifestHash: header.stateRoot,
        firstIndex: 1n,
        lastIndex: 1n,
        preRoot: header.mixHash,
        calls: [],
        slots: [],
        signers: Uint8Array.of(3),
        salts: [],
        others: [undefined],
        numbers: [],
        signature: new Uint8Array(96),
      },
    ],
  };
}

function recoverAll(decoded: readonly DecodedTransaction[]): readonly Address[] {
  return decoded.map((transaction) => recoverSender(transaction, nobleRecovery));
}

test("a block from a peer decodes to itself, its senders recovered from the signatures", () => {
  const block = sampleBlock();
  assert.deepEqual(decodeBlock(encodeBlock(block), DEVNET, recoverAll), block);
});

test("a stored block brings its senders with it, whoever they are said to be", () => {
  const block = sampleBlock();
  const sender = block.header.producer;
  const stored = { ...block, orders: block.orders.map((signed) => ({ ...signed, sender })) };
  assert.deepEqual(decodeStoredBlock(encodeStoredBlock(stored), DEVNET), stored);
});

test("a stored block with a sender too few is refused", () => {
  const [block, senders] = decodeRlp(encodeStoredBlock(sampleBlock())) as [RlpItem, RlpItem[]];
  const short = encodeRlp([block, senders.slice(1)]);
  assert.throws(() => decodeStoredBlock(short, DEVNET), InvalidInput);
});

test("a block holds as many bytes, orders and certificates as the spec says and no more", () => {
  const block = sampleBlock();
  const encoded = encodeBlock(block);
  const fits = { ...DEVNET, blockBytesMax: encoded.length, ordersMax: 1, certificatesMax: 1 };
  assert.doesNotThrow(() => decodeBlock(encoded, fits, recoverAll));
  const tight = [
    { ...fits, blockBytesMax: encoded.length - 1 },
    { ...fits, ordersMax: 0 },
    { ...fits, certificatesMax: 0 },
    { ...fits, certificateBytesMax: 200 },
    { ...fits, transactionBytesMax: 100 },
  ];
  for (const rules of tight) {
    assert.throws(() => decodeBlock(encoded, rules, recoverAll), InvalidInput);
  }
});

test("a block whose parts are of another form is refused", () => {
  const fields = decodeRlp(encodeBlock(sampleBlock())) as RlpItem[];
  const hostile: readonly RlpItem[] = [
    fields.slice(0, 4),
    [...fields, []],
    fields.with(1, []),
    fields.with(2, [[]]),
    fields.with(2, [Uint8Array.of(2)]),
    fields.with(3, new Uint8Array(0)),
    fields.with(4, [new Uint8Array(0)]),
  ];
  for (const item of hostile) {
    assert.throws(() => decodeBlock(encodeRlp(item), DEVNET, recoverAll), InvalidInput);
  }
});
