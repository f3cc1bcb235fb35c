import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  type Address,
  encodeErrorResult,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  hexToBigInt,
  parseAbi,
} from "viem";
import { DEVNET } from "../../chain/index.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";
import { buildMoody, imageFolder, type MoodyContract, moodyAbi } from "./support/moodyContract.ts";

// Containers through the whole node: a real engine, two replicas, certificates, blocks, receipts.

type CallReport = {
  readonly status: string;
  readonly orderedIn: Hex;
  readonly resultIn: Hex | null;
  readonly resultHash: Hex | null;
};

let moody: MoodyContract;
let images: string;
let devnet: Devnet;
let contract: Address;

before(async () => {
  moody = await buildMoody();
  images = await imageFolder(moody.image);
  devnet = await startDevnet({ imageFolder: images });
  contract = await deploy(devnet, moody);
});

after(async () => {
  await devnet[Symbol.asyncDispose]();
  await rm(images, { recursive: true });
});

const call = (functionName: string) =>
  devnet.wallet(0).sendTransaction({
    to: contract,
    data: encodeFunctionData({ abi: moodyAbi, functionName }),
    gas: 1_000_000n,
  });
const settle = async (functionName: string) => {
  const hash = await call(functionName);
  const receipt = await devnet.receipt(hash);
  return { hash, receipt, report: await devnet.result<CallReport>("del_getCall", hash) };
};

test("a container is ordered in one block, and has its receipt in a later one", async () => {
  const { receipt, report } = await settle("count");
  assert.equal(receipt.status, "success");
  assert.equal(hexToBigInt(report.resultIn as Hex), receipt.blockNumber);
  assert.ok(hexToBigInt(report.orderedIn) < receipt.blockNumber);
  const stored = await devnet.reader.getStorageAt({ address: contract, slot: "0x0" });
  assert.equal(BigInt(stored ?? 0), 1n);
});

test("a container runs calls of one block in their order, each on top of the last", async () => {
  const before = BigInt(
    (await devnet.reader.getStorageAt({ address: contract, slot: "0x0" })) ?? 0,
  );
  const nonce = await devnet.reader.getTransactionCount({ address: devnetAccount(0).address });
  const data = encodeFunctionData({ abi: moodyAbi, functionName: "count" });
  const hashes = await Promise.all(
    [0, 1, 2, 3, 4].map((i) =>
      devnet.wallet(0).sendTransaction({ to: contract, data, gas: 1_000_000n, nonce: nonce + i }),
    ),
  );
  const receipts = await Promise.all(hashes.map(devnet.receipt));
  assert.deepEqual(
    receipts.map(({ status }) => status),
    hashes.map(() => "success"),
  );
  const stored = await devnet.reader.getStorageAt({ address: contract, slot: "0x0" });
  assert.equal(BigInt(stored ?? 0), before + 5n);
});

test("a container starts each call from the same memory", async () => {
  await settle("remember");
  const { data } = await devnet.reader.call({
    to: contract,
    data: encodeFunctionData({ abi: moodyAbi, functionName: "remember" }),
  });
  assert.equal(hexToBigInt(data as Hex), 1n);
});

test("a container leaves nothing of a call that reverts, and says why to who asks", async () => {
  const stored = () => devnet.reader.getStorageAt({ address: contract, slot: "0x0" });
  const before = await stored();
  const { receipt } = await settle("refuse");
  assert.equal(receipt.status, "reverted");
  assert.equal(await stored(), before);
  const data = encodeFunctionData({ abi: moodyAbi, functionName: "refuse" });
  const answer = await devnet.call("eth_call", { to: contract, data }, "latest");
  assert.equal(answer.error?.code, 3);
  assert.match(answer.error?.message ?? "", /not today/);
});

test("a container whose replicas differ is diverged, costs the order alone, and is named with both values", async () => {
  const { hash, receipt, report } = await settle("clock");
  assert.equal(receipt.status, "reverted");
  assert.equal(report.status, "diverged");
  assert.equal(receipt.gasUsed, 100_000n);
  const found = await devnet.result<{
    certificate: { difference?: { where: string; left: string; right: string } };
  }>("del_getAttestations", hash);
  const text = JSON.stringify(found);
  assert.match(text, /output byte \d+/);
});

test("a call on which replicas differ takes no other call of its block with it", async () => {
  await using slow = await startDevnet({ imageFolder: images, intervalMs: 500 });
  const to = await deploy(slow, moody);
  const names = ["count", "clock", "count", "count"];
  const hashes = await Promise.all(
    names.map((functionName, i) => {
      const data = encodeFunctionData({ abi: moodyAbi, functionName });
      return slow.wallet(i + 1).sendTransaction({ to, data, gas: 1_000_000n });
    }),
  );
  const receipts = await Promise.all(hashes.map(slow.receipt));
  const reports = await Promise.all(
    hashes.map((hash) => slow.result<CallReport>("del_getCall", hash)),
  );
  assert.equal(new Set(reports.map(({ orderedIn }) => orderedIn)).size, 1, "one block ordered all");
  assert.deepEqual(
    receipts.map(({ status }) => status),
    ["success", "reverted", "success", "success"],
  );
  assert.equal(reports[1]?.status, "diverged");
  assert.equal(BigInt((await slow.reader.getStorageAt({ address: to, slot: "0x0" })) ?? 0), 3n);
});

