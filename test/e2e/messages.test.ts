import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { JsonRpcProvider } from "ethers";
import { encodeFunctionData, type Hex, pad, parseAbi, parseEventLogs } from "viem";
import { DEVNET } from "../../chain/index.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";
import { buildContainer, imageFolder, type MoodyContract } from "./support/moodyContract.ts";

// Messages between contracts, as a node shows them to the clients that people have. The rules are tested beside the
// transition.

const CAST = join(import.meta.dirname, "../../node_modules/.bin/cast");
const abi = parseAbi([
  "function post(address to, uint256 value, bytes data) payable returns (bytes32)",
  "function send(address to, uint256 value, bytes data, uint64 gas, uint64 callbackGas) payable returns (bytes32 id)",
  "event MessageSent(bytes32 indexed id, address indexed from, address indexed to, bytes32 parent, uint256 value, uint64 gas, uint64 callbackGas, bytes data)",
]);
const alice = devnetAccount(0).address;
/** Calldata's second word to slot 0, and the value to slot 1. */
const KEEPER = "0x6009600a5f3960095ff36020355f5534600155" as const;
const stranger = pad("0x3e55", { size: 20 });
const folder = mkdtempSync(join(tmpdir(), "delchain-messages-"));

type Shown = {
  readonly hash: Hex;
  readonly blockNumber: Hex | null;
  readonly type: Hex;
  readonly [field: string]: unknown;
};

let devnet: Devnet;
let sender: MoodyContract;
let images: string;
before(async () => {
  const source = new URL("../conformance/contracts/c/sender.c", import.meta.url);
  sender = await buildContainer(source, "sender");
  images = await imageFolder(sender.image);
  devnet = await startDevnet({ dataFolder: folder, imageFolder: images });
});
after(async () => {
  await devnet[Symbol.asyncDispose]();
  rmSync(images, { recursive: true });
  rmSync(folder, { recursive: true });
});

/** Has Alice send a stranger one wei, and returns the message's id. */
async function send(): Promise<Hex> {
  const data = encodeFunctionData({
    abi,
    functionName: "send",
    args: [stranger, 1n, "0x", 0n, 0n],
  });
  const hash = await devnet.wallet(0).sendTransaction({
    to: DEVNET.messagesAddress,
    data,
    value: 1n,
    gas: 500_000n,
  });
  await devnet.result("evm_mine");
  const { logs } = await devnet.receipt(hash);
  const [event] = parseEventLogs({ abi, logs });
  assert(event);
  return event.args.id;
}

/** A message is found by its id, which its sender knows, before it has run and after. */
async function found(id: Hex): Promise<Shown | null> {
  return devnet.result<Shown | null>("eth_getTransactionByHash", id);
}

async function delivered(id: Hex): Promise<Shown> {
  await until(async () => typeof (await found(id))?.blockNumber === "string");
  return (await found(id)) as Shown;
}

test("viem, ethers and cast read a message, its block and its receipt", async () => {
  const { reader, result, url } = devnet;
  const id = await send();
  const { hash, type, blockNumber: number, ...rest } = await delivered(id);
  assert.deepEqual([type, rest.from, rest.to], ["0x7e", alice.toLowerCase(), stranger]);
  assert.deepEqual([rest.nonce, rest.v, rest.r, rest.s], ["0x0", "0x0", "0x0", "0x0"]);
  const blockNumber = BigInt(number ?? 0);

  const block = await reader.getBlock({ blockNumber, includeTransactions: true });
  const receipt = await reader.getTransactionReceipt({ hash });
  assert.deepEqual(
    block.transactions.map((one) => [one.hash, one.typeHex, one.value]),
    [[hash, "0x7e", 1n]],
  );
  assert.deepEqual(
    [receipt.status, receipt.from, receipt.to],
    ["success", alice.toLowerCase(), stranger],
  );
  assert.equal(await reader.getBalance({ address: stranger }), 1n);

  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
  const theirs = await provider.getBlock(Number(blockNumber), true);
  assert.equal(theirs?.prefetchedTransactions[0]?.hash, hash);
  const transaction = await provider.getTransaction(hash);
  assert.deepEqual([transaction?.type, transaction?.value], [0x7e, 1n]);
  assert.equal((await provider.getTransactionReceipt(hash))?.status, 1);
  provider.destroy();

  for (const args of [
    ["block", String(blockNumber), "--full"],
    ["tx", hash],
    ["receipt", hash],
  ]) {
    const env = { ...process.env, ETH_RPC_URL: url, NO_COLOR: "1" };
    const { stdout, stderr } = await promisify(execFile)(CAST, args, { env });
    assert.equal(stderr, "");
    assert(stdout.toLowerCase().includes(hash), `cast ${args[0]} shows the message`);
  }

  const call = await result<{ status: string; from: Hex; transactionHash: Hex }>("del_getCall", id);
  assert.deepEqual([call.status, call.transactionHash], ["success", hash]);
  // It was paid for at another block's base fee, and says nothing of this one's tips.
  const fees = await result<{ reward: Hex[][] }>("eth_feeHistory", "0x1", number, [50]);
  assert.deepEqual(fees.reward, [["0x0"]]);

  const traced = await result("debug_traceTransaction", id, { tracer: "delchainProfile" });
  assert.deepEqual((traced as { status: string }).status, "success");
  const logs = await reader.getLogs({ address: DEVNET.messagesAddress, fromBlock: 0n });
  assert.equal(logs.length, 1);
});

