import assert from "node:assert/strict";
import { test } from "node:test";
import { keccak256, toAddress } from "@delchain/runtime";
import type { KnownBlock } from "../rpc/backend.ts";
import { DEVNET } from "../spec/devnet.ts";
import { genesisBlock } from "../spec/genesis.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { RECENT_BYTES_MAX, RecentBlocks } from "./recentBlocks.ts";

const genesis = genesisBlock(DEVNET, keccak256(new Uint8Array(0)));

function blockOf(number: bigint, transactions: readonly SignedTransaction[]): KnownBlock {
  const header = { ...genesis.header, number };
  const hash = keccak256(new TextEncoder().encode(`${number}`));
  return { hash, block: { ...genesis, header, transactions }, receipts: [] };
}

test("a block is read once, however many ask for it, and then kept", async () => {
  let reads = 0;
  const block = blockOf(1n, [signedTransfer({ nonce: 1n }), signedTransfer({ nonce: 2n })]);
  const blocks = new RecentBlocks((number) => {
    reads++;
    return Promise.resolve(number === 1n ? block : undefined);
  });
  const asked = await Promise.all([1n, 1n, 1n].map((number) => blocks.block(number)));
  assert.deepEqual(asked, [block, block, block]);
  assert.equal(await blocks.block(1n), block);
  assert.equal(await blocks.block(2n), undefined);
  assert.equal(reads, 2);
  const second = block.block.transactions[1]?.hash;
  assert(second);
  assert.deepEqual(blocks.location(second), { number: 1n, index: 1 });
});

test("a read that failed is tried again", async () => {
  let reads = 0;
  const block = blockOf(1n, []);
  const blocks = new RecentBlocks(() =>
    reads++ === 0 ? Promise.reject(new Error("the thread is gone")) : Promise.resolve(block),
  );
  await assert.rejects(blocks.block(1n), /the thread is gone/);
  assert.equal(await blocks.block(1n), block);
});

test("the oldest blocks go when all together are too large", async () => {
  const reads: bigint[] = [];
  const blocks = new RecentBlocks((number) => {
    reads.push(number);
    return Promise.resolve(undefined);
  });
  const large = signedTransfer({
    data: new Uint8Array(500_000),
    to: toAddress(`0x${"11".repeat(20)}`),
  });
  const count = BigInt(Math.ceil(RECENT_BYTES_MAX / large.raw.length));
  for (let number = 1n; number <= count; number++) blocks.add(blockOf(number, [large]));
  assert.notEqual(await blocks.block(count), undefined);
  assert.equal(await blocks.block(1n), undefined);
  assert.deepEqual(reads, [1n]);
});
