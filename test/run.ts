import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";

// `npm test`: two runs of node's test runner, one after the other, and their sum in one line.
// Files under test/isolated change process-wide state and get a process each; all others share one.

const ROOT = join(import.meta.dirname, "..");
const ISOLATED = "test/isolated/*.test.ts";
const SHARED = [
  "{runtime,chain,cli,images}/**/*.test.ts",
  "{apps,sdk-langs}/**/*.test.ts",
  "test/*.test.ts",
  "test/{conformance,e2e,fuzz}/**/*.test.ts",
];

type Count = { passed: number; failed: number; skipped: number };

const chosen = process.argv.slice(2);
const isIsolated = (file: string) => file.startsWith("test/isolated/");
const files = (patterns: readonly string[]) =>
  globSync([...patterns], { cwd: ROOT, exclude: ["**/node_modules/**"] }).sort();
const shared = chosen.length > 0 ? chosen.filter((file) => !isIsolated(file)) : files(SHARED);
const isolated = chosen.length > 0 ? chosen.filter(isIsolated) : files([ISOLATED]);

const counts = [
  await runTests("shared", ["--test-isolation=none"], shared),
  await runTests("isolated", ["--test-concurrency=1"], isolated),
];
const sum = (of: keyof Count) => counts.reduce((total, count) => total + count[of], 0);
const skipped = sum("skipped");
process.stdout.write(
  `\n${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`,
);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;

/** A run that dies without its closing lines counts as one failure. */
async function runTests(
  what: string,
  options: readonly string[],
  list: readonly string[],
): Promise<Count> {
  if (list.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  process.stdout.write(`\n${what}: ${list.length} files\n`);
  const args = ["--test", "--test-reporter=spec", ...options, ...list];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["inherit", "pipe", "inherit"] });
  let tail = "";
  child.stdout.on("data", (data: Buffer) => {
    process.stdout.write(data);
    tail = (tail + data.toString()).slice(-4_096);
  });
  const code = await new Promise<number>((resolve) =>
    child.on("close", (exit) => resolve(exit ?? 1)),
  );
  const read = (name: string) => Number(new RegExp(`^ℹ ${name} (\\d+)`, "m").exec(tail)?.[1] ?? 0);
  const count = {
    passed: read("pass"),
    failed: read("fail") + read("cancelled"),
    skipped: read("skipped") + read("todo"),
  };
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}
