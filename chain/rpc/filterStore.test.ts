import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hex } from "@delchain/runtime";
import type { PrivateKeyAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Program } from "./testSupport/memoryState.ts";
import { startTestRpc, type TestRpc, type TestRpcOptions } from "./testSupport/startTestRpc.ts";

const EMITTER = `0x${"e1".repeat(20)}` as const;
const OTHER = `0x${"e2".repeat(20)}` as const;
const TOPIC = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const SENDER: PrivateKeyAccount = privateKeyToAccount(
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
);

// Logs its calldata's bytes as topics.
const emit: Program = ({ data }) => ({
  status: "success",
  gas: 1_000n,
  logs: [{ topics: [...data].map((n) => TOPIC(n) as never), data }],
});

async function start(options: TestRpcOptions = {}): Promise<TestRpc> {
  const rpc = await startTestRpc({ ...options, programs: new Map([["0xe1", emit]]) });
  rpc.backend.install(EMITTER as never, Uint8Array.of(0xe1));
  rpc.backend.install(OTHER as never, Uint8Array.of(0xe1));
  return rpc;
}

/** Has a contract log these topics in a block of its own. */
async function log(rpc: TestRpc, to: Hex, ...topics: number[]): Promise<string> {
  const raw = await SENDER.signTransaction({
    type: "eip1559",
    chainId: 31337,
    nonce: Number(
      BigInt((await rpc.result("eth_getTransactionCount", SENDER.address, "pending")) as Hex),
    ),
    to,
    gas: 100_000n,
    maxFeePerGas: 2_000_000_000n,
    maxPriorityFeePerGas: 1n,
    data: `0x${Buffer.from(topics).toString("hex")}`,
  });
  return (await rpc.result("eth_sendRawTransaction", raw)) as string;
}

type Found = { blockNumber: Hex; topics: Hex[]; address: Hex; logIndex: Hex }[];

async function find(rpc: TestRpc, filter: object): Promise<[number, number[]][]> {
  const logs = (await rpc.result("eth_getLogs", filter)) as Found;
  return logs.map(({ blockNumber, topics }) => [Number(blockNumber), topics.map(Number)]);
}

test("logs are found by address and by topics at their places, over many reads of headers", async () => {
  await using rpc = await start();
  await log(rpc, EMITTER, 1, 2);
  await log(rpc, OTHER, 1, 3);
  await log(rpc, EMITTER, 2, 3);
  for (let i = 0; i < 6; i++) rpc.backend.mine();
  await log(rpc, EMITTER, 1);
  const all = { fromBlock: "0x0", toBlock: "latest" };
  assert.deepEqual(await find(rpc, { ...all, address: EMITTER }), [
    [1, [1, 2]],
    [3, [2, 3]],
    [10, [1]],
  ]);
  assert.deepEqual(await find(rpc, { ...all, address: [EMITTER, OTHER], topics: [TOPIC(1)] }), [
    [1, [1, 2]],
    [2, [1, 3]],
    [10, [1]],
  ]);
  assert.deepEqual(await find(rpc, { ...all, topics: [null, TOPIC(3)] }), [
    [2, [1, 3]],
    [3, [2, 3]],
  ]);
  assert.deepEqual(
    await find(rpc, {
      ...all,
      topics: [
        [TOPIC(1), TOPIC(9)],
        [TOPIC(2), TOPIC(3)],
      ],
    }),
    [
      [1, [1, 2]],
      [2, [1, 3]],
    ],
  );
  assert.deepEqual(await find(rpc, { ...all, topics: [[], null] }), [
    [1, [1, 2]],
    [2, [1, 3]],
    [3, [2, 3]],
  ]);
  assert.deepEqual(await find(rpc, { ...all, topics: [TOPIC(9)] }), []);
  assert.deepEqual(await find(rpc, {}), [[10, [1]]]);
  assert.deepEqual(await find(rpc, { fromBlock: "0x2", toBlock: "0xffff" }), [
    [2, [1, 3]],
    [3, [2, 3]],
    [10, [1]],
  ]);
  const { hash } = rpc.backend.head();
  assert.deepEqual(await find(rpc, { blockHash: hash }), [[10, [1]]]);
});

test("of several logs in one block the wanted ones are found, counted through the block", async () => {
  await using rpc = await start();
  rpc.backend.autoMine = false;
  await log(rpc, OTHER, 1);
  await log(rpc, EMITTER, 2);
  await log(rpc, EMITTER, 1);
  rpc.backend.mine();
  const found = async (filter: object): Promise<number[]> =>
    ((await rpc.result("eth_getLogs", filter)) as Found).map(({ logIndex }) => Number(logIndex));
  assert.deepEqual(await found({ address: EMITTER }), [1, 2]);
  assert.deepEqual(await found({ topics: [TOPIC(1)] }), [0, 2]);
  assert.deepEqual(await found({ address: EMITTER, topics: [TOPIC(1)] }), [2]);
});

