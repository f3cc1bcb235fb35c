import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { compileSolidity } from "@delchain/solidity";
import { sharedDevnet, startDevnet } from "./support/devnet.ts";
import { type Ended, runScript, startProgram } from "./support/program.ts";

// A contract developer's day on the command line, as a process of its own.

const FRIEND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const KEY_OF_3 = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6";
const ACCOUNT_3 = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";

const folder = mkdtempSync(join(tmpdir(), "delchain-project-"));
const root = join(folder, "gold");
after(() => rmSync(folder, { recursive: true }));

async function cli(...args: readonly string[]): Promise<Ended> {
  const { url } = await sharedDevnet();
  return runScript("cli/main.ts", [...args, "--project", root], { DELCHAIN_RPC: url });
}

async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await cli(...args, "--json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

before(async () => {
  const { code, stderr } = await runScript("cli/main.ts", ["new", root, "--lang", "c"]);
  assert.equal(code, 0, stderr);
});

test("a dry run says where a contract would lie and what it costs, and sends nothing", async () => {
  const { reader } = await sharedDevnet();
  const before = await reader.getBlockNumber();
  const plan = await json("deploy", "Token", "1000", "--dry-run");
  assert.equal(await reader.getBlockNumber(), before);
  const deployed = await json("deploy", "Token", "1000");
  assert.equal((deployed.address as string).toLowerCase(), (plan.address as string).toLowerCase());
  assert.equal(deployed.codeHash, plan.codeHash);
  assert.equal(deployed.gasUsed, plan.gas);
});

test("deploy, send and call speak the contract's ABI", async () => {
  const { address } = await json("deploy", "Token", "1_000");
  const sent = await json("send", "Token", "transfer", FRIEND, "250");
  assert.equal(sent.status, "success");
  assert.deepEqual((sent.events as unknown[])[0], {
    name: "Transfer",
    args: { from: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", to: FRIEND, value: "250" },
  });
  const balance = await json("call", "Token", "balanceOf", FRIEND);
  assert.deepEqual([balance.address, balance.result], [address, "250"]);
  const { stdout } = await cli("call", "Token", "name");
  assert.equal(stdout, "Gold\n");
});

test("a call that reverts is said with its reason, and exits with 1", async () => {
  await json("deploy", "Token", "1000");
  const refused = await cli("send", "Token", "transfer", FRIEND, "1001");
  assert.deepEqual([refused.code, refused.stdout], [1, ""]);
  assert.match(refused.stderr, /Token.transfer reverts: insufficient balance/);
});

test("who signs is an index, a key in the environment or a keystore, and a key on the line is warned of", async () => {
  const { address } = await json("deploy", "Token", "1000", "--account", "3");
  const { url } = await sharedDevnet();
  const balance = await json("call", "Token", "balanceOf", ACCOUNT_3, "--address", String(address));
  assert.equal(balance.result, "1000");
  const words = ["cli/main.ts", "deploy", "Token", "1", "--dry-run", "--json", "--project", root];
  const byKey = await runScript(words[0] as string, words.slice(1), {
    DELCHAIN_RPC: url,
    DELCHAIN_PRIVATE_KEY: KEY_OF_3,
  });
  assert.equal(JSON.parse(byKey.stdout).deployer, ACCOUNT_3);
  const onLine = await cli("deploy", "Token", "1", "--dry-run", "--private-key", KEY_OF_3);
  assert.match(onLine.stderr, /stays in the shell's history/);
  const wrong = await cli("deploy", "Token", "1", "--account", "nobody");
  assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
  assert.match(wrong.stderr, /neither the index of a devnet account/);
});

test("another chain knows nothing of what was deployed here, and says so", async () => {
  await json("deploy", "Token", "1000");
  await using other = await startDevnet();
  const { code, stderr } = await cli("call", "Token", "name", "--rpc", other.url);
  assert.equal(code, 1);
  assert.match(stderr, /there is no contract at 0x.* on chain 31337; deploy it with/);
});

test("an exported Solidity interface compiles to the contract's own functions and events", async () => {
  const { stdout } = await cli("abi", "export", "Token", "--to", "solidity");
  const { contracts } = await compileSolidity({ files: { "IToken.sol": stdout } });
  const output = JSON.parse(readFileSync(join(root, "out/Token.json"), "utf8"));
  const names = (abi: readonly { readonly type: string; readonly name?: string }[]) =>
    abi
      .filter(({ type }) => type !== "constructor")
      .map(({ type, name }) => `${type} ${name}`)
      .sort();
  assert.deepEqual(names(contracts[0]?.abi as never), names(output.abi));
  const typed = await cli("abi", "export", "Token", "--to", "ts");
  assert.match(typed.stdout, /^export const tokenAbi = \[/m);
});

test("a compile error is a line that editors open, its source and exit code 1", async () => {
  const broken = join(folder, "broken");
  await runScript("cli/main.ts", ["new", broken]);
  const file = join(broken, "contracts/Token.sol");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace("totalSupply = supply", "totalSuply = supply"),
  );
  const args = ["build", "--project", broken];
  const { code, stdout, stderr } = await runScript("cli/main.ts", args);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^contracts\/Token.sol:18:9: error: Undeclared identifier/m);
  assert.match(stderr, /^ {3}18 \| {9}totalSuply = supply;\n {6}\| {9}\^/m);
  const answer = JSON.parse((await runScript("cli/main.ts", [...args, "--json"])).stdout);
  assert.deepEqual(
    [answer.ok, answer.errors[0].place.file, answer.errors[0].place.line],
    [false, "contracts/Token.sol", 18],
  );
});

test("a failing test is exit code 1, and a folder without contracts says how to begin", async () => {
  const failing = join(folder, "failing");
  await runScript("cli/main.ts", ["new", failing]);
  const file = join(failing, "test/Token.test.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace('"GLD", 18', '"GLD", 19'));
  const { code, stdout } = await runScript("cli/main.ts", ["test", "--project", failing]);
  assert.equal(code, 1);
  assert.match(stdout, /✖ all of it belongs to whoever deployed it/);
  const empty = await runScript("cli/main.ts", ["build", "--project", folder]);
  assert.equal(empty.code, 2);
  assert.match(empty.stderr, /has no contract in contracts or Cargo.toml.*delchain new NAME/);
});

test("where a language's own runner is missing the tests on a chain run, and the rest is said and is exit code 69", async () => {
  const bare = join(folder, "bare");
  await runScript("cli/main.ts", ["new", bare, "--lang", "php"]);
  const args = ["test", "--project", bare, "--json"];
  const { code, stdout, stderr } = await runScript("cli/main.ts", args, { PATH: folder });
  assert.equal(code, 69, stderr);
  assert.match(stderr, /tests did not run: PHPUnit needs PHP .*apt-get install phpunit/);
  const { ok, unitTests, gas } = JSON.parse(stdout);
  assert.deepEqual([ok, unitTests[0].language, unitTests[0].passed], [false, "php", 0]);
  assert.ok(gas.length > 0);
});

test("verify says yes to the code that was deployed, and no to other sources", async () => {
  const { address } = await json("deploy", "Token", "1000");
  const same = await json("verify", "Token");
  assert.deepEqual([same.isSame, same.compared], [true, "the data of its creation"]);
  const { stdout } = await cli("verify", "Token");
  assert.match(stdout, /built by @yowasp\/clang .*\nconstructor arguments: supply 1000/);
  await json("deploy", "Token", "2000");
  const byPayload = await json("verify", "Token", "--address", String(address));
  assert.deepEqual([byPayload.isSame, byPayload.compared], [true, "what the chain keeps of it"]);
  const file = join(root, "contracts/Token.c");
  const source = readFileSync(file, "utf8");
  writeFileSync(file, source.replace('"GLD"', '"GOL"'));
  try {
    const other = await cli("verify", "Token");
    assert.equal(other.code, 1);
    assert.match(other.stdout, /different/);
    assert.match(other.stderr, /do not give what lies at 0x/);
  } finally {
    writeFileSync(file, source);
  }
});

test("the console has the deployed contracts by name", async () => {
  await json("deploy", "Token", "1234");
  const { url } = await sharedDevnet();
  const child = spawn(process.execPath, ["cli/main.ts", "console", "--project", root], {
    cwd: join(import.meta.dirname, "../.."),
    env: { ...process.env, DELCHAIN_RPC: url, NO_COLOR: "1", NODE_NO_READLINE: "1" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end("(await Token.read.totalSupply()) * 2n\n.exit\n");
  const output = (await child.stdout.setEncoding("utf8").toArray()).join("");
  assert.match(output, /known here: Token, account, reader, wallet/);
  assert.match(output, /2468n/);
});

test("dev puts new code where the old one was after a save, and keeps its state", async () => {
  const live = join(folder, "live");
  await runScript("cli/main.ts", ["new", live]);
  const command = ["cli/main.ts", "dev", "--project", live, "--port", "0"];
  using running = startProgram([process.execPath, ...command, "--deploy", "Token 1000"]);
  const url = / at (\S+)/.exec(await running.line(/DelChain devnet at/))?.[1] as string;
  const address = /0x\w{40}/.exec(await running.line(/^Token is at/))?.[0] as string;
  const ask = async (...words: readonly string[]): Promise<Ended> =>
    runScript("cli/main.ts", [...words, "--project", live], { DELCHAIN_RPC: url });
  assert.equal((await ask("send", "Token", "transfer", FRIEND, "250")).code, 0);
  const file = join(live, "contracts/Token.sol");
  const source = readFileSync(file, "utf8");
  writeFileSync(file, source.replace('"Gold"', '"Gold'));
  await running.line(/^contracts\/Token.sol:\d+:\d+: error/);
  writeFileSync(file, source.replace('"Gold"', '"Silver"'));
  assert.match(await running.line(/^Token is new at/), new RegExp(address));
  const [name, balance] = [
    await ask("call", "Token", "name"),
    await ask("call", "Token", "balanceOf", FRIEND),
  ];
  assert.deepEqual([name.stdout, balance.stdout], ["Silver\n", "250\n"]);
  running.child.kill("SIGINT");
  assert.equal((await running.ended).code, 0);
});

test("build --watch builds again after a save and goes on after an error", async () => {
  const watched = join(folder, "watched");
  await runScript("cli/main.ts", ["new", watched]);
  const command = [process.execPath, "cli/main.ts", "build", "--watch", "--project", watched];
  using running = startProgram(command);
  await running.line(/^Token .* built$/);
  await running.line(/^Watching for changes/);
  const file = join(watched, "contracts/Token.sol");
  const source = readFileSync(file, "utf8");
  writeFileSync(file, `${source}contract Broken { uint x = ; }\n`);
  await running.line(/error: Expected primary expression/);
  writeFileSync(file, `${source}contract Other {}\n`);
  await running.line(/^Other .* built$/);
  running.child.kill("SIGINT");
  assert.equal((await running.ended).code, 0);
});
