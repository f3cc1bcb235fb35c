import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { saveImage } from "@delchain/images";
import {
  type ContractLife,
  contractsContract,
  getContractLife,
  hostsContract,
} from "@delchain/sdk";
import {
  type Account,
  type Address,
  createWalletClient,
  encodeFunctionData,
  getAddress,
  type Hex,
  http,
  keccak256,
  toHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { DEVNET, DEVNET_HOST_OWNERS, DEVNET_KEYS } from "../../chain/spec/devnet.ts";
import type { Output } from "../../cli/output.ts";
import { openChain } from "../../cli/project/chainClient.ts";
import { createContract } from "../../cli/project/createContract.ts";
import type { Manifest } from "../../runtime/index.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";
import { buildMoody, imageFolder, type MoodyContract, moodyAbi } from "./support/moodyContract.ts";

// The hosts of a devnet say by themselves that a version is ready, once they have tried it with real containers.

type Admin = NonNullable<Manifest["upgrade"]>["admin"];
const ADMIN = devnetAccount(0).address.toLowerCase() as Admin;
const upgrade = {
  admin: ADMIN,
  approvers: [],
  timelock: 0,
  keep: 1,
  migrateBack: false,
};
/** How long a host may take to say that it is ready: it starts two containers. */
const READY_MS = 60_000;

let node: Devnet;
let images: string;
let versions: readonly MoodyContract[];

const probeOf = (functionName: string): Hex => encodeFunctionData({ abi: moodyAbi, functionName });
const build = (label: string, probe?: Hex) =>
  buildMoody(label, { upgrade, hosting: { replicas: 2 }, ...(probe && { probe }) });

before(async () => {
  versions = await Promise.all([build("staged one", probeOf("count")), build("staged two")]);
  images = await imageFolder(...versions.map(({ image }) => image));
  node = await startDevnet({ imageFolder: images });
});

after(async () => {
  await node[Symbol.asyncDispose]();
  await rm(images, { recursive: true });
});

async function deploy({ initCode }: MoodyContract, on = node): Promise<Address> {
  const hash = await on.wallet(0).sendTransaction({ data: initCode, gas: 3_000_000n });
  const { contractAddress } = await on.receipt(hash);
  assert(contractAddress);
  return getAddress(contractAddress);
}

/** The contract's life once it is so. */
async function until(
  address: Address,
  isSo: (life: ContractLife) => boolean,
  on = node,
): Promise<ContractLife> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const life = await getContractLife(on.reader, { address });
    if (isSo(life)) return life;
    assert(Date.now() < deadline, `still ${life.status}, ${life.candidate?.ready ?? 0} are ready`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function send(functionName: "propose", address: Address, version: Address): Promise<void> {
  const hash = await node
    .wallet(0)
    .writeContract({ ...contractsContract, functionName, args: [address, version] });
  assert.equal((await node.receipt(hash)).status, "success");
}

async function call(address: Address, data: Hex): Promise<void> {
  const hash = await node.wallet(0).sendTransaction({ to: address, data, gas: 1_000_000n });
  assert.equal((await node.receipt(hash)).status, "success");
}

/** The first line of a contract's console that says this. */
async function said(contract: Address, words: RegExp): Promise<string> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const page = await node.result<{ lines: { text: string }[] }>(
      "del_getConsole",
      "0x0",
      contract,
    );
    const { lines } = page;
    const line = lines.find(({ text }) => words.test(text));
    if (line) return line.text;
    assert(Date.now() < deadline, `nothing like ${words}: ${JSON.stringify(lines)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("hosts try a contract's first version and its next one, and say that they are ready", async () => {
  const [one, two] = versions as [MoodyContract, MoodyContract];
  const contract = await deploy(one);
  await until(contract, ({ status }) => status === "active");
  await call(contract, probeOf("count"));
  // Nothing is left of what was tried.
  const slot = () => node.reader.getStorageAt({ address: contract, slot: "0x0" });
  assert.equal(BigInt((await slot()) ?? "0x0"), 1n);

  const version = await deploy(two);
  await until(version, ({ status }) => status === "active");
  await send("propose", contract, version);
  await until(contract, ({ candidate }) => candidate?.ready === 2);
  await call(contract, encodeFunctionData({ abi: MIGRATE, functionName: "delchain_migrate" }));
  assert.equal(BigInt((await slot()) ?? "0x0"), 1_001n);
  assert.equal((await until(contract, () => true)).version, version);
});

const MIGRATE = [
  {
    type: "function",
    name: "delchain_migrate",
    inputs: [],
    outputs: [],
    stateMutability: "nonpayable",
  },
] as const;

test("what deploys such a contract costs in the first block what was estimated before there was one", async () => {
  await using fresh = await startDevnet({ imageFolder: images });
  const [one] = versions as [MoodyContract];
  // The wallet asks for an estimate, and gives no more.
  const hash = await fresh.wallet(0).sendTransaction({ data: one.initCode });
  assert.equal((await fresh.receipt(hash)).status, "success");
});

test("delchain deploy waits for hosts, and says what waits for people", async () => {
  const notes: string[] = [];
  const output: Output = {
    line: () => undefined,
    json: () => undefined,
    note: (text) => void notes.push(text),
  };
  const chain = await openChain(node.url);
  const account = privateKeyToAccount(DEVNET_KEYS[0] as Hex);
  const create = ({ initCode: data }: MoodyContract) =>
    createContract({ name: "Moody", account, data }, chain, node.url, output);
  const hosted = await build("staged seven");
  const approved = await buildMoody("staged eight", {
    upgrade: { ...upgrade, approvers: [ADMIN] },
  });
  for (const { image } of [hosted, approved]) await saveImage(images, image);
  const { address } = await create(hosted);
  assert.equal((await until(address, () => true)).status, "active");
  assert.match(notes.join(), /^waiting for hosts that are ready, \d of 2 so far …$/);
  notes.length = 0;
  await create(approved);
  assert.match(notes.join(), /^Moody takes no call yet: it waits for approvals, 0 of 1 so far/);
});

test("a host that asks for more than a contract pays runs nothing of it", async () => {
  const [owner] = DEVNET_HOST_OWNERS.map(({ secret }) => privateKeyToAccount(toHex(secret)));
  const id = keccak256(DEVNET.hosts[0]?.publicKey as Hex);
  const wallet = createWalletClient({
    chain: node.chain,
    transport: http(node.url),
    account: owner as Account,
  });
  const offer = async (retainer: bigint) => {
    const args = [id, 0, retainer] as const;
    const hash = await wallet.writeContract({ ...hostsContract, functionName: "offer", args });
    assert.equal((await node.receipt(hash)).status, "success");
  };
  await offer(5n);
  const hosting = { replicas: 2, priceCap: "4" };
  const poor = await buildMoody("staged nine", { upgrade, hosting });
  await saveImage(images, poor.image);
  const contract = await deploy(poor);
  await until(contract, ({ candidate }) => candidate?.ready === 1);
  const { keepers } = await until(contract, () => true);
  assert.equal(keepers.length, 1);
  assert.notEqual(keepers[0]?.host, id);
  await offer(0n);
});

test("a version whose probe fails, or on which two replicas differ, is not ready, and its author is told why", async () => {
  const refusing = await build("staged three", probeOf("refuse"));
  const differing = await build("staged four", probeOf("clock"));
  for (const { image } of [refusing, differing]) await saveImage(images, image);
  const cases = [
    [refusing, /its probe ends as revert/],
    [differing, /two replicas differ/],
  ] as const;
  for (const [version, reason] of cases) {
    const contract = await deploy(version);
    assert.match(await said(contract, /is not ready to run here/), reason);
    const { status, candidate } = await until(contract, () => true);
    assert.deepEqual([status, candidate?.ready], ["pending", 0]);
  }
});

test("a version whose image is missing is tried again, and again after a restart", async () => {
  // No engine has them, of an earlier run of this test either.
  const run = `${process.pid} ${Date.now()}`;
  const late = await build(`staged five ${run}`, probeOf("count"));
  const later = await build(`staged six ${run}`);
  const dataFolder = mkdtempSync(join(tmpdir(), "delchain-staging-"));
  const imageFolderOfItsOwn = await imageFolder();
  const start = () => startDevnet({ dataFolder, imageFolder: imageFolderOfItsOwn });
  let second: Address;
  try {
    {
      await using first = await start();
      const contract = await deploy(late, first);
      second = await deploy(later, first);
      await first.result("anvil_mine", 4);
      assert.equal((await until(contract, () => true, first)).status, "pending");
      await saveImage(imageFolderOfItsOwn, late.image);
      await first.result("anvil_mine", 12);
      await until(contract, ({ status }) => status === "active", first);
      assert.equal((await until(second, () => true, first)).status, "pending");
    }
    await saveImage(imageFolderOfItsOwn, later.image);
    await using again = await start();
    await until(second, ({ status }) => status === "active", again);
  } finally {
    rmSync(dataFolder, { recursive: true });
    await rm(imageFolderOfItsOwn, { recursive: true });
  }
});