test("a log query over a limit is refused and names it", async () => {
  await using rpc = await start({ limits: { logBlocks: 5, logs: 2, filterAlternatives: 3 } });
  for (let i = 0; i < 3; i++) await log(rpc, EMITTER, 1);
  const message = async (filter: object): Promise<string | undefined> => {
    const { error } = await rpc.call("eth_getLogs", filter);
    assert.equal(error?.code, -32005);
    return error.message;
  };
  const over = await message({ fromBlock: "0x0" });
  assert.match(over ?? "", /logs in one answer: 3 is over the limit of 2/);
  for (let i = 0; i < 3; i++) rpc.backend.mine();
  assert.match(
    (await message({ fromBlock: "0x0" })) ?? "",
    /blocks in one log query: 7 is over the limit of 5/,
  );
  const four = [1, 2, 3, 4].map(TOPIC);
  assert.match(
    (await message({ topics: [four] })) ?? "",
    /topics\[0\], alternatives: 4 is over the limit of 3/,
  );
});

test("a filter that makes no sense is refused", async () => {
  await using rpc = await start();
  const code = async (filter: unknown): Promise<number | undefined> =>
    (await rpc.call("eth_getLogs", filter)).error?.code;
  const hash = TOPIC(1);
  assert.equal(await code({ fromBlock: "0x5", toBlock: "0x1" }), -32602);
  assert.equal(await code({ blockHash: hash, fromBlock: "0x1" }), -32602);
  assert.equal(await code({ blockHash: hash }), -32001);
  assert.equal(await code({ topics: [1, 2, 3, 4, 5].map(TOPIC) }), -32602);
  assert.equal(await code({ topics: "0x" }), -32602);
  assert.equal(await code({ address: "0x12" }), -32602);
  assert.equal(await code([]), -32602);
});

test("a log filter gives each log once, from its making on", async () => {
  await using rpc = await start();
  await log(rpc, EMITTER, 1);
  const id = await rpc.result("eth_newFilter", { address: EMITTER });
  const poll = async (): Promise<number[]> =>
    ((await rpc.result("eth_getFilterChanges", id)) as Found).map(({ blockNumber }) =>
      Number(blockNumber),
    );
  assert.deepEqual(await poll(), []);
  await log(rpc, EMITTER, 1);
  await log(rpc, OTHER, 1);
  await log(rpc, EMITTER, 1);
  const [first, second] = await Promise.all([poll(), poll()]);
  assert.deepEqual([...first, ...second], [2, 4]);
  assert.deepEqual(await poll(), []);
  assert.equal(((await rpc.result("eth_getFilterLogs", id)) as Found).length, 1);
  assert.equal(await rpc.result("eth_uninstallFilter", id), true);
  assert.equal(await rpc.result("eth_uninstallFilter", id), false);
  assert.equal((await rpc.call("eth_getFilterChanges", id)).error?.code, -32001);
});

test("a filter that was not polled for long catches up by as many blocks a poll as a query may span", async () => {
  await using rpc = await start({ limits: { logBlocks: 4 } });
  const logs = await rpc.result("eth_newFilter", {});
  const blocks = await rpc.result("eth_newBlockFilter");
  for (let i = 0; i < 6; i++) await log(rpc, EMITTER, 1);
  const count = async (id: unknown): Promise<number> =>
    ((await rpc.result("eth_getFilterChanges", id)) as unknown[]).length;
  assert.deepEqual([await count(logs), await count(logs), await count(logs)], [4, 2, 0]);
  assert.deepEqual([await count(blocks), await count(blocks), await count(blocks)], [4, 2, 0]);
});

test("block and pending filters give hashes; pending ones are kept up to a limit", async () => {
  await using rpc = await start({ limits: { pendingBacklog: 2 } });
  const blocks = await rpc.result("eth_newBlockFilter");
  const pending = await rpc.result("eth_newPendingTransactionFilter");
  const sent = [await log(rpc, EMITTER, 1)];
  assert.deepEqual(await rpc.result("eth_getFilterChanges", blocks), [rpc.backend.head().hash]);
  assert.deepEqual(await rpc.result("eth_getFilterChanges", pending), sent);
  const more = [];
  for (let i = 0; i < 5; i++) more.push(await log(rpc, EMITTER, 1));
  const kept = (await rpc.result("eth_getFilterChanges", pending)) as string[];
  assert.deepEqual(kept, more.slice(-kept.length));
  assert(kept.length >= 2 && kept.length < 4, `${kept.length}`);
  assert.equal((await rpc.call("eth_getFilterLogs", blocks)).error?.code, -32001);
});

test("filters over the limit are refused, and one that nobody polls makes room", async () => {
  await using rpc = await start({ limits: { filters: 2, filterIdleMs: 1_000 } });
  const first = await rpc.result("eth_newBlockFilter");
  rpc.clock.ms = 600;
  const second = await rpc.result("eth_newBlockFilter");
  const { error } = await rpc.call("eth_newBlockFilter");
  assert.equal(error?.code, -32005);
  assert.match(error.message, /filters: 3 is over the limit of 2/);
  rpc.clock.ms = 1_200;
  assert.equal(typeof (await rpc.result("eth_newBlockFilter")), "string");
  assert.equal((await rpc.call("eth_getFilterChanges", first)).error?.code, -32001);
  assert.deepEqual(await rpc.result("eth_getFilterChanges", second), []);
});