test("a call that nobody has run by its deadline is given up: its value comes back, the order is paid", async () => {
  const moody = await buildMoody(randomUUID());
  const empty = await imageFolder();
  const spec = { ...DEVNET, orderDeadlineBlocks: 3n, orderDeadlineSeconds: 2n };
  await using devnet = await startDevnet({ imageFolder: empty, intervalMs: 100, spec });
  const to = await deploy(devnet, moody);
  const wallet = devnet.wallet(1);
  const { address } = wallet.account;
  const before = await devnet.reader.getBalance({ address });
  const data = encodeFunctionData({ abi: moodyAbi, functionName: "received" });
  const hash = await wallet.sendTransaction({ to, data, value: 7n, gas: 1_000_000n });
  const { status, gasUsed, effectiveGasPrice } = await devnet.receipt(hash);
  const report = await devnet.result<CallReport>("del_getCall", hash);
  assert.deepEqual([status, gasUsed, report.status], ["reverted", spec.orderGas, "timedOut"]);
  assert.equal(await devnet.reader.getBalance({ address }), before - gasUsed * effectiveGasPrice);
  const { certificate } = await devnet.result<{ certificate: null }>("del_getAttestations", hash);
  assert.equal(certificate, null);
  await rm(empty, { recursive: true });
});

test("a container that crashes halts by agreement, and serves the next call", async () => {
  const { receipt, report } = await settle("crash");
  assert.equal(receipt.status, "reverted");
  assert.equal(report.status, "halt");
  assert.equal(receipt.gasUsed, 1_000_000n);
  assert.equal((await settle("count")).receipt.status, "success");
});

test("a container that never answers times out by agreement, costs the order alone, and serves the next call", async () => {
  const { receipt, report } = await settle("spin");
  assert.equal(report.status, "timedOut");
  assert.equal(receipt.gasUsed, 100_000n);
  assert.equal((await settle("count")).receipt.status, "success");
});

test("a container cannot be called inside a transaction: the call reverts with AsynchronousContract", async () => {
  // A contract that calls `contract` and returns what came back.
  const code =
    `0x36600060003760006000366000600073${contract.slice(2)}5af1503d6000803e3d6000fd` as Hex;
  const size = (code.length - 2) / 2;
  const init =
    `0x60${size.toString(16).padStart(2, "0")}600c60003960${size.toString(16).padStart(2, "0")}6000f3${code.slice(2)}` as Hex;
  const { contractAddress } = await devnet.receipt(
    await devnet.wallet(0).sendTransaction({ data: init }),
  );
  const data = encodeFunctionData({ abi: moodyAbi, functionName: "count" });
  const answer = await devnet.call("eth_call", { to: contractAddress, data }, "latest");
  const abi = parseAbi(["error AsynchronousContract(address contract)"]);
  const expected = encodeErrorResult({ abi, errorName: "AsynchronousContract", args: [contract] });
  assert.equal(answer.error?.data, expected);
});

test("a container may be called in the block that deploys it: the call is ordered next, what follows it comes after", async () => {
  await using slow = await startDevnet({ imageFolder: images, intervalMs: 500 });
  const wallet = slow.wallet(3);
  const to = getContractAddress({ from: wallet.account.address, nonce: 0n });
  const data = encodeFunctionData({ abi: moodyAbi, functionName: "count" });
  const requests = [
    { nonce: 0, data: moody.initCode, gas: 3_000_000n },
    { nonce: 1, to, data, gas: 1_000_000n },
    { nonce: 2, to: devnetAccount(4).address, value: 1n, gas: 21_000n },
  ];
  const hashes = await Promise.all(requests.map((request) => wallet.sendTransaction(request)));
  const receipts = await Promise.all(hashes.map(slow.receipt));
  assert.deepEqual(
    receipts.map(({ status }) => status),
    ["success", "success", "success"],
  );
});

test("a call that no engine here can run waits, over a restart, until one can", async () => {
  // An image that no engine has seen, so that only the folder can bring it.
  const moody = await buildMoody(randomUUID());
  const [empty, full] = [await imageFolder(), await imageFolder(moody.image)];
  const dataFolder = await mkdtemp(join(tmpdir(), "delchain-restart-"));
  try {
    const { hash, to } = await orderWithoutImage({ imageFolder: empty, dataFolder }, moody);
    await using second = await startDevnet({ imageFolder: full, dataFolder });
    const receipt = await second.receipt(hash);
    assert.equal(receipt.status, "success");
    assert.equal(await second.reader.getBalance({ address: to }), 7n);
  } finally {
    await Promise.all([empty, full, dataFolder].map((path) => rm(path, { recursive: true })));
  }
});

/** Orders a call with value on a node that lacks the image, and stops the node. */
async function orderWithoutImage(
  config: { readonly imageFolder: string; readonly dataFolder: string },
  moody: MoodyContract,
): Promise<{ readonly hash: Hex; readonly to: Address }> {
  await using first = await startDevnet(config);
  const to = await deploy(first, moody);
  const wallet = first.wallet(0);
  const data = encodeFunctionData({ abi: moodyAbi, functionName: "received" });
  const hash = await wallet.sendTransaction({ to, data, value: 7n, gas: 1_000_000n });
  const report = await first.result<CallReport>("del_getCall", hash);
  assert.match(report.status, /^(pending|ordered|executing)$/);
  const account = wallet.account.address;
  while ((await first.reader.getTransactionCount({ address: account, blockTag: "pending" })) < 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // The nonce is used, and wallets are not told so before there is a receipt.
  assert.equal(await first.reader.getTransactionCount({ address: account }), 1);
  assert.equal(await first.reader.getBalance({ address: to }), 0n);
  return { hash, to };
}

async function deploy(devnet: Devnet, { initCode }: MoodyContract): Promise<Address> {
  const receipt = await devnet.receipt(await devnet.wallet(0).sendTransaction({ data: initCode }));
  assert.equal(receipt.status, "success");
  return receipt.contractAddress as Address;
}
