import assert from "node:assert/strict";
import { test } from "node:test";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import { bytesToHex, fromRlp, type Hex, hexToBytes, keccak256, numberToHex, toRlp } from "viem";
import { devnetAccount, startDevnet } from "./support/devnet.ts";

// Ethereum's own bytes, which a client hashes again.

async function rootOf(items: readonly Hex[]): Promise<Hex> {
  const trie = new MerklePatriciaTrie();
  for (const [i, item] of items.entries()) {
    await trie.put(hexToBytes(toRlp(i === 0 ? "0x" : numberToHex(i))), hexToBytes(item));
  }
  return bytesToHex(trie.root());
}

test("raw header, transactions and receipts hash to what the block says, whatever a transaction's type", async () => {
  await using devnet = await startDevnet();
  await devnet.result("evm_setAutomine", false);
  const to = devnetAccount(1).address;
  const gasPrice = 10n ** 10n;
  const types = [
    { type: "legacy", gasPrice },
    { type: "eip2930", gasPrice, accessList: [] },
    {},
  ] as const;
  const hashes: Hex[] = [];
  for (const [nonce, fields] of types.entries()) {
    const sent = { ...fields, to, value: 1n, gas: 21_000n, nonce };
    hashes.push(await devnet.wallet(0).sendTransaction(sent as never));
  }
  const [pending] = hashes as [Hex];
  const waiting = await devnet.result<Hex>("debug_getRawTransaction", pending);
  assert.equal(keccak256(waiting), pending);
  await devnet.result("anvil_mine", 1);

  const block = await devnet.reader.getBlock();
  const number = numberToHex(block.number);
  assert.equal(keccak256(await devnet.result<Hex>("debug_getRawHeader", number)), block.hash);
  const raws = await Promise.all(
    hashes.map((hash) => devnet.result<Hex>("debug_getRawTransaction", hash)),
  );
  assert.deepEqual(
    raws.map((raw) => keccak256(raw)),
    hashes,
  );
  assert.equal(await rootOf(raws), block.transactionsRoot);
  const receipts = await devnet.result<Hex[]>("debug_getRawReceipts", block.hash);
  assert.equal(await rootOf(receipts), block.receiptsRoot);
  const [header, listed, ommers, withdrawals] = fromRlp(
    await devnet.result<Hex>("debug_getRawBlock", "latest"),
  ) as [Hex[], (Hex | Hex[])[], [], []];
  assert.equal(keccak256(toRlp(header)), block.hash);
  // A legacy transaction is a list in the block, a typed one a string.
  assert.deepEqual(
    listed.map((one) => (typeof one === "string" ? one : toRlp(one))),
    raws,
  );
  assert.deepEqual([ommers, withdrawals], [[], []]);
});

test("what there is not is an error, or no bytes, and no block is bad", async () => {
  await using devnet = await startDevnet();
  const { error } = await devnet.call("debug_getRawBlock", "0x99");
  assert.match(error?.message ?? "", /block not found/);
  assert.equal(await devnet.result("debug_getRawTransaction", `0x${"11".repeat(32)}`), "0x");
  assert.deepEqual(await devnet.result("debug_getBadBlocks"), []);
  assert.equal(await devnet.result("eth_blobBaseFee"), "0x1");
});
