import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { decodeEnvelope, fromHex, toHex } from "@delchain/runtime";
import { startChain } from "@delchain/test";
import { loadOutput } from "@delchain/toolchain";
import { compileRust } from "../../sdk-langs/rust/index.ts";

// What a developer sees of lines: gas, coverage, and the errors of commands.

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
/** The first build of a Rust contract compiles stylus-sdk. */
const TIMEOUT_MS = 540_000;

const folder = mkdtempSync(join(tmpdir(), "delchain-lines-"));
const half = join(folder, "half");
const gold = join(folder, "gold");
after(() => rmSync(folder, { recursive: true }));

const HALF_TEST = `import { test } from "node:test";
import { startChain } from "@delchain/test";

test("fill", async () => {
  await using chain = await startChain();
  const counter = await chain.deploy("Counter", [1n]);
  await counter.write.fill([3n, 5n]);
  await counter.read.ratio([9n]);
  const barrel = await chain.deploy("Barrel");
  await barrel.write.fill([3n, 5n]);
});
`;

before(() => {
  mkdirSync(join(half, "contracts"), { recursive: true });
  mkdirSync(join(half, "test"));
  for (const name of ["Counter.sol", "Barrel.php", "Part.php"]) {
    cpSync(join(import.meta.dirname, "lines", name), join(half, "contracts", name));
  }
  writeFileSync(join(half, "test/half.test.ts"), HALF_TEST);
  writeFileSync(join(half, "package.json"), '{ "type": "module" }\n');
});

function delchain(...args: readonly string[]): Promise<{ stdout: string }> {
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: "1" };
  const main = join(ROOT, "cli/main.ts");
  return run(process.execPath, [main, ...args], { timeout: TIMEOUT_MS, env });
}

test("the coverage of a contract that is half tested lists what never ran", async () => {
  const { stdout } = await delchain("test", "--coverage", "--json", "--project", half);
  const { coverage } = JSON.parse(stdout);
  assert.deepEqual(
    coverage.map(({ file }: { file: string }) => file),
    ["contracts/Barrel.php", "contracts/Counter.sol", "contracts/Part.php"],
  );
  const [barrel, { lines, functions }, part] = coverage;
  const missed = Object.keys(lines).filter((line) => lines[line] === 0);
  assert.deepEqual(missed, ["27"]);
  assert.equal(lines[17], 3);
  assert.deepEqual(
    functions.map(({ name, hits }: { name: string; hits: number }) => [name, hits > 0]),
    [
      ["constructor", true],
      ["fill", true],
      ["ratio", true],
    ],
  );
  assert.deepEqual(barrel.lines, {
    ...{ 10: 1, 12: 1, 13: 4, 14: 3, 15: 3, 17: 1 },
    ...{ 22: 0, 24: 0, 25: 0, 27: 0 },
  });
  assert.deepEqual(part.functions, [
    { name: "after", line: 9, hits: 3 },
    { name: "ofTen", line: 14, hits: 0 },
  ]);
  const lcov = readFileSync(join(half, "coverage/lcov.info"), "utf8");
  assert.match(lcov, /^SF:contracts\/Counter\.sol$/m);
  assert.match(lcov, /^DA:17,3$/m);
  assert.match(lcov, /^DA:27,0$/m);
});

test("delchain gas shows the dearest lines with their source: the code's deposit, and the stores", async () => {
  const { stdout } = await delchain("gas", "Counter", "--top", "2", "--project", half);
  const [first = "", ...rest] = stdout.trim().split("\n");
  assert.match(first, /^Counter: \d+ gas in the tests$/);
  assert.match(rest.at(-1) ?? "", /^6\d{4} +\d+\.\d % +3 +17: +kept\[i\] = i \+ step;$/);
});

test("delchain gas of one call tells its lines, and where a call that fails does", async () => {
  const fill = ["gas", "Counter", "fill", "--deploy", "Counter 2", "--project", half] as const;
  const { stdout } = await delchain(...fill, "--json", "3", "5");
  const { gasUsed, intrinsicGas, contracts } = JSON.parse(stdout);
  const [{ contract, gas, lines }] = contracts;
  assert.deepEqual([contract, gasUsed], ["Counter", intrinsicGas + gas]);
  assert.equal(lines.find(({ line }: { line: number }) => line === 17).hits, 3);
  const failed = await delchain(...fill, "9", "3").then(
    () => assert.fail("too many were filled"),
    (error: { stdout: string; stderr: string }) => error,
  );
  assert.match(
    failed.stdout,
    /^Counter\.fill uses \d+ gas: \d+ before it begins, \d+ more for its calldata$/m,
  );
  assert.match(
    failed.stderr,
    /Counter\.fill reverts: too many\n {2}at Counter\.fill \(contracts\/Counter\.sol:14\)/,
  );
  await assert.rejects(
    delchain("gas", "Counter", "fill", "3", "5", "--project", half),
    /the constructor of Counter takes arguments: --deploy 'Counter …'/,
  );
});

test("delchain gas refuses a contract that has no lines, and names those that have", async () => {
  await assert.rejects(
    delchain("gas", "Nobody", "--project", half),
    /no lines are known of Nobody; contracts that have them: Barrel, Counter/,
  );
});

test("a call that fails says where", async () => {
  await using chain = await startChain({ root: half });
  const { address } = await chain.deploy("Counter", [1n]);
  const place = ["--address", address, "--rpc", chain.url, "--project", half];
  await assert.rejects(
    delchain("call", "Counter", "ratio", "0", ...place),
    /Counter\.ratio reverts: .*\n {2}at Counter\.ratio \(contracts\/Counter\.sol:27\)/,
  );
  await assert.rejects(
    delchain("send", "Counter", "fill", "4", "3", ...place),
    /Counter\.fill reverts: too many\n {2}at Counter\.fill \(contracts\/Counter\.sol:14\)/,
  );
});

test("Rust: a transfer's gas and a failure lie in its lines, and what is deployed is the same", async () => {
  await delchain("new", gold, "--lang", "rust");
  const { stdout } = await delchain("gas", "--json", "--project", gold);
  const [{ contract, lines }] = JSON.parse(stdout).contracts;
  assert.equal(contract, "Token");
  const gasAt = new Map<number, number>(
    lines.map(({ line, self }: { line: number; self: number }) => [line, self]),
  );
  // Two transfers of the tests write the receiver's balance, a new slot.
  assert.ok((gasAt.get(93) ?? 0) > 20_000, `line 93 took ${gasAt.get(93)}`);
  const { payload } = decodeEnvelope(fromHex(loadOutput(gold, "Token").code));
  assert.equal(toHex(payload), toHex(await compileRust(gold)));
  await using chain = await startChain({ root: gold });
  const { address } = await chain.deploy("Token", [5n]);
  const place = ["--address", address, "--rpc", chain.url, "--project", gold];
  await assert.rejects(
    delchain("send", "Token", "transfer", chain.addresses[1], "9", ...place),
    // The line whose `?` passed the error on.
    /insufficient balance\n {2}at Token\.transfer \(src\/lib\.rs:61\)/,
  );
});
