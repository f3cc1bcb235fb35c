import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { toFunctionSelector } from "viem";
import { sharedDevnet } from "./support/devnet.ts";
import { type Ended, runScript } from "./support/program.ts";

// Contracts that change their code and keep address and state, and sources that others build.

const folder = mkdtempSync(join(tmpdir(), "delchain-upgrade-"));
after(() => rmSync(folder, { recursive: true }));

const SOLIDITY = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
contract Counter {
    uint256 public count;
    address public owner;
    function initialize(uint256 start) external {
        require(owner == address(0), "initialized already");
        owner = msg.sender;
        count = start;
    }
    function increment() external { count += 1; }
}
`;

const C = `#include "delchain.h"
DC_VALUE(count_slot, 0)
static void initialize(void) {
  dc_require(!dc_load(count_slot()), "initialized already");
  dc_store(count_slot(), dc_arg_u256(0));
}
static void increment(void) { dc_store(count_slot(), dc_load(count_slot()) + 1); }
static void count(void) { dc_result_u256(dc_load(count_slot())); }
DC_CONTRACT(
  DC_METHOD(${toFunctionSelector("initialize(uint256)")}, initialize, "function initialize(uint256 start)")
  DC_METHOD(${toFunctionSelector("increment()")}, increment, "function increment()")
  DC_METHOD(${toFunctionSelector("count()")}, count, "function count() view returns (uint256)")
)
`;

const PHP = `<?php
use DelChain\\{Contract, Layout, U256, View};
final class Counter extends Contract
{
    private readonly Layout $state;
    public function __construct()
    {
        $this->state = new Layout($this, ['count' => 'uint256']);
    }
    public function initialize(U256 $start): void
    {
        $this->require($this->state->count->get()->isZero(), 'initialized already');
        $this->state->count->set($start);
    }
    public function increment(): void
    {
        $this->state->count->set($this->state->count->get()->add(1));
    }
    #[View]
    public function count(): U256
    {
        return $this->state->count->get();
    }
}
`;

const ASSEMBLY_SCRIPT = `import { Cell, require } from "@delchain/assemblyscript/assembly";
@contract
export class Counter {
  kept: Cell<u64>;
  @external
  initialize(start: u64): void {
    require(this.kept.value == 0, "initialized already");
    this.kept.value = start;
  }
  @external
  increment(): void {
    this.kept.value = this.kept.value + 1;
  }
  @view
  count(): u64 {
    return this.kept.value;
  }
}
`;

/** A project of one file; what it answers is a function that runs commands in it. */
function project(name: string, file: string, text: string) {
  const root = join(folder, name);
  mkdirSync(join(root, "contracts"), { recursive: true });
  const path = join(root, "contracts", file);
  writeFileSync(path, text);
  const run = async (...args: readonly string[]): Promise<Ended> => {
    const { url } = await sharedDevnet();
    return runScript("cli/main.ts", [...args, "--project", root], { DELCHAIN_RPC: url });
  };
  const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await run(...args, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const edit = (from: string, to: string): void => {
    const before = readFileSync(path, "utf8");
    assert(before.includes(from), from);
    writeFileSync(path, before.replace(from, to));
  };
  return { root, run, json, edit };
}

for (const [language, file, text, from, to] of [
  ["Solidity", "Counter.sol", SOLIDITY, "count += 1", "count += 10"],
  ["C", "Counter.c", C, "+ 1)", "+ 10)"],
  ["PHP", "Counter.php", PHP, "add(1)", "add(10)"],
  ["AssemblyScript", "Counter.ts", ASSEMBLY_SCRIPT, "+ 1;", "+ 10;"],
] as const) {
  test(`an upgradeable contract in ${language} changes its code and keeps address and state`, async () => {
    const { json, run, edit } = project(`counter-${language}`, file, text);
    const deployed = await json("deploy", "Counter", "--upgradeable", "--call", "initialize 5");
    assert.notEqual(deployed.implementation, deployed.address);
    await json("send", "Counter", "increment");
    const unchanged = await json("upgrade", "Counter");
    assert.equal(unchanged.isSame, true);
    edit(from, to);
    const upgraded = await json("upgrade", "Counter");
    assert.equal(upgraded.address, deployed.address);
    await json("send", "Counter", "increment");
    const { address, result } = await json("call", "Counter", "count");
    assert.deepEqual([address, result], [deployed.address, "16"]);
    const again = await run("send", "Counter", "initialize", "1");
    assert.match(again.stderr, /initialized already/);
    // What runs behind the proxy is what is built and compared.
    const verified = await json("verify", "Counter");
    assert.deepEqual([verified.address, verified.isSame], [upgraded.implementation, true]);
  });
}

test("a container moves to its new version by its own program, for whoever that lets, and keeps address and state", async () => {
  const root = join(folder, "service");
  const { url } = await sharedDevnet();
  const run = (...args: readonly string[]): Promise<Ended> =>
    runScript("cli/main.ts", args, { DELCHAIN_RPC: url });
  const at = ["--project", root];
  const made = await run(
    "new",
    root,
    "--lang",
    "c",
    "--tier",
    "container",
    "--template",
    "service",
  );
  assert.equal(made.code, 0, made.stderr);
  const deployed = await run("deploy", "Service", ...at, "--json");
  const { address } = JSON.parse(deployed.stdout) as { readonly address: string };
  assert.equal((await run("send", "Service", "notarize", "7", ...at)).code, 0);
  const source = join(root, "contracts/Service.c");
  writeFileSync(source, readFileSync(source, "utf8").replace("notarized already", "taken"));
  const stranger = await run("upgrade", "Service", ...at, "--account", "3");
  assert.equal(stranger.code, 1);
  assert.match(stranger.stderr, /Service.upgradeTo reverts: only the operator/);
  const upgraded = await run("upgrade", "Service", ...at, "--json");
  assert.equal(upgraded.code, 0, upgraded.stderr);
  const { implementation } = JSON.parse(upgraded.stdout) as { readonly implementation: string };
  const again = await run("send", "Service", "notarize", "7", ...at);
  assert.match(again.stderr, /Service.notarize reverts: taken/);
  const owner = JSON.parse((await run("call", "Service", "ownerOf", "7", ...at, "--json")).stdout);
  assert.deepEqual(
    [owner.address, owner.result],
    [address, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"],
  );
  const verified = JSON.parse((await run("verify", "Service", ...at, "--json")).stdout);
  assert.deepEqual([verified.address, verified.isSame], [implementation, true]);
  const info = JSON.parse((await run("upgrade", "Service", ...at, "--json")).stdout);
  assert.equal(info.isSame, true);
});

test("a container that offers no change of its version says how it could", async () => {
  const root = join(folder, "fixed");
  const { url } = await sharedDevnet();
  const run = (...args: readonly string[]): Promise<Ended> =>
    runScript("cli/main.ts", [...args, "--project", root], { DELCHAIN_RPC: url });
  await runScript("cli/main.ts", ["new", root, "--lang", "c", "--tier", "container"]);
  const proxied = await run("deploy", "Token", "5", "--upgradeable");
  assert.equal(proxied.code, 2);
  assert.match(proxied.stderr, /is a container, which no proxy can run: .*upgradeTo\(address\)/);
  assert.equal((await run("deploy", "Token", "5")).code, 0);
  const refused = await run("upgrade", "Token");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /Token cannot be upgraded: a container changes its own version/);
});

test("new code that reads storage in another way is refused with the variable, unless told", async () => {
  const { json, run, edit } = project("layout", "Counter.sol", SOLIDITY);
  await json("deploy", "Counter", "--upgradeable", "--call", "initialize 5");
  edit(
    "uint256 public count;\n    address public owner;",
    "uint256 public count;\n    uint96 paid;\n    address public owner;",
  );
  const refused = await run("upgrade", "Counter");
  assert.deepEqual([refused.code, refused.stdout], [1, ""]);
  assert.match(
    refused.stderr,
    /would read what is stored in another way:\n {2}paid is uint96, and owner was address/,
  );
  edit("uint96 paid;\n    address public owner;", "address public owner;\n    uint96 paid;");
  edit("count += 1", "count += paid");
  const planned = await json("upgrade", "Counter", "--dry-run");
  assert.deepEqual([planned.dryRun, planned.isSame], [true, false]);
  edit("address public owner", "uint160 public owner");
  edit("owner == address(0)", "owner == 0");
  edit("owner = msg.sender", "owner = uint160(msg.sender)");
  assert.match((await run("upgrade", "Counter")).stderr, /owner is uint160, and owner was address/);
  const forced = await run("upgrade", "Counter", "--unsafe-layout");
  assert.equal(forced.code, 0, forced.stderr);
});

test("only the owner upgrades; a contract with fixed code, or with constructor arguments, cannot be", async () => {
  const { json, run, edit } = project("owner", "Counter.sol", SOLIDITY);
  const none = await run("upgrade", "Counter");
  assert.match(
    none.stderr,
    /was not deployed on chain 31337 from this project: delchain deploy Counter --upgradeable/,
  );
  await json("deploy", "Counter");
  const fixed = await run("upgrade", "Counter");
  assert.deepEqual([fixed.code, fixed.stdout], [2, ""]);
  assert.match(fixed.stderr, /its code is fixed, because it was deployed without --upgradeable/);
  await json("deploy", "Counter", "--upgradeable", "--call", "initialize 5");
  edit("count += 1", "count += 2");
  const stranger = await run("upgrade", "Counter", "--account", "3");
  assert.equal(stranger.code, 1);
  assert.match(stranger.stderr, /is upgraded by 0xf39F.* alone, and 0x90F7.* signs/);
  edit("function initialize(uint256 start) external {", "constructor(uint256 start) {");
  const constructed = await run("deploy", "Counter", "5", "--upgradeable");
  assert.equal(constructed.code, 2);
  assert.match(constructed.stderr, /takes arguments and cannot be upgradeable/);
});

test("a published source is shown, written as a project, and built by whoever asks", async () => {
  const { json, run, root } = project("published", "Counter.sol", SOLIDITY);
  const { address } = await json("deploy", "Counter", "--verify");
  // Somebody with no project and no files of ours.
  const stranger = project("stranger", "Nothing.sol", SOLIDITY);
  const shown = await stranger.run("source", String(address));
  assert.match(shown.stdout, /^Counter at 0x.*: solidity, evm tier, solc 0\.8/);
  assert(shown.stdout.includes(readFileSync(join(root, "contracts/Counter.sol"), "utf8").trim()));
  const out = join(folder, "theirs");
  assert.equal((await stranger.run("source", String(address), "--out", out)).code, 0);
  assert.equal(readFileSync(join(out, "contracts/Counter.sol"), "utf8"), SOLIDITY);
  const again = await stranger.run("source", String(address), "--out", out);
  assert.match(again.stderr, /is not empty; nothing is written over/);
  const verified = await stranger.json("verify", String(address));
  assert.deepEqual([verified.isSame, verified.name], [true, "Counter"]);
  const notOurs = await run("verify", "Counter", "--account", "3");
  assert.equal(notOurs.code, 0);
  assert.match(notOurs.stderr, /not published: .*only its deployer 0xf39f.* publishes it/);
});

test("a source that is not what was deployed is found out by whoever builds it", async () => {
  const { json, edit } = project("liar", "Counter.sol", SOLIDITY);
  const { address } = await json("deploy", "Counter");
  const deployments = join(folder, "liar/deployments/31337.json");
  const { Counter } = JSON.parse(readFileSync(deployments, "utf8"));
  edit("count += 1", "count += 2");
  // The deployer signs a source that is another than the deployed one, past our own command's check.
  const { devnetAccounts } = await import("../../cli/commands/account.ts");
  const { publishSource } = await import("../../cli/project/publishSource.ts");
  const { buildProject, loadOutput, loadProject } = await import("@delchain/toolchain");
  await buildProject(loadProject(join(folder, "liar")));
  const { url } = await sharedDevnet();
  await publishSource(
    join(folder, "liar"),
    loadOutput(join(folder, "liar"), "Counter"),
    Counter,
    { rpc: url, privateKey: devnetAccounts()[0]?.privateKey as string },
    { line: () => undefined, json: () => undefined, note: () => undefined },
  );
  const stranger = project("reader", "Nothing.sol", SOLIDITY);
  const { code, stdout, stderr } = await stranger.run("verify", String(address));
  assert.equal(code, 1);
  assert.match(stdout, /different/);
  assert.match(stderr, /do not give what lies at 0x/);
  const unknown = await stranger.run("source", "0x00000000000000000000000000000000000000aa");
  assert.match(unknown.stderr, /nobody has published the source of/);
});

test("a node takes no source that is malformed, too large, or of a contract that the transaction did not create", async () => {
  const { json } = project("refused", "Counter.sol", SOLIDITY);
  const { address, transactionHash } = await json("deploy", "Counter");
  const { call } = await sharedDevnet();
  const signature = `0x${"00".repeat(65)}`;
  const refusal = async (...params: readonly unknown[]): Promise<unknown> => {
    const { error } = await call("del_publishSource", ...params);
    return [error?.code, error?.message.slice(0, 60)];
  };
  assert.deepEqual(
    [
      await refusal(address, transactionHash, 7, signature),
      await refusal(address, transactionHash, "{}"),
      await refusal(address, transactionHash, "{}", "0x0"),
      await refusal(address, `0x${"ab".repeat(32)}`, "{}", signature),
      await refusal(address, transactionHash, "a".repeat(1024 * 1024 + 1), signature),
      await refusal(address, transactionHash, "{}", signature),
    ],
    [
      [-32602, "params[2] (source): wanted text, got 7"],
      [-32602, "params[3] (signature) is missing"],
      [-32602, "params[3] (signature): wanted bytes (0x and an even number o"],
      [-32000, `transaction 0x${"ab".repeat(32)}`.slice(0, 60)],
      [-32005, "the source has 1048577 bytes and may have 1048576; leave out"],
      [-32000, `the source of ${String(address).toLowerCase()} is signed by nobody`.slice(0, 60)],
    ],
  );
});
