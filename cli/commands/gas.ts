import { loadProjectLines, type ProjectLines } from "@delchain/toolchain";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { callGas } from "../project/callGas.ts";
import { contractGas, printContract } from "../project/gasReport.ts";
import { linkPackages } from "../project/linkPackages.ts";
import { profileSumOf } from "../project/profileSum.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { chainTests, runTests } from "../project/testRun.ts";
import { buildQuietly } from "./build.ts";

export type GasOptions = {
  readonly project?: string;
  readonly grep?: string;
  /** Of a call: contracts on its chain, each with its constructor's arguments. */
  readonly deploy: readonly string[];
  /** Of a call: what it sends along. */
  readonly value?: string;
  /** Only so many lines, those that cost most. */
  readonly top?: number;
  readonly json: boolean;
};

/**
 * Says what each function and each line of contracts cost: in the project's tests, or in one call of a contract's
 * function. Throws `CommandError` when a test or the call fails, or for a contract that has no lines.
 */
export async function gas(
  words: readonly string[],
  options: GasOptions,
  output: Output,
): Promise<void> {
  const root = projectRoot(options.project);
  await buildQuietly(root);
  linkPackages(root);
  const project = loadProjectLines(root);
  const [name = "", functionName, ...args] = words;
  const isCall = functionName !== undefined && !project.contracts.has(functionName);
  checkNames(isCall ? [name] : words, project);
  if (isCall) await callGas(root, { name, functionName, words: args }, project, options, output);
  else await testGas(root, words, project, options, output);
}

function checkNames(names: readonly string[], { contracts }: ProjectLines): void {
  const unknown = names.find((name) => !contracts.has(name));
  if (unknown === undefined) return;
  const list = [...contracts.keys()].join(", ") || "none";
  throw new CommandError(
    `no lines are known of ${unknown}; contracts that have them: ${list}`,
    EXIT.usage,
  );
}

async function testGas(
  root: string,
  names: readonly string[],
  { contracts }: ProjectLines,
  options: GasOptions,
  output: Output,
): Promise<void> {
  const recording = "DELCHAIN_PROFILE_FOLDER";
  // The tests' own report would stand before this one.
  const run = await runTests(root, chainTests(root), { ...options, json: true }, [recording]);
  const sum = profileSumOf(run.recorded(recording));
  const wanted = [...contracts].filter(([name]) => names.length === 0 || names.includes(name));
  const report = wanted.flatMap(([name, source]) => {
    const profile = sum[name];
    return profile === undefined ? [] : [contractGas(name, source, profile)];
  });
  const shown = { where: "in the tests", top: options.top };
  if (options.json) output.json({ ok: run.code === 0, contracts: report });
  else for (const one of report) printContract(root, one, shown, output);
  if (run.code !== 0) throw new CommandError("", EXIT.failed);
}
