import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { DEVNET_MNEMONIC } from "../../chain/index.ts";
import { sharedDevnet } from "./support/devnet.ts";
import { type Ended, runScript, startProgram } from "./support/program.ts";

const CLI = "cli/main.ts";
const NO_DOCKER = "unix:///nonexistent/docker.sock";

const cli = (args: string, env?: Record<string, string>): Promise<Ended> =>
  runScript(CLI, args.split(" "), env);

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

test("help shows every command with examples on standard output", async () => {
  const commands = [
    "abi",
    "account",
    "build",
    "call",
    "check",
    "completion",
    "console",
    "contract",
    "deploy",
    "dev",
    "devnet",
    "doctor",
    "host",
    "images",
    "logs",
    "new",
    "send",
    "status",
    "test",
    "verify",
  ];
  const answers = await Promise.all(
    ["help", ...commands.map((name) => `help ${name}`)].map((c) => cli(c)),
  );
  for (const { code, stdout, stderr } of answers) {
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /Examples:\n {2}/);
  }
  for (const name of commands)
    assert.match(answers[0]?.stdout ?? "", new RegExp(`^ {2}${name} `, "m"));
});

test("what makes no sense is named, with a hint, and exits with 2", async () => {
  const answers = await Promise.all([
    cli("devnt"),
    cli("devnet --prot 1"),
    cli("devnet --port 65536"),
    cli("account balance 0x12"),
    cli("status --rpc ftp://x"),
    cli("completion tcsh"),
  ]);
  assert.deepEqual(
    answers.map(({ code, stdout }) => [code, stdout]),
    answers.map(() => [2, ""]),
  );
  const [unknown, option, port, address, url, shell] = answers.map(({ stderr }) => stderr);
  assert.match(unknown ?? "", /devnt[\s\S]*Did you mean devnet/);
  assert.match(option ?? "", /--prot[\s\S]*Did you mean --port/);
  assert.match(port ?? "", /'65536' is invalid. It takes a whole number from 0 to 65535/);
  assert.match(address ?? "", /0x12 is no address: it takes 0x and 40 hex digits/);
  assert.match(url ?? "", /ftp:\/\/x is no URL of a node/);
  assert.match(shell ?? "", /'tcsh' is invalid.* Allowed choices are bash, zsh, fish/);
});

test("the listed accounts are the mnemonic's, and a new key belongs to its address", async () => {
  const [list, made] = await Promise.all([cli("account list --json"), cli("account new --json")]);
  const { accounts } = JSON.parse(list.stdout) as {
    accounts: { address: string; privateKey: `0x${string}` }[];
  };
  const expected = Array.from(
    { length: 10 },
    (_, addressIndex) => mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex }).address,
  );
  assert.deepEqual(
    accounts.map(({ address }) => address),
    expected,
  );
  for (const { address, privateKey } of [...accounts, JSON.parse(made.stdout)]) {
    assert.equal(privateKeyToAccount(privateKey).address, address);
  }
});

test("status and balance of a running devnet", async () => {
  const { url } = await sharedDevnet();
  const owner = mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex: 9 }).address;
  const [status, balance] = await Promise.all([
    cli(`status --json --rpc ${url}`),
    cli(`account balance ${owner} --json`, { DELCHAIN_RPC: url }),
  ]);
  const facts = JSON.parse(status.stdout);
  assert.match(facts.version, /^DelChain\//);
  assert.deepEqual([facts.chainId, typeof facts.block], [31337, "number"]);
  assert.match(JSON.parse(balance.stdout).balance, /^\d{22,23}$/);
});

