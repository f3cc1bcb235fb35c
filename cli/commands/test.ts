import { spawn } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output, table } from "../output.ts";
import { linkPackages } from "../project/linkPackages.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { buildQuietly } from "./build.ts";

export type TestOptions = {
  readonly project?: string;
  readonly grep?: string;
  readonly gas: boolean;
  readonly json: boolean;
};

const PATTERN = "test/**/*.test.ts";
/** A container's first call may take a cold start; a test that takes longer hangs. */
const TIMEOUT_MS = 120_000;

/**
 * Builds the project and runs its tests under node's own runner, each file with a chain of its own, and says what
 * gas each function took. Throws `CommandError` of exit code 1 when a test fails.
 */
export async function test(
  files: readonly string[],
  options: TestOptions,
  output: Output,
): Promise<void> {
  const root = projectRoot(options.project);
  await buildQuietly(root);
  linkPackages(root);
  const chosen = files.length > 0 ? files : globSync(PATTERN, { cwd: root }).sort();
  if (chosen.length === 0) {
    throw new CommandError(
      `${root} has no ${PATTERN}; a new project has one to begin with`,
      EXIT.usage,
    );
  }
  const missing = chosen.find((file) => !existsSync(join(root, file)));
  if (missing !== undefined) {
    throw new CommandError(`there is no test ${missing} in ${root}`, EXIT.usage);
  }
  const gasFolder = mkdtempSync(join(tmpdir(), "delchain-gas-"));
  try {
    const code = await run(root, chosen, options, gasFolder);
    const gas = gasReport(gasFolder);
    if (options.json) output.json({ ok: code === 0, files: chosen, gas });
    else if (options.gas && gas.length > 0) printGas(gas, output);
    if (code !== 0) throw new CommandError("", EXIT.failed);
  } finally {
    rmSync(gasFolder, { recursive: true });
  }
}

function run(
  root: string,
  files: readonly string[],
  { grep, json }: TestOptions,
  gasFolder: string,
): Promise<number> {
  const args = [
    "--test",
    "--test-reporter=spec",
    // Two files at a time: each has a chain with its threads.
    "--test-concurrency=2",
    `--test-timeout=${TIMEOUT_MS}`,
    ...(grep === undefined ? [] : [`--test-name-pattern=${grep}`]),
    ...files,
  ];
  // What the runner prints is for people: with --json standard output is the answer's alone.
  const stdio = ["inherit", json ? 2 : "inherit", "inherit"] as const;
  // Below another run of node's runner, which would skip every file of this one without a word.
  const env = { ...process.env, DELCHAIN_GAS_FOLDER: gasFolder, NODE_TEST_CONTEXT: undefined };
  const child = spawn(process.execPath, args, { cwd: root, stdio: [...stdio], env });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? EXIT.failed));
  });
}

type FunctionGas = {
  readonly function: string;
  readonly calls: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
};

/** What the test processes wrote down, put together by function. */
function gasReport(folder: string): readonly FunctionGas[] {
  const all = new Map<string, number[]>();
  for (const file of readdirSync(folder)) {
    const used = JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, number[]>;
    for (const [name, gas] of Object.entries(used))
      all.set(name, [...(all.get(name) ?? []), ...gas]);
  }
  return [...all]
    .map(([name, gas]) => ({ name, gas: gas.sort((left, right) => left - right) }))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, gas }) => ({
      function: name,
      calls: gas.length,
      min: gas[0] as number,
      median: gas[gas.length >> 1] as number,
      max: gas.at(-1) as number,
    }));
}

function printGas(gas: readonly FunctionGas[], output: Output): void {
  const rows = gas.map(({ function: name, calls, min, median, max }) =>
    [name, calls, min, median, max].map(String),
  );
  output.line(`\n${color.bold("Gas")}`);
  output.line(table(["function", "calls", "min", "median", "max"], rows));
}
