import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output, table } from "../output.ts";
import { coverageOf, printCoverage, saveLcov } from "../project/coverage.ts";
import { linkPackages } from "../project/linkPackages.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { runTests } from "../project/testRun.ts";
import { allFiles, runUnits, suitesOf } from "../project/testSuites.ts";
import { buildQuietly } from "./build.ts";

export type TestOptions = {
  readonly project?: string;
  readonly grep?: string;
  readonly gas: boolean;
  readonly coverage: boolean;
  readonly json: boolean;
};

/**
 * Builds the project and runs its tests: those in the contracts' own languages under their runners, those in TypeScript
 * under node's, each file with a chain of its own. Says what gas each function took, and with `coverage` which lines
 * ran on a chain. Throws `CommandError` of exit code 1 when a test fails.
 */
export async function test(
  files: readonly string[],
  options: TestOptions,
  output: Output,
): Promise<void> {
  const root = projectRoot(options.project);
  await buildQuietly(root);
  linkPackages(root);
  const suites = suitesOf(root, files);
  const units = await runUnits(root, suites.units, options, output);
  const { code, recorded } = await runTests(root, suites.chain, options, [
    "DELCHAIN_GAS_FOLDER",
    ...(options.coverage ? (["DELCHAIN_PROFILE_FOLDER"] as const) : []),
  ]);
  const missing = units.flatMap((unit) => unit.missing ?? []);
  const ok = code === 0 && missing.length === 0 && units.every(({ failed }) => failed === 0);
  const gas = gasReport(recorded("DELCHAIN_GAS_FOLDER"));
  const coverage = options.coverage
    ? coverageOf(root, recorded("DELCHAIN_PROFILE_FOLDER"))
    : undefined;
  if (coverage !== undefined) saveLcov(root, coverage);
  if (options.json) {
    const report = { ok, files: allFiles(suites), unitTests: units, gas };
    output.json({ ...report, ...(coverage && { coverage }) });
  } else {
    if (options.gas && gas.length > 0) printGas(gas, output);
    if (coverage !== undefined) printCoverage(coverage, output);
  }
  if (missing.length > 0) {
    const exit = code === 0 ? EXIT.unavailable : EXIT.failed;
    throw new CommandError(`tests did not run: ${missing.join("; ")}`, exit);
  }
  if (!ok) throw new CommandError("", EXIT.failed);
}

type FunctionGas = {
  readonly function: string;
  readonly calls: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
};

/** What the test processes wrote down, put together by function. */
function gasReport(recorded: readonly unknown[]): readonly FunctionGas[] {
  const all = new Map<string, number[]>();
  for (const used of recorded as readonly Readonly<Record<string, number[]>>[]) {
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
