import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { buildImages } from "@delchain/images";
import type { CommandError } from "../../cli/commandError.ts";
import { type CheckOptions, check } from "../../cli/commands/check.ts";
import { EXIT } from "../../cli/exitCodes.ts";
import type { Output } from "../../cli/output.ts";
import { runScript } from "./support/program.ts";

// `delchain check` as people run it; that it names every cause is test/conformance/causes.test.ts.

const folder = mkdtempSync(join(tmpdir(), "delchain-check-"));
before(() => buildImages({ names: ["c"] }));
after(() => rmSync(folder, { recursive: true }));

const CLOCK = `#include "container.h"

static void moment(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  dc_result_u256(dc_u256((uint64_t)high << 32 | low));
}

/* Nobody calls it, so that only its instruction shows. */
static void lucky(void) {
  uint64_t number;
  __asm__ volatile("rdrand %0" : "=r"(number));
  dc_result_u256(dc_u256(number));
}

static void steady(void) { dc_result_u256(dc_arg_u256(0)); }

DC_CONTRACT(
  DC_METHOD(0xdf984901, moment, "function moment() returns (uint256 ticks)")
  DC_METHOD(0xd9c291cf, lucky, "function lucky() returns (uint256)")
  DC_METHOD(0xa36af134, steady, "function steady(uint256 value) returns (uint256)"))
`;

/** The command in this process, with what it said. */
async function checked(
  what: string,
  options: Partial<CheckOptions>,
): Promise<{ readonly lines: readonly string[]; readonly error: unknown }> {
  const lines: string[] = [];
  const output: Output = {
    line: (text = "") => lines.push(text),
    json: (value) => lines.push(JSON.stringify(value)),
    note: () => undefined,
  };
  const all = { call: [], isolation: "fork", json: false, ...options } as const;
  const error = await check(what, all, output).catch((thrown: unknown) => thrown);
  return { lines, error };
}

function project(name: string, source: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, "contracts"), { recursive: true });
  writeFileSync(join(root, "contracts/Clock.c"), source);
  const checks = ["Clock.moment()", "Clock.steady(5)"];
  const file = { tier: "container", platform: "linux/amd64", checks };
  writeFileSync(join(root, "delchain.json"), JSON.stringify(file));
  return root;
}

const root = project("one", CLOCK);

test("a project's functions get a verdict each, and what every host promises is no fault", async () => {
  const { code, stdout, stderr } = await runScript("cli/main.ts", ["check", root]);
  assert.deepEqual(
    [code, stdout],
    [
      0,
      [
        "Clock, in 16 containers",
        "  moment(): deterministic",
        "    relies on what every host promises: time",
        "  steady(5): deterministic",
        "",
      ].join("\n"),
    ],
    stderr,
  );
  assert.match(stderr, /other CPUs may answer otherwise, which was not tried: rdrand in contract/);
});

test("an image is told cause, values, line and what to do, and the exit code says no", async () => {
  const built = join(root, "out/Clock.json");
  const { digest } = JSON.parse(readFileSync(built, "utf8")).metadata.image;
  const options = { abi: built, entrypoint: "/contract", sources: root };
  const { lines, error } = await checked(digest, { ...options, call: ["moment()"] });
  assert.equal((error as CommandError).exitCode, EXIT.failed);
  const said = lines.map((line) => stripVTControlCharacters(line).replaceAll(/\b\d{3,}\b/g, "N"));
  assert.deepEqual(said, [
    `${digest.slice(0, 19)}…, in 18 containers`,
    "  moment(): deterministic under strict determinism only, and the manifest says standard",
    "    time: the clock",
    "      return value ticks is N in one and N in another",
    '      likely contracts/Clock.c:5  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));',
    "      instead: take the block's time from the call: dc_block_time()",
  ]);
});

test("an image is checked by its name with the calls that are given, and a script reads the answer as JSON", async () => {
  const { lines, error } = await checked("c", { call: ["0x18160ddd"], json: true });
  assert.equal(error, undefined);
  const { ok, contracts } = JSON.parse(lines.join());
  assert.equal(ok, true);
  assert.deepEqual(contracts[0].calls, [
    { call: "0x18160ddd", verdict: "deterministic", outcome: "success", causes: [], reliesOn: [] },
  ]);
});

test("what cannot be checked is said with what to do", async () => {
  const digest = `sha256:${"00".repeat(32)}`;
  const call = ["0x00"];
  const refusals = [
    await checked(digest, { call }),
    await checked(digest, { call, entrypoint: "/contract" }),
    await checked("gone", { call }),
    await checked("c", {}),
    await checked(project("two", CLOCK), { contract: "Gone" }),
  ].map(({ error }) => error as CommandError);
  assert.deepEqual(
    refusals.map(({ exitCode }) => exitCode),
    [EXIT.usage, EXIT.unavailable, EXIT.usage, EXIT.usage, EXIT.usage],
  );
  const [unnamed, missing, gone, silent, other] = refusals.map(({ message }) => message);
  assert.match(unnamed ?? "", /say what runs in it: --entrypoint '\/contract'/);
  assert.match(missing ?? "", /docker has no image sha256:0000/);
  assert.match(gone ?? "", /gone is neither a project's folder, nor an image's name \(c, wasi/);
  assert.match(silent ?? "", /c has no function in its ABI; say what to call/);
  assert.match(other ?? "", /the project has no contract Gone; it has Clock/);
});

test("what the source shows by itself is told with its line before any container starts", async () => {
  const source = CLOCK.replace("dc_arg_u256(0)", "dc_u256(time(0))");
  const { lines, error } = await checked(project("three", source), { json: true });
  assert.equal((error as CommandError).exitCode, EXIT.failed);
  const { ok, errors } = JSON.parse(lines.join());
  assert.deepEqual(
    [ok, errors[0].place.file, errors[0].place.line],
    [false, "contracts/Clock.c", 16],
  );
  assert.match(errors[0].message, /the time is the block's: dc_block_time\(\)/);
});
