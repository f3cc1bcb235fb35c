import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Hex, toAddress } from "@delchain/runtime";
import {
  CONTAINER,
  GREEDY,
  ONE,
  SENDER,
  STORE,
  startContracts,
  word,
} from "../testSupport/contracts.ts";
import { PRODUCER } from "../testSupport/memoryBackend.ts";
import { startTestRpc } from "../testSupport/startTestRpc.ts";

const rpc = await startContracts();
after(() => rpc.server.close());
const { send } = rpc;
const FROM = toAddress(SENDER.address);

test("an estimate suffices, is close, and is exact for a transfer", async () => {
  assert.equal(
    await rpc.result("eth_estimateGas", { from: FROM, to: PRODUCER, value: "0x1" }),
    "0x5208",
  );
  const gas = BigInt((await rpc.result("eth_estimateGas", { to: GREEDY, data: "0x01" })) as Hex);
  const needed = 221_016n;
  assert(gas >= needed && gas <= (needed * 1_016n) / 1_000n, `${gas}`);
});

test("an estimate that no gas would make good says why", async () => {
  const halted = await rpc.call("eth_estimateGas", { to: GREEDY });
  assert.equal(halted.error?.code, -32000);
  assert.match(halted.error.message, /^gas required exceeds allowance \(67108864\)/);
  const poor = { from: `0x${"99".repeat(20)}`, to: STORE, value: "0x1" };
  for (const method of ["eth_estimateGas", "eth_call"]) {
    const { error } = await rpc.call(method, poor);
    assert.match(error?.message ?? "", /^insufficient funds for transfer: 0x9999/);
  }
  const fee = {
    from: FROM,
    to: GREEDY,
    data: "0x01",
    maxFeePerGas: `0x${(10n ** 18n).toString(16)}`,
  };
  assert.match(
    (await rpc.call("eth_estimateGas", fee)).error?.message ?? "",
    /exceeds allowance \(10000\)/,
  );
});

test("overrides that there are not, too many, or malformed, and other chains' calls are refused, not passed over", async () => {
  const refused = async (...overrides: readonly unknown[]): Promise<string> => {
    const { error } = await rpc.call("eth_call", { to: STORE }, "latest", ...overrides);
    return `${error?.code} ${error?.message}`;
  };
  const account = (fields: object) => refused({ [STORE]: fields });
  assert.match(
    await account({ movePrecompileToAddress: STORE }),
    /^-32004 .*no such override here/,
  );
  assert.match(await account({ code: "0xef01" }), /^-32004 .*begins with 0xef/);
  assert.match(await account({ state: {}, stateDiff: {} }), /^-32602 .*send one/);
  assert.match(await account({ stateDiff: { "0x1": "0x2" } }), /^-32602 .*32 bytes/);
  assert.match(await account({ balance: 1 }), /^-32602 .*balance: wanted a quantity/);
  assert.match(await refused({ nobody: {} }), /^-32602 .*wanted an address/);
  assert.match(await refused({}, { difficulty: "0x1" }), /^-32004 .*there are number, time/);
  const many = Array.from({ length: 1_025 }, (_, i) => [
    `0x${i.toString(16).padStart(40, "0")}`,
    {},
  ]);
  assert.match(
    await refused(Object.fromEntries(many)),
    /^-32602 .*1025 entries are over the limit of 1024/,
  );
  const slots = Object.fromEntries(Array.from({ length: 1_025 }, (_, i) => [word(i), word(1)]));
  assert.match(await account({ stateDiff: slots }), /1025 entries are over the limit of 1024/);
  assert.equal((await rpc.call("eth_call", { to: STORE }, "latest", {}, {})).error, undefined);
  assert.match(
    (await rpc.call("eth_call", { to: STORE, chainId: "0x1" })).error?.message ?? "",
    /does not match/,
  );
  assert.match((await rpc.call("eth_call", { to: GREEDY })).error?.message ?? "", /out of gas/);
});

test("fees: history with percentiles by gas, the base fee to come, a tip from the last blocks", async () => {
  rpc.backend.autoMine = false;
  await send({ to: STORE, data: word(1), tip: 100n });
  await send({ to: STORE, data: word(2), tip: 300n });
  rpc.backend.mine();
  rpc.backend.autoMine = true;
  const { header, nextBaseFee } = rpc.backend.head();
  const history = (await rpc.result("eth_feeHistory", "0x2", "latest", [0, 50, 51, 100])) as Record<
    string,
    unknown[]
  >;
  assert.equal(history.oldestBlock as unknown, `0x${(header.number - 1n).toString(16)}`);
  assert.deepEqual(
    history.baseFeePerGas?.slice(1),
    [header.baseFeePerGas, nextBaseFee].map((fee) => `0x${fee.toString(16)}`),
  );
  assert.deepEqual(history.reward?.[1], ["0x64", "0x64", "0x12c", "0x12c"]);
  assert.equal(history.gasUsedRatio?.[1], Number(header.gasUsed) / Number(header.gasLimit));
  const all = (await rpc.result("eth_feeHistory", 5_000, "latest")) as Record<string, unknown[]>;
  assert.equal(all.gasUsedRatio?.length, Number(header.number) + 1);
  assert.equal("reward" in all, false);
  const older = (await rpc.result("eth_feeHistory", "0x1", "0x1", [])) as Record<string, unknown[]>;
  assert.equal(older.baseFeePerGas?.length, 2);
  const tip = BigInt((await rpc.result("eth_maxPriorityFeePerGas")) as Hex);
  assert.equal(BigInt((await rpc.result("eth_gasPrice")) as Hex), nextBaseFee + tip);
  assert(tip >= 1n && tip <= 300n);
  for (const wrong of [[5, 4], [101], ["1"], [-1]]) {
    assert.equal((await rpc.call("eth_feeHistory", "0x1", "latest", wrong)).error?.code, -32602);
  }
  const many = Array.from({ length: 101 }, () => 1);
  assert.equal((await rpc.call("eth_feeHistory", "0x1", "latest", many)).error?.code, -32005);
});

test("a container call's price is of another market and counts in no tip", async () => {
  const hash = await send({ to: CONTAINER });
  rpc.backend.certify(hash, "success", ONE);
  const history = (await rpc.result("eth_feeHistory", "0x1", "latest", [50])) as {
    reward: unknown;
  };
  assert.deepEqual(history.reward, [["0x0"]]);
});

test("a fee history spans at most its limit", async () => {
  await using small = await startTestRpc({ limits: { feeHistoryBlocks: 4 } });
  for (let i = 0; i < 9; i++) small.backend.mine();
  const history = (await small.result("eth_feeHistory", "0x9", "latest", [])) as Record<
    string,
    unknown[]
  >;
  assert.deepEqual([history.oldestBlock as unknown, history.gasUsedRatio?.length], ["0x6", 4]);
});

test("a call and an estimate on a container go to a replica", async () => {
  assert.equal(await rpc.result("eth_call", { to: CONTAINER, data: "0x" }), "0x2a");
  assert.equal(await rpc.result("eth_estimateGas", { to: CONTAINER, data: "0x" }), "0x186a0");
});
