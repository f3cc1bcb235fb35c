import assert from "node:assert/strict";
import { after, test } from "node:test";
import { decodeRlp, encodeRlp, type Hex, toAddress } from "@delchain/runtime";
import { parseTransaction } from "viem";
import { headerFields } from "../../block/headerCodec.ts";
import { SENDER, STORE, startContracts, word } from "../testSupport/contracts.ts";
import { PRODUCER } from "../testSupport/memoryBackend.ts";

const rpc = await startContracts();
after(() => rpc.server.close());
const { send } = rpc;
const FROM = toAddress(SENDER.address);

test("state is read at any block, by number, tag, hash and EIP-1898's objects", async () => {
  await send({ to: STORE, data: word(7), value: 5n });
  const at7 = rpc.backend.head();
  await send({ to: STORE, data: word(8) });
  const number = `0x${at7.header.number.toString(16)}`;
  for (const block of [
    number,
    at7.hash,
    { blockNumber: number },
    { blockHash: at7.hash, requireCanonical: true },
  ]) {
    assert.equal(await rpc.result("eth_getStorageAt", STORE, "0x1", block), word(7));
  }
  for (const tag of ["latest", "safe", "finalized", "pending"]) {
    assert.equal(await rpc.result("eth_getStorageAt", STORE, word(1), tag), word(8));
  }
  assert.equal(await rpc.result("eth_getStorageAt", STORE, "0x1", "earliest"), word(0));
  assert.equal(await rpc.result("eth_getBalance", STORE), "0x5");
  assert.equal(await rpc.result("eth_getCode", STORE), "0x5e");
  assert.equal(await rpc.result("eth_getTransactionCount", FROM, number), "0x1");
  assert.equal(await rpc.result("eth_call", { to: STORE }, number), word(7));
});

test("a block that there is not is -32001 for state and null for blocks", async () => {
  const { error } = await rpc.call("eth_getBalance", STORE, "0xffff");
  assert.equal(error?.code, -32001);
  assert.match(error.message, /block 65535 is above the head 2/);
  assert.equal(
    (await rpc.call("eth_getBalance", STORE, { blockHash: word(1) })).error?.code,
    -32001,
  );
  assert.equal(await rpc.result("eth_getBlockByNumber", "0xffff", false), null);
  assert.equal(await rpc.result("eth_getBlockByHash", word(1), false), null);
  assert.equal(await rpc.result("eth_getBlockReceipts", "0xffff"), null);
  assert.equal(await rpc.result("eth_getBlockTransactionCountByNumber", "0xffff"), null);
  assert.equal(await rpc.result("eth_getTransactionByHash", word(1)), null);
  assert.equal(await rpc.result("eth_getTransactionReceipt", word(1)), null);
});

test("a transaction is the same in its block, by hash, by place and in its receipt", async () => {
  const hash = await send({ to: STORE, data: word(9) });
  const { hash: blockHash, header } = rpc.backend.head();
  const number = `0x${header.number.toString(16)}`;
  const byHash = (await rpc.result("eth_getTransactionByHash", hash)) as Record<string, unknown>;
  const block = (await rpc.result("eth_getBlockByHash", blockHash, true)) as {
    transactions: unknown[];
  };
  assert.deepEqual(block.transactions, [byHash]);
  assert.deepEqual(
    await rpc.result("eth_getTransactionByBlockHashAndIndex", blockHash, "0x0"),
    byHash,
  );
  assert.deepEqual(
    await rpc.result("eth_getTransactionByBlockNumberAndIndex", number, "0x0"),
    byHash,
  );
  assert.equal(await rpc.result("eth_getTransactionByBlockNumberAndIndex", number, "0x1"), null);
  assert.deepEqual(
    [byHash.blockHash, byHash.transactionIndex, byHash.type, byHash.v, byHash.accessList],
    [blockHash, "0x0", "0x2", byHash.yParity, []],
  );
  const receipt = (await rpc.result("eth_getTransactionReceipt", hash)) as Record<string, unknown>;
  assert.deepEqual(await rpc.result("eth_getBlockReceipts", { blockHash }), [receipt]);
  assert.deepEqual(
    [receipt.status, receipt.effectiveGasPrice, receipt.contractAddress, receipt.to],
    ["0x1", byHash.gasPrice, null, STORE],
  );
  assert.equal(await rpc.result("eth_getBlockTransactionCountByHash", blockHash), "0x1");
});