/** Deploys init code and returns where it is. */
async function deploy(data: Hex): Promise<Hex> {
  const hash = await devnet.wallet(0).sendTransaction({ data, gas: 5_000_000n });
  const { contractAddress } = await devnet.receipt(hash);
  assert(contractAddress);
  return contractAddress;
}

async function slotOf(address: Hex, slot: Hex): Promise<bigint> {
  return BigInt((await devnet.reader.getStorageAt({ address, slot })) ?? 0);
}

test("a container calls a contract of the EVM, is called back, and is called by one in turn", async () => {
  const keeper = await deploy(KEEPER);
  const container = await deploy(sender.initCode);
  const data = `0x${"00".repeat(63)}2a` as const;
  const post = encodeFunctionData({ abi, functionName: "post", args: [keeper, 5n, data] });
  const call = { to: container, data: post, gas: 1_000_000n };
  const hash = await devnet.wallet(0).sendTransaction({ ...call, value: 10n ** 17n });
  const { status, logs } = await devnet.receipt(hash);
  assert.equal(status, "success");
  const [sent] = parseEventLogs({ abi, logs });
  assert(sent?.eventName === "MessageSent");
  assert.deepEqual([sent.args.from.toLowerCase(), sent.args.value], [container, 5n]);
  const { id } = sent.args;
  await until(async () => (await slotOf(container, "0x0")) !== 0n);
  assert.deepEqual(
    [await slotOf(container, "0x0"), await slotOf(container, "0x1")],
    [BigInt(id), 1n],
  );
  assert.deepEqual([await slotOf(keeper, "0x0"), await slotOf(keeper, "0x1")], [42n, 5n]);

  // From an account, which is a sender of its own: the container's method runs as an ordered call.
  const inner = encodeFunctionData({ abi, functionName: "post", args: [keeper, 6n, data] });
  const value = 10n ** 17n;
  const quote = 700_000n * 10n ** 10n;
  const args = [container, value, inner, 700_000n, 0n] as const;
  const outer = encodeFunctionData({ abi, functionName: "send", args });
  const to = DEVNET.messagesAddress;
  const request = { to, data: outer, value: value + quote, gas: 1_000_000n };
  await devnet.receipt(await devnet.wallet(0).sendTransaction(request));
  await until(async () => (await slotOf(keeper, "0x1")) === 6n);
  // The container hears of that too. QUEUE counts the calls that wait behind the next one's index.
  await until(async () => (await slotOf(DEVNET.queueAddress, "0x0")) >> 64n === 0n);
  await until(async () => (await slotOf(container, "0x0")) !== BigInt(id));
});

/** Asks again until it is so; fails after half a minute. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    assert(tries < 1_500, "what was waited for has not come");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("nobody can submit a message", async () => {
  const answer = await devnet.call("eth_sendRawTransaction", `0x7e${"c0".repeat(4)}`);
  assert.match(answer.error?.message ?? "", /type 126 .* call MESSAGES instead/);
});

test("a message that waits is shown pending, and outlives the node", async () => {
  const had = await devnet.reader.getBalance({ address: stranger });
  await devnet.result("evm_setAutomine", false);
  const id = await send();
  const waiting = await found(id);
  assert.deepEqual([waiting?.blockNumber, waiting?.type], [null, "0x7e"]);
  await devnet[Symbol.asyncDispose]();
  devnet = await startDevnet({ dataFolder: folder, imageFolder: images });
  const { hash } = await delivered(id);
  assert.equal(hash, waiting?.hash);
  assert.equal(await devnet.reader.getBalance({ address: stranger }), had + 1n);
});

test("going back takes a message back to where it waits, or away", async () => {
  const had = await devnet.reader.getBalance({ address: stranger });
  await devnet.result("evm_setAutomine", false);
  const before = await devnet.result<Hex>("evm_snapshot");
  const id = await send();
  const waiting = await devnet.result<Hex>("evm_snapshot");
  await devnet.result("evm_mine");
  assert.equal(await devnet.reader.getBalance({ address: stranger }), had + 1n);
  await devnet.result("evm_revert", waiting);
  assert.equal((await found(id))?.blockNumber, null);
  await devnet.result("evm_mine");
  assert.equal(await devnet.reader.getBalance({ address: stranger }), had + 1n);
  await devnet.result("evm_revert", before);
  assert.equal(await found(id), null);
  await devnet.result("evm_mine");
  assert.equal(await devnet.reader.getBalance({ address: stranger }), had);
});
