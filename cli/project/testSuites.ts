import { existsSync, globSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { Unavailable } from "@delchain/runtime";
import {
  loadProject,
  type UnitTestRequest,
  type UnitTestResult,
  type UnitTests,
} from "@delchain/toolchain";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { explainedBuildError } from "./buildErrors.ts";
import { progressLine } from "./progressLine.ts";
import { noTests, TEST_PATTERN } from "./testRun.ts";

/** Tests in a language of the project's contracts, and its runner. */
export type UnitSuite = {
  readonly language: string;
  readonly unitTests: UnitTests;
  readonly sources: readonly string[];
  readonly files: readonly string[];
};

export type Suites = {
  /** In TypeScript, on a chain. */
  readonly chain: readonly string[];
  /** In the languages of the project's contracts. */
  readonly units: readonly UnitSuite[];
};

/** Which runner runs which of the files, or of all that the project has. */
export function suitesOf(root: string, files: readonly string[]): Suites {
  const missing = files.find((file) => !existsSync(join(root, file)));
  if (missing !== undefined) {
    throw new CommandError(`there is no test ${missing} in ${root}`, EXIT.usage);
  }
  const units = new Map<UnitTests, UnitSuite>();
  for (const { toolchain, sources } of loadProject(root).builds) {
    const { language, unitTests } = toolchain;
    if (unitTests === undefined) continue;
    const { pattern } = unitTests;
    const own =
      files.length > 0
        ? files.filter((file) => matchesGlob(file, pattern))
        : globSync(pattern, { cwd: root }).sort();
    const others = units.get(unitTests)?.sources ?? [];
    const suite = { language, unitTests, sources: [...others, ...sources], files: own };
    if (own.length > 0) units.set(unitTests, suite);
  }
  const suites = [...units.values()];
  const isUnit = (file: string) => suites.some((suite) => suite.files.includes(file));
  const chain =
    files.length > 0
      ? files.filter((file) => !isUnit(file))
      : globSync(TEST_PATTERN, { cwd: root }).sort();
  if (chain.length + suites.length === 0) {
    throw noTests(root);
  }
  return { chain, units: suites };
}

export function allFiles({ chain, units }: Suites): readonly string[] {
  return [...units.flatMap(({ files }) => files), ...chain];
}

export type UnitResult = UnitTestResult & {
  readonly language: string;
  /** Which part of the machine is not there, so that nothing ran; and what to do. */
  readonly missing?: string;
};

/** One language after the other: a runner takes some hundred MB. */
export async function runUnits(
  root: string,
  suites: readonly UnitSuite[],
  { grep, json }: { readonly grep?: string; readonly json: boolean },
  output: Output,
): Promise<readonly UnitResult[]> {
  const results: UnitResult[] = [];
  for (const { language, unitTests, sources, files } of suites) {
    const result = await runUnit(unitTests, {
      root,
      sources,
      files,
      ...(grep === undefined ? {} : { grep }),
    });
    if (!json && result.report !== "") output.line(result.report);
    results.push({ language, ...result });
  }
  return results;
}

const NOTHING_RUN = { passed: 0, failed: 0 };

async function runUnit(
  unitTests: UnitTests,
  request: Omit<UnitTestRequest, "progress">,
): Promise<Omit<UnitResult, "language">> {
  const line = progressLine();
  try {
    return await unitTests.run({ ...request, progress: line.show });
  } catch (error) {
    // The tests on a chain need no runner of the language, so they run all the same.
    if (error instanceof Unavailable) return { ...NOTHING_RUN, report: "", missing: error.message };
    throw explainedBuildError(error);
  } finally {
    line.end();
  }
}
