import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

// `npm test`: node's test runner over all test files, and the sum of its runs in one line. Unit tests share a
// process, which is fifty times quicker, and there are two of them; what starts nodes, containers or compilers gets a
// process a file, so that no file sees what another one left; what wants the machine for itself runs alone.

const ROOT = join(import.meta.dirname, "..");

/** A test that takes longer hangs: it is ended, named and counted as failed. */
const TIMEOUT_MS = 10 * 60_000;

type Group = {
  readonly name: string;
  readonly patterns: readonly string[];
  readonly options: readonly string[];
  /** Processes of the runner that share the files. */
  readonly processes: number;
};

const GROUPS: readonly Group[] = [
  {
    name: "unit",
    patterns: [
      "{runtime,chain,cli,images}/**/*.test.ts",
      "{apps,sdk-langs}/**/*.test.ts",
      "test/*.test.ts",
    ],
    options: ["--test-isolation=none"],
    processes: 2,
  },
  {
    name: "across packages",
    patterns: ["test/{conformance,e2e,fuzz}/**/*.test.ts"],
    // More than two cores: what waits for blocks, containers and files leaves a third of them idle.
    options: ["--test-concurrency=3"],
    processes: 1,
  },
  {
    name: "isolated",
    patterns: ["test/isolated/*.test.ts"],
    options: ["--test-concurrency=1"],
    processes: 1,
  },
];

type Count = { passed: number; failed: number; skipped: number };

const chosen = process.argv.slice(2);
const counts: Count[] = [];
for (const { name, patterns, options, processes } of GROUPS) {
  const all = globSync([...patterns], {
    cwd: ROOT,
    exclude: ["**/node_modules/**", "cli/templates/**"],
  }).sort();
  const files = chosen.length === 0 ? all : all.filter((file) => chosen.includes(file));
  if (files.length === 0) continue;
  process.stdout.write(`\n${name}: ${files.length} files\n`);
  const shares = Array.from({ length: Math.min(processes, files.length) }, (_, share) =>
    files.filter((_file, i) => i % processes === share),
  );
  counts.push(...(await Promise.all(shares.map((share) => runTests(options, share)))));
}
const sum = (of: keyof Count) => counts.reduce((total, count) => total + count[of], 0);
const skipped = sum("skipped");
process.stdout.write(
  `\n${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`,
);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;

/** A run that dies without its closing lines counts as one failure. */
async function runTests(options: readonly string[], files: readonly string[]): Promise<Count> {
  const timeout = `--test-timeout=${TIMEOUT_MS}`;
  const args = [
    "--test",
    "--test-reporter=spec",
    "--test-force-exit",
    timeout,
    ...options,
    ...files,
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["inherit", "pipe", "inherit"] });
  // The counts come before the details of what failed, which may be long.
  const closing: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    process.stdout.write(`${line}\n`);
    if (line.startsWith("ℹ ")) closing.push(line);
  });
  const code = await new Promise<number>((resolve) =>
    child.on("close", (exit) => resolve(exit ?? 1)),
  );
  const read = (name: string): number => {
    const start = `ℹ ${name} `;
    return Number(closing.findLast((line) => line.startsWith(start))?.slice(start.length) ?? 0);
  };
  const count = {
    passed: read("pass"),
    failed: read("fail") + read("cancelled"),
    skipped: read("skipped") + read("todo"),
  };
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}
