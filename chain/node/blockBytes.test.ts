import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_ROOT } from "@delchain/runtime";
import { encodeBlock } from "../block/blockCodec.ts";
import { DEVNET } from "../spec/devnet.ts";
import { genesisBlock } from "../spec/genesis.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import { certificateBytes, transactionBytes } from "./blockBytes.ts";

const { ordersMax, certificatesMax, certificateBytesMax, blockBytesMax } = DEVNET;
const transfer = signedTransfer();

/** `count` transactions of `bytes` altogether. */
function filling(bytes: number, count: number) {
  const raw = new Uint8Array(Math.floor(bytes / count)).fill(1);
  return new Array<typeof transfer>(count).fill({ ...transfer, raw });
}

test("a block with all the bytes that a producer may fill is one that others take, in however many pieces", () => {
  for (const listed of [1, certificatesMax * ordersMax]) {
    const block = {
      ...genesisBlock(DEVNET, EMPTY_ROOT),
      transactions: filling(certificateBytes(DEVNET), listed),
      orders: filling(transactionBytes(DEVNET), ordersMax),
    };
    assert.ok(encodeBlock(block).length <= blockBytesMax);
  }
});

test("the largest certificate and the transactions that it lists, which one block ordered, fit a block", () => {
  assert.ok(certificateBytesMax + transactionBytes(DEVNET) <= certificateBytes(DEVNET));
});
