// A newcomer's first minute, in every language that the token's template is written in: seconds from `delchain new` to
// the end of its first passing tests, of a build of everything, of one after a changed file, and of one of nothing.
// From a warm install: compilers and their caches are there, the project is not.
//   node test/bench/newProject.ts [--rounds 3] [--only c,php] [--json]

import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { variantsOf } from "../../cli/project/templates.ts";
import { readOptions } from "./options.ts";

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const STEP_TIMEOUT_MS = 900_000;

type Row = {
  /** `c`, or `c-container`. */
  readonly variant: string;
  /** Seconds, the least of the rounds. */
  readonly firstTest: number;
  readonly cold: number;
  readonly changed: number;
  readonly nothing: number;
};

const { json, ...given } = readOptions("rounds", "only");
const rounds = Number(given.rounds ?? 3);
const only = given.only?.split(",");
const loadBefore = loadavg()[0] ?? 0;
const folder = mkdtempSync(join(tmpdir(), "delchain-newcomer-"));
try {
  const variants = variantsOf("token").filter((one) => only?.includes(one) ?? true);
  // The first start of all fills Node's compile cache, as any earlier command has.
  await delchain("--version");
  const rows: Row[] = [];
  for (const variant of variants) rows.push(await measure(variant));
  const load = [loadBefore, loadavg()[0] ?? 0];
  if (json) process.stdout.write(`${JSON.stringify({ load, rows })}\n`);
  else report(rows, load);
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(variant: string): Promise<Row> {
  const all: Omit<Row, "variant">[] = [];
  for (let round = 0; round < rounds; round++) all.push(await once(variant, round));
  const least = (step: keyof Omit<Row, "variant">) => Math.min(...all.map((one) => one[step]));
  return {
    variant,
    firstTest: least("firstTest"),
    cold: least("cold"),
    changed: least("changed"),
    nothing: least("nothing"),
  };
}

async function once(variant: string, round: number): Promise<Omit<Row, "variant">> {
  const root = join(folder, `${variant}-${round}`);
  const [lang = "", tier] = variant.split("-");
  const choice = ["--lang", lang, ...(tier === undefined ? [] : ["--tier", tier])];
  const at = ["--project", root];
  const made = await delchain("new", root, ...choice);
  const tested = await delchain("test", ...at);
  const cold = await delchain("build", "--force", ...at);
  const nothing = await delchain("build", ...at);
  const output = JSON.parse(readFileSync(join(root, "out/Token.json"), "utf8"));
  appendFileSync(join(root, output.metadata.source), "\n");
  const changed = await delchain("build", ...at);
  return { firstTest: made + tested, cold, changed, nothing };
}

/** Seconds of one command. */
async function delchain(...args: readonly string[]): Promise<number> {
  const started = performance.now();
  await run(process.execPath, [MAIN, ...args], { timeout: STEP_TIMEOUT_MS });
  return (performance.now() - started) / 1_000;
}

function report(rows: readonly Row[], [before = 0, after = 0]: readonly number[]): void {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print("| language | new to passing tests | build all | after a change | nothing changed |");
  print("|---|--:|--:|--:|--:|");
  for (const { variant, firstTest, cold, changed, nothing } of rows) {
    const cells = [firstTest, cold, changed, nothing].map((seconds) => `${seconds.toFixed(1)} s`);
    print(`| ${variant} | ${cells.join(" | ")} |`);
  }
  print(
    `the least of ${rounds} rounds; load average ${before.toFixed(1)} before, ${after.toFixed(1)} after`,
  );
}
