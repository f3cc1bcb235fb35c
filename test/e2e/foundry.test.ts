import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type Address, type Hex, toHex } from "viem";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { type Devnet, devnetAccount, sharedDevnet } from "./support/devnet.ts";
import { deploy } from "./support/token.ts";

// A project of Foundry (`foundry/`) as its users have them: forge creates, scripts and tests against a devnet.

const MODULES = join(import.meta.dirname, "../../node_modules");
const FORGE = join(MODULES, ".bin/forge");
const OUTPUT_MAX = 8 * 1024 * 1024;
/** Nobody else's in the tests that share the node. */
const ACCOUNT = 6;
const KEY: Hex = toHex(devnetAccount(ACCOUNT).getHdKey().privateKey ?? new Uint8Array());
const RECEIVER: Address = "0x00000000000000000000000000000000000071b0";

let project: string;
let devnet: Devnet;
let token: Address;

before(async () => {
  // forge writes what it builds and broadcasts beside the sources.
  project = mkdtempSync(join(tmpdir(), "delchain-foundry-"));
  cpSync(join(import.meta.dirname, "foundry"), project, { recursive: true });
  symlinkSync(MODULES, join(project, "node_modules"));
  devnet = await sharedDevnet();
  token = (await deploy(devnet, "token-solidity", ACCOUNT)).address;
});

after(() => rmSync(project, { recursive: true }));

/** What forge prints; throws all of it when forge fails. */
async function forge(...args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    ETH_RPC_URL: devnet.url,
    FOUNDRY_DISABLE_NIGHTLY_WARNING: "1",
    NO_COLOR: "1",
    TOKEN: token,
    TO: RECEIVER,
  };
  const options = { cwd: project, env, maxBuffer: OUTPUT_MAX };
  const { stdout, stderr } = await promisify(execFile)(FORGE, [...args], options).catch(
    (error: { readonly stdout: string; readonly stderr: string }) => {
      throw new Error(`${error.stdout}\n${error.stderr}`);
    },
  );
  // The package's launcher ends with 0 whatever forge itself ended with.
  if (/^Error/m.test(stderr)) throw new Error(stderr);
  return stdout;
}

function balance(): Promise<bigint> {
  const args = [RECEIVER] as const;
  const call = { address: token, abi: tokenAbi, functionName: "balanceOf", args } as const;
  return devnet.reader.readContract(call);
}

test("forge create deploys, and what it deployed is there", async () => {
  const created = await forge("create", "Tipping", "--private-key", KEY, "--broadcast", "--json");
  const { deployedTo } = JSON.parse(created) as { deployedTo: Address };
  assert.ok(((await devnet.reader.getCode({ address: deployedTo })) ?? "0x").length > 100);
});

test("forge test runs on a fork of the devnet, on a contract that lies there", async () => {
  const output = await forge("test", "--fork-url", devnet.url);
  assert.match(output, /2 passed; 0 failed; 0 skipped/);
});

test("forge script broadcasts its transactions, which the devnet lists as it simulated them", async () => {
  const before = await balance();
  const output = await forge(
    "script",
    "script/Tip.s.sol",
    "--rpc-url",
    devnet.url,
    "--private-key",
    KEY,
    "--broadcast",
  );
  assert.match(output, /ONCHAIN EXECUTION COMPLETE & SUCCESSFUL/);
  assert.equal((await balance()) - before, 40n);
});
