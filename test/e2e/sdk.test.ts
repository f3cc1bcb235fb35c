import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { after, before, test } from "node:test";
import {
  type Call,
  CallNotSettledError,
  type CallStatus,
  type DelchainActions,
  delchainActions,
  devnet,
  programCode,
} from "@delchain/sdk";
import {
  type Account,
  type Address,
  type Chain,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  type PublicActions,
  publicActions,
  type Transport,
  toHex,
  type WalletClient,
} from "viem";
import { DEVNET } from "../../chain/index.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";
import { buildMoody, imageFolder, moodyAbi } from "./support/moodyContract.ts";

// @delchain/sdk against a real node: what an application sees of calls on their way.

type Client = WalletClient<Transport, Chain, Account> & PublicActions & DelchainActions;

const TOKEN = new URL("../../apps/tour/artefacts/token-c.wasm", import.meta.url);

let node: Devnet;
let client: Client;
let moody: Address;
let images: string;

before(async () => {
  const { image, initCode } = await buildMoody();
  images = await imageFolder(image);
  node = await startDevnet({ imageFolder: images });
  client = createWalletClient({
    account: devnetAccount(0),
    chain: devnet,
    transport: http(node.url),
    pollingInterval: 10,
  })
    .extend(publicActions)
    .extend(delchainActions());
  moody = await deploy(initCode);
});

after(async () => {
  await node[Symbol.asyncDispose]();
  await rm(images, { recursive: true });
});

async function deploy(data: Hex): Promise<Address> {
  const { call } = await client.waitForCall({ hash: await client.sendTransaction({ data }) });
  assert.ok(call.contract);
  return call.contract;
}

function send(functionName: string, to: Address = moody): Promise<Hex> {
  const data = encodeFunctionData({ abi: moodyAbi, functionName });
  return client.sendTransaction({ to, data, gas: 1_000_000n });
}

test("the chain of the SDK is the one that a devnet runs", async () => {
  assert.equal(await client.getChainId(), devnet.id);
  assert.equal(BigInt(devnet.id), DEVNET.chainId);
});

test("a container call is followed from its order to its result, each status once and in order", async () => {
  const seen: CallStatus[] = [];
  const { call, receipt } = await client.waitForCall({
    hash: await send("count"),
    onStatus: ({ status }) => seen.push(status),
  });
  const order: CallStatus[] = ["pending", "ordered", "executing", "attested", "success"];
  assert.deepEqual(
    seen,
    order.filter((status) => seen.includes(status)),
  );
  assert.ok(seen.length > 1, seen.join());
  assert.equal(receipt.status, "success");
  assert.deepEqual(
    [call.tier, call.contract, call.resultIn, call.gasUsed],
    ["container", moody, receipt.blockNumber, receipt.gasUsed],
  );
  assert.ok((call.orderedIn ?? 0n) < receipt.blockNumber);
});

test("a call that fails is a result, and its attestations say where the members differed", async () => {
  const hash = await send("clock");
  const { call, receipt } = await client.waitForCall({ hash });
  assert.deepEqual([call.status, receipt.status], ["diverged", "reverted"]);
  const why = await client.explainFailure({ hash, abi: moodyAbi, functionName: "clock" });
  assert.match(
    why ?? "",
    /^its replicas did not agree: return value is \d+ in one and \d+ in another; the cause is the clock \(time\)/,
  );
  const explained = await client.getExplanation({ hash });
  assert.deepEqual(
    [explained?.state, explained?.state === "explained" && explained.verdict],
    ["explained", "strictOnly"],
  );
  const printed = await client.getConsole({ contract: moody });
  assert.match(printed.lines.at(-1)?.text ?? "", /differed; the cause is: time$/);
  const found = await client.getAttestations({ hash });
  assert.match(found?.difference?.where ?? "", /^output byte \d+$/);
  assert.equal(found?.attestations.length, found?.committee.length);
  assert.equal(found?.certifiedIn, receipt.blockNumber);
  assert.notEqual(found?.attestations[0]?.resultsHash, found?.attestations[1]?.resultsHash);
});

test("a call that its container did not survive says what ended it", async () => {
  const crashed = await client.waitForCall({ hash: await send("crash") });
  const why = await client.explainFailure({ hash: crashed.call.hash });
  assert.match(why ?? "", /^it halted \(signal\): its process was ended by a signal/);
  const { call } = await client.waitForCall({ hash: await send("count") });
  assert.equal(await client.explainFailure({ hash: call.hash }), undefined);
});

test("members that agreed have signed the results that the call carries", async () => {
  const hash = await send("count");
  const { call } = await client.waitForCall({ hash });
  const found = await client.getAttestations({ hash });
  assert.deepEqual(
    found?.attestations.map(({ resultsHash }) => resultsHash),
    [call.resultHash, call.resultHash],
  );
  assert.equal(found?.attested, "weak", "a devnet has two hosts");
  assert.equal(found?.difference, undefined);
});

test("a module is deployed by viem's own words, and its tier and payload can be asked for", async () => {
  const module = readFileSync(TOKEN);
  const address = await deploy(programCode({ kind: "wasm", payload: module }));
  const info = await client.getContractInfo({ address });
  assert.deepEqual(
    [info?.tier, info?.payloadSize, info?.manifest],
    ["wasm", BigInt(module.length), undefined],
  );
  assert.equal(await client.getPayload({ address }), toHex(module));
  const container = await client.getContractInfo({ address: moody });
  assert.deepEqual(
    [container?.tier, container?.driver, container?.queueLength, container?.manifest?.name],
    ["container", "docker", 0n, "moody"],
  );
});

test("what the node does not know is undefined, and other tiers have no attestations", async () => {
  const hash = await client.sendTransaction({ to: devnetAccount(1).address, value: 1n });
  const { call } = await client.waitForCall({ hash });
  assert.deepEqual([call.status, call.tier], ["success", undefined]);
  assert.equal(await client.getAttestations({ hash }), undefined);
  const nothing: Hex = `0x${"00".repeat(32)}`;
  assert.equal(await client.getCall({ hash: nothing }), undefined);
  const { address } = devnetAccount(1);
  assert.equal(await client.getContractInfo({ address }), undefined);
  assert.equal(await client.getPayload({ address }), undefined);
});

test("a call that no host can run is still on its way when waiting ends, and watching can be stopped", async () => {
  const absent = await buildMoody(randomUUID());
  const hash = await send("count", await deploy(absent.initCode));
  const seen: Call[] = [];
  const stop = client.watchCall({ hash, onStatus: (call) => seen.push(call) });
  await assert.rejects(client.waitForCall({ hash, timeout: 300 }), (error) => {
    assert.ok(error instanceof CallNotSettledError);
    assert.match(error.message, /has no result after 300 ms: it is (ordered|executing)/);
    return true;
  });
  stop();
  assert.ok(seen.length > 0 && seen.every(({ tier }) => tier === "container"));
});
