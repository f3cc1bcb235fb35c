import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { expectRevert, startChain } from "@delchain/test";
import { sharedDevnet } from "./support/devnet.ts";
import { type Ended, runScript, startProgram } from "./support/program.ts";

// A Solidity project whose contract calls public functions of a library, and that library those of a package's.

const folder = mkdtempSync(join(tmpdir(), "delchain-libraries-"));
const root = join(folder, "vault");
const source = join(root, "contracts/Vault.sol");
after(() => rmSync(folder, { recursive: true }));

const ROUNDING = `pragma solidity ^0.8.0;
library Rounding { function half(uint256 x) public pure returns (uint256) { return x / 2; } }`;
const VAULT = `pragma solidity ^0.8.0;
import "rounding/Rounding.sol";
library Shares {
  function part(uint256 x) public pure returns (uint256) {
    require(x < 100, "too many");
    return Rounding.half(x) + 1;
  }
}
contract Vault {
  uint256 public first;
  function initialize(uint256 x) external { first = Shares.part(x); }
  function part(uint256 x) external pure returns (uint256) { return Shares.part(x); }
}`;

async function cli(...args: readonly string[]): Promise<Ended> {
  const { url } = await sharedDevnet();
  return runScript("cli/main.ts", [...args, "--project", root], { DELCHAIN_RPC: url });
}

async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await cli(...args, "--json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

type Recorded = { readonly address: string; readonly libraries: Record<string, string> };

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(join(root, "deployments/31337.json"), "utf8"))[name];
}

before(() => {
  mkdirSync(join(root, "contracts"), { recursive: true });
  mkdirSync(join(root, "node_modules/rounding"), { recursive: true });
  writeFileSync(join(root, "node_modules/rounding/Rounding.sol"), ROUNDING);
  writeFileSync(source, VAULT);
});

test("libraries are deployed before the contract, once, where the dry run said", async () => {
  const { reader } = await sharedDevnet();
  const plan = await json("deploy", "Vault", "--dry-run");
  const before = await reader.getBlockNumber();
  const deployed = await json("deploy", "Vault");
  assert.equal(await reader.getBlockNumber(), before + 3n);
  assert.deepEqual([deployed.address, deployed.codeHash], [plan.address, plan.codeHash]);
  assert.deepEqual(recorded("Vault").libraries, plan.libraries);
  assert.deepEqual(plan.libraries, {
    Rounding: recorded("Rounding").address,
    Shares: recorded("Shares").address,
  });
  assert.equal((await json("call", "Vault", "part", "9")).result, "5");
  await json("deploy", "Vault");
  assert.equal(await reader.getBlockNumber(), before + 4n);
});

test("an error says which line of a library it comes from", async () => {
  const { code, stderr } = await cli("call", "Vault", "part", "100");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /too many\n {2}at Shares\.part \(contracts\/Vault\.sol:5\)\n {2}at Vault\.part/,
  );
});

test("what is verified and published are the contract and the libraries that it is linked with", async () => {
  const { address } = recorded("Vault");
  const own = await json("verify", "Vault");
  const { Rounding: _, ...links } = recorded("Vault").libraries;
  const lower = (values: object) => JSON.stringify(values).toLowerCase();
  assert.equal(own.isSame, true);
  assert.equal(lower(own.libraries as object), lower(links));
  const { url } = await sharedDevnet();
  const stranger = await runScript("cli/main.ts", ["verify", address, "--project", folder], {
    DELCHAIN_RPC: url,
  });
  assert.equal(stranger.code, 0, stranger.stderr);
  assert.match(stranger.stdout, /the same \(the data of its creation, and its libraries\)/);
  assert.match(stranger.stdout, /linked with Shares at 0x/);
});

test("a library that is there already is taken, and verify tells one that runs something else", async () => {
  const { address: other } = recorded("Rounding");
  const taken = await json("deploy", "Vault", "--library", `contracts/Vault.sol:Shares=${other}`);
  assert.equal(recorded("Vault").libraries.Shares, other);
  const { code, stdout } = await cli("verify", "Vault", "--no-publish");
  assert.equal(code, 1);
  assert.match(stdout, new RegExp(`at ${taken.address}: different \\(the library Shares at`));
});

test("--library is refused where there is no code", async () => {
  const refused = await cli("deploy", "Vault", "--library", `Shares=0x${"11".repeat(20)}`);
  assert.deepEqual([refused.code, refused.stdout], [1, ""]);
  assert.match(refused.stderr, /there is no code at 0x1111.*leave the option out/);
});

test("an upgrade puts a library's new code behind a contract that has not changed itself", async () => {
  await json("deploy", "Vault", "--upgradeable", "--call", "initialize 8");
  assert.equal((await json("upgrade", "Vault")).isSame, true);
  writeFileSync(source, VAULT.replace("half(x) + 1", "half(x) + 2"));
  const { before, implementation } = await json("upgrade", "Vault");
  assert.notEqual(implementation, before);
  assert.equal((await json("call", "Vault", "part", "8")).result, "6");
  assert.equal((await json("call", "Vault", "first")).result, "5");
});

test("a test's chain deploys them by itself, again after it went back", async () => {
  const chain = await startChain({ root });
  try {
    const restore = await chain.snapshot();
    for (let i = 0; i < 2; i++) {
      const vault = await chain.deploy("Vault");
      const part = (value: bigint) => vault.read.part?.([value]) as Promise<bigint>;
      assert.equal(await part(8n), 6n);
      await expectRevert(part(100n), "too many");
      await restore();
      // Another contract, where the library was.
      await chain.deploy("Rounding");
    }
  } finally {
    await chain.close();
  }
});

test("dev deploys them first, and puts a library's new code where the old one was", async () => {
  const command = ["cli/main.ts", "dev", "--project", root, "--port", "0"];
  using running = startProgram([process.execPath, ...command]);
  const url = / at (\S+)/.exec(await running.line(/DelChain devnet at/))?.[1] as string;
  for (const name of ["Rounding", "Shares", "Vault"]) {
    await running.line(new RegExp(`^${name} is at`));
  }
  writeFileSync(source, VAULT.replace("half(x) + 1", "half(x) + 3"));
  await running.line(/^Shares is new at/);
  const words = ["call", "Vault", "part", "8", "--project", root];
  assert.equal((await runScript("cli/main.ts", words, { DELCHAIN_RPC: url })).stdout, "7\n");
  running.child.kill("SIGINT");
  assert.equal((await running.ended).code, 0);
});
