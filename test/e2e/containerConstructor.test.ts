import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Abi, type Address, type Hex, parseEventLogs, zeroAddress } from "viem";
import { type Devnet, devnetAccount, sharedDevnet, startDevnet } from "./support/devnet.ts";
import { type Ended, runScript } from "./support/program.ts";

// The constructor of a container: the token of C's template, by tools that know nothing of containers, and by ours.

const folder = mkdtempSync(join(tmpdir(), "delchain-constructor-"));
const root = join(folder, "gold");
after(() => rmSync(folder, { recursive: true }));

const [owner, bob] = [devnetAccount(0).address, devnetAccount(1).address];
const SUPPLY = 1_000n;
let abi: Abi;
let bytecode: Hex;

async function cli(...args: readonly string[]): Promise<Ended> {
  const { url } = await sharedDevnet();
  return runScript("cli/main.ts", [...args, "--project", root], { DELCHAIN_RPC: url });
}

before(async () => {
  const choice = ["--lang", "c", "--tier", "container", "--template", "token"];
  const made = await runScript("cli/main.ts", ["new", root, ...choice]);
  assert.equal(made.code, 0, made.stderr);
  const built = await cli("build");
  assert.equal(built.code, 0, built.stderr);
  const output = JSON.parse(readFileSync(join(root, "out/Token.json"), "utf8"));
  abi = output.abi as Abi;
  bytecode = output.code as Hex;
});

async function created({ wallet, receipt }: Devnet, args: readonly unknown[]): Promise<Address> {
  const hash = await wallet(0).deployContract({ abi, bytecode, args });
  const { status, contractAddress } = await receipt(hash);
  assert.equal(status, "success");
  return contractAddress as Address;
}

const read = ({ reader }: Devnet, address: Address, functionName: string, ...args: unknown[]) =>
  reader.readContract({ address, abi, functionName, args });

test("a creation as every tool sends it constructs before the first call, over a restart, for its deployer", async () => {
  const dataFolder = join(folder, "data");
  let address: Address;
  {
    await using first = await startDevnet({ dataFolder });
    address = await created(first, [SUPPLY]);
    // Nobody has called it, and what a query sees is constructed.
    assert.equal(await read(first, address, "balanceOf", owner), SUPPLY);
  }
  await using devnet = await startDevnet({ dataFolder });
  const approve = { address, abi, functionName: "approve", args: [owner, 7n] } as const;
  const receipt = await devnet.receipt(await devnet.wallet(1).writeContract(approve));
  assert.equal(receipt.status, "success");
  assert.deepEqual(
    parseEventLogs({ abi, logs: receipt.logs }).map(({ eventName, args }) => [eventName, args]),
    [
      ["Transfer", { from: zeroAddress, to: owner, value: SUPPLY }],
      ["Approval", { owner: bob, spender: owner, value: 7n }],
    ],
  );
  assert.equal(await read(devnet, address, "totalSupply"), SUPPLY);
  const transfer = { address, abi, functionName: "transfer", args: [bob, 1n] } as const;
  const { logs, gasUsed } = await devnet.receipt(await devnet.wallet(0).writeContract(transfer));
  assert.equal(logs.length, 1);
  assert.ok(gasUsed < receipt.gasUsed, `${gasUsed} < ${receipt.gasUsed}`);
});

test("nobody speaks in the constructor's name, before or after it has run", async () => {
  const devnet = await sharedDevnet();
  const address = await created(devnet, [SUPPLY]);
  const forged: Hex = `0x8fd5c432${"f".padStart(64, "0")}`;
  const statuses: string[] = [];
  for (const data of [forged, "0x8fd5c432", "0x8fd5c432", forged] as const) {
    const hash = await devnet.wallet(1).sendTransaction({ to: address, data, gas: 1_000_000n });
    statuses.push((await devnet.receipt(hash)).status);
  }
  // The second constructs, with what the deployer gave.
  assert.deepEqual(statuses, ["reverted", "success", "reverted", "reverted"]);
  assert.equal(await read(devnet, address, "balanceOf", owner), SUPPLY);
  assert.equal(await read(devnet, address, "totalSupply"), SUPPLY);
});

test("arguments that do not decode construct nothing: each call reverts as the constructor does", async () => {
  const devnet = await sharedDevnet();
  const { wallet, receipt } = devnet;
  const hash = await wallet(0).sendTransaction({ data: `${bytecode}1234` });
  const address = (await receipt(hash)).contractAddress as Address;
  await assert.rejects(read(devnet, address, "totalSupply"), /returned no data|reverted/);
  const called = await wallet(0).sendTransaction({
    to: address,
    data: "0x8fd5c432",
    gas: 1_000_000n,
  });
  assert.equal((await receipt(called)).status, "reverted");
});

test("deploy waits for the constructor, and call and send find it constructed", async () => {
  const deployed = await cli("deploy", "Token", "1000", "--json");
  assert.equal(deployed.code, 0, deployed.stderr);
  const { address } = JSON.parse(deployed.stdout) as { address: Address };
  const { reader } = await sharedDevnet();
  const logs = await reader.getLogs({ address, fromBlock: 0n });
  assert.equal(parseEventLogs({ abi, logs })[0]?.eventName, "Transfer");
  const { stdout } = await cli("call", "Token", "totalSupply");
  assert.equal(stdout, "1000\n");
});