test("a block's size is what Ethereum's encoding of it takes", async () => {
  rpc.backend.autoMine = false;
  await send({ to: STORE, data: word(1) });
  const count = Number(await rpc.result("eth_getTransactionCount", FROM, "pending"));
  const legacy = {
    to: STORE,
    gas: 90_000n,
    gasPrice: 5_000_000_000n,
    chainId: 31337,
    nonce: count,
  };
  const raw = await SENDER.signTransaction({ ...legacy, type: "legacy" });
  const hash = await rpc.result("eth_sendRawTransaction", raw);
  const { block } = rpc.backend.mine();
  rpc.backend.autoMine = true;
  const transactions = block.transactions.map(({ raw, transaction }) =>
    transaction.type === 0 ? decodeRlp(raw) : raw,
  );
  const encoded = encodeRlp([headerFields(block.header), transactions, [], []]);
  const shown = (await rpc.result("eth_getBlockByNumber", "latest", false)) as { size: string };
  assert.equal(transactions.length, 2);
  assert.equal(Number(shown.size), encoded.length);
  const listed = (await rpc.result("eth_getTransactionByHash", hash)) as { v: string };
  // EIP-155's v is in the bytes as it is in the JSON.
  assert.equal(BigInt(listed.v), parseTransaction(raw).v);
});

test("a block has the fields of Osaka and nothing of uncles", async () => {
  const block = (await rpc.result("eth_getBlockByNumber", "latest", false)) as Record<
    string,
    unknown
  >;
  assert.equal(block.miner, PRODUCER);
  assert.match(block.extraData as string, /^0x[0-9a-f]{64}$/);
  assert.deepEqual([block.uncles, block.withdrawals, block.difficulty], [[], [], "0x0"]);
  assert(Number(block.size) > 500);
  assert.equal(await rpc.result("eth_getUncleCountByBlockNumber", "latest"), "0x0");
  assert.equal(await rpc.result("eth_getUncleCountByBlockHash", block.hash), "0x0");
  assert.equal(await rpc.result("eth_getUncleByBlockNumberAndIndex", "latest", "0x0"), null);
  assert.equal(await rpc.result("eth_getUncleByBlockHashAndIndex", block.hash, "0x0"), null);
});

test("what a node says of itself", async () => {
  const answers: [string, unknown[], unknown][] = [
    ["eth_chainId", [], "0x7a69"],
    ["net_version", [], "31337"],
    ["net_listening", [], true],
    ["net_peerCount", [], "0x0"],
    ["eth_syncing", [], false],
    ["eth_accounts", [], []],
    ["web3_clientVersion", [], "DelChain/test"],
    [
      "web3_sha3",
      ["0x68656c6c6f"],
      "0x1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8",
    ],
  ];
  for (const [name, params, expected] of answers) {
    assert.deepEqual(await rpc.result(name, ...params), expected, name);
  }
  assert.equal(((await rpc.result("rpc_modules")) as Record<string, string>).del, "1.0");
});

test("the pool's refusals and malformed bytes are told apart", async () => {
  const code = async (raw: Hex): Promise<number | undefined> =>
    (await rpc.call("eth_sendRawTransaction", raw)).error?.code;
  assert.deepEqual(
    [await code("0x"), await code("0x02c0"), await code("0x04c0")],
    [-32602, -32602, -32602],
  );
  const used = {
    type: "eip1559",
    chainId: 31337,
    nonce: 0,
    gas: 21_000n,
    maxFeePerGas: 5_000_000_000n,
  } as const;
  const { error } = await rpc.call("eth_sendRawTransaction", await SENDER.signTransaction(used));
  assert.equal(error?.code, -32003);
  assert.match(error.message, /^nonce too low/);
  const elsewhere = await rpc.call(
    "eth_sendRawTransaction",
    await SENDER.signTransaction({ ...used, chainId: 1 }),
  );
  assert.equal(elsewhere.error?.code, -32602);
  assert.match(elsewhere.error.message, /^invalid chain id for signer/);
});
