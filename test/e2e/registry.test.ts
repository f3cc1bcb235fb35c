import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ContractLife, Host } from "@delchain/sdk";
import { type Address, type BaseError, getAddress, type Hex } from "viem";
import type { Output } from "../../cli/output.ts";
import { createProgram } from "../../cli/program.ts";
import type { UpgradePolicy } from "../../runtime/index.ts";
import { type Devnet, devnetAccount, startDevnet } from "./support/devnet.ts";
import { buildMoody, imageFolder, moodyAbi } from "./support/moodyContract.ts";

// Hosts and lives of container contracts, from the command line, on a real node with real containers.

const folder = mkdtempSync(join(tmpdir(), "delchain-registry-"));
const upgrade: UpgradePolicy = {
  admin: devnetAccount(0).address.toLowerCase() as UpgradePolicy["admin"],
  approvers: [devnetAccount(1).address.toLowerCase() as UpgradePolicy["admin"]],
  timelock: 0,
  keep: 1,
  migrateBack: false,
};

let node: Devnet;
let images: string;
/** A contract, and the one whose manifest becomes its second version. */
let contract: Address;
let second: Address;

before(async () => {
  const versions = await Promise.all(["one", "two"].map((label) => buildMoody(label, { upgrade })));
  images = await imageFolder(...versions.map(({ image }) => image));
  node = await startDevnet({ imageFolder: images });
  process.env.DELCHAIN_RPC = node.url;
  const created: Address[] = [];
  for (const { initCode } of versions) created.push(await deploy(initCode));
  [contract, second] = created as [Address, Address];
});

after(async () => {
  await node[Symbol.asyncDispose]();
  await rm(images, { recursive: true });
  rmSync(folder, { recursive: true });
});

async function deploy(data: Hex): Promise<Address> {
  const hash = await node.wallet(0).sendTransaction({ data, gas: 3_000_000n });
  const { contractAddress } = await node.receipt(hash);
  assert(contractAddress);
  return getAddress(contractAddress);
}

/** What a command answers in JSON; in this process, since each of its own takes a second to start. */
async function answer<T>(...words: readonly string[]): Promise<T> {
  let answered: unknown;
  const output: Output = {
    line: () => undefined,
    note: () => undefined,
    json: (value) => {
      answered = value;
    },
  };
  await createProgram(output).parseAsync([...words, "--json"], { from: "user" });
  return answered as T;
}

async function refused(expected: RegExp, ...words: readonly string[]): Promise<void> {
  await assert.rejects(answer(...words), (error: Error) => {
    assert.match(error.message, expected);
    return true;
  });
}

async function count(): Promise<void> {
  const hash = await node.wallet(2).writeContract({
    address: contract,
    abi: moodyAbi,
    functionName: "count",
    gas: 1_000_000n,
  });
  assert.equal((await node.receipt(hash)).status, "success");
}

async function counted(): Promise<bigint> {
  return BigInt((await node.reader.getStorageAt({ address: contract, slot: "0x0" })) ?? "0x0");
}

const life = () => answer<ContractLife>("contract", "status", contract);

test("a host registers, offers, gives notice, and keeps its stake there until nothing can be reported", async () => {
  const key = join(folder, "host.key");
  const { id } = await answer<{ id: Hex }>("host", "key", key);
  // Not the class of the contract below: nobody runs this host, and its committees could not agree.
  const register = ["host", "register", "--key", key, "--class", "medium,large", "--account", "5"];
  await answer(...register);
  await refused(/register reverts: KeyTaken\(/, ...register);
  await answer("host", "offer", id, "large", "--retainer", "1", "--account", "5");
  await refused(
    /NoSuchClass\(0\)/,
    "host",
    "offer",
    id,
    "small",
    "--retainer",
    "1",
    "--account",
    "5",
  );
  const status = () => answer<Host[]>("host", "status", id);
  const [host] = await status();
  assert.deepEqual([host?.classes, host?.owner], [["medium", "large"], devnetAccount(5).address]);
  await refused(/NotOwner/, "host", "notice", id, "--account", "6");
  await answer("host", "notice", id, "--account", "5");
  await refused(/TooEarly/, "host", "leave", id, "--account", "5");
  const none = `0x${"11".repeat(32)}`;
  const challenge = ["host", "challenge", none, "--host", id, "--account", "5"];
  await refused(/cannot be contested: it is no certified container call/, ...challenge);
  assert.match((await status())[0]?.status ?? "", /joining|leaving/);
  assert.equal((await answer<Host[]>("host", "status")).length, 3);
  await refused(/no registered host/, "host", "status", second);
  await refused(/NothingEarned/, "host", "collect", devnetAccount(5).address);
  await refused(/is no address/, "host", "collect", id);
});

test("a contract is approved, upgraded by a call of its new version, rolled back, suspended and resumed", async () => {
  assert.equal((await life()).status, "pending");
  await assert.rejects(count, (error: BaseError) => /is not active yet/.test(error.message));
  const byApprover = ["--account", "1"];
  await answer("contract", "approve", contract, contract, ...byApprover);
  await count();
  await refused(/NotHost/, "contract", "keep", contract, `0x${"00".repeat(32)}`);
  assert.equal(await counted(), 1n);

  await answer("contract", "propose", contract, second);
  await refused(/migrate reverts: NotApproved\(/, "contract", "migrate", contract);
  await answer("contract", "approve", contract, second, ...byApprover);
  const { version } = await answer<{ version: Address }>("contract", "migrate", contract);
  assert.equal(version, second);
  await count();
  assert.equal(await counted(), 1_002n);
  assert.equal((await life()).previous, contract);

  await answer("contract", "rollback", contract);
  const back = await life();
  assert.deepEqual([back.version, back.status, back.isRollingBack], [contract, "active", false]);
  assert.equal(await counted(), 1n);
  await count();
  assert.equal(await counted(), 2n);

  await refused(/NotAdmin/, "contract", "suspend", contract, "--account", "2");
  await answer("contract", "suspend", contract);
  await assert.rejects(count, (error: BaseError) => /suspended by its admin/.test(error.message));
  await answer("contract", "resume", contract);
  await answer("contract", "top-up", contract, "1.5ether", "--account", "4");
  assert.equal((await life()).escrow, 15n * 10n ** 17n);
  await count();
});