test("status reads a node that is not ours", async () => {
  using anvil = startProgram(["node_modules/.bin/anvil", "--port", "0"]);
  const listens = await anvil.line(/^Listening on /);
  const { code, stdout } = await cli(
    `status --rpc http://${listens.slice("Listening on ".length)}`,
  );
  anvil.child.kill();
  assert.equal(code, 0);
  assert.match(stdout, /^node +anvil\/[\s\S]*chain id +31337\nblock +0 \(0x/);
  await anvil.ended;
});

test("nobody at the URL, or somebody who does not speak JSON-RPC: 69, and what to do", async () => {
  const server = createHttpServer((_, response) => response.end("<html>"));
  const port = await listening(server);
  const [page, nobody] = await Promise.all([
    cli(`status --rpc http://127.0.0.1:${port}`),
    cli("status --rpc http://127.0.0.1:1"),
  ]);
  server.close();
  assert.deepEqual([page.code, nobody.code], [69, 69]);
  assert.match(page.stderr, /does not speak JSON-RPC: "<html>"/);
  assert.match(nobody.stderr, /no node answers at http:\/\/127.0.0.1:1 .*delchain devnet/);
});

type Finding = { tier: string; what: string; found: boolean; detail: string };

async function findings(env: Record<string, string>): Promise<readonly Finding[]> {
  const { code, stdout } = await cli("doctor --json", env);
  assert.equal(code, 0);
  return JSON.parse(stdout).findings;
}

test("doctor names what each tier has; without an engine it says how to get one", async () => {
  const found = await findings({ DOCKER_HOST: NO_DOCKER });
  assert.deepEqual(
    [...new Set(found.map(({ tier }) => tier))],
    ["all", "evm", "wasm", "container"],
  );
  const docker = found.find(({ what }) => what === "docker");
  assert.equal(docker?.found, false);
  assert.match(docker?.detail ?? "", /does not answer.*apt-get install docker\.io/);
  for (const { detail, what } of found) assert.notEqual(detail, "", what);
});

test("doctor does not wait for an engine that says nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "delchain-cli-"));
  const socket = join(folder, "docker.sock");
  const engine = createServer(() => undefined);
  await new Promise<void>((resolve) => engine.listen(socket, resolve));
  const found = await findings({ DOCKER_HOST: `unix://${socket}` });
  engine.close();
  rmSync(folder, { recursive: true });
  assert.match(found.find(({ what }) => what === "docker")?.detail ?? "", /said nothing in 2 s/);
});

test("devnet prints a JSON line for its start and each block, and a stop is success", async () => {
  using devnet = startProgram([
    process.execPath,
    CLI,
    "devnet",
    "--port",
    "0",
    "--json",
    "--interval",
    "0.2",
  ]);
  const started = JSON.parse(await devnet.line(/"started"/));
  assert.equal(started.accounts.length, 10);
  const block = JSON.parse(await devnet.line(/"event":"block"/));
  assert.deepEqual([block.number, block.transactions], [started.block + 1, 0]);
  const taken = await cli(`devnet --port ${new URL(started.url).port}`);
  assert.equal(taken.code, 69);
  assert.match(taken.stderr, /127\.0\.0\.1:\d+ is in use.*--port 0/);
  devnet.child.kill("SIGTERM");
  const { code, stdout } = await devnet.ended;
  assert.equal(code, 0);
  for (const line of stdout.trim().split("\n")) JSON.parse(line);
});

test("the bash completion offers commands, options and their values", async () => {
  const { stdout } = await cli("completion bash");
  const complete = (...words: readonly string[]): string => {
    const list = words.map((word) => `'${word}'`).join(" ");
    const probe = `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _delchain; echo "\${COMPREPLY[*]}"`;
    return execFileSync("bash", ["-c", `${stdout}\n${probe}`], { encoding: "utf8" }).trim();
  };
  assert.equal(complete("delchain", "d"), "devnet doctor dev deploy");
  assert.equal(complete("delchain", "account", ""), "list new balance --help");
  assert.equal(complete("delchain", "devnet", "--port", "9545", "--lo"), "--log");
  assert.equal(complete("delchain", "devnet", "--log", "s"), "silent");
  assert.equal(complete("delchain", "help", "st"), "status");
  assert.equal(complete("delchain", "devnet", "--data", "/e"), "");
});
