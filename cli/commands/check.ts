import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_STORE, openImageStore } from "@delchain/images";
import { DriverSet, hostDrivers, Unavailable } from "@delchain/runtime";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, type Output } from "../output.ts";
import { explainedBuildError, failedBuildJson } from "../project/buildErrors.ts";
import { planCalls } from "../project/checkCalls.ts";
import { checkContract, removeLeftovers } from "../project/checkContract.ts";
import { programInstructions } from "../project/checkPrograms.ts";
import { type CheckReport, printCheck } from "../project/checkReport.ts";
import {
  type CheckTarget,
  type ImageFacts,
  imageTarget,
  type ProjectTargets,
  projectTargets,
} from "../project/checkTargets.ts";
import { progressLine } from "../project/progressLine.ts";

export type CheckOptions = ImageFacts & {
  readonly call: readonly string[];
  readonly contract?: string;
  readonly json: boolean;
};

/**
 * Says of each function of a container contract whether replicas agree on it, and if not, why, before anything is
 * deployed: of a project's contracts, or of an image. Throws `CommandError` of exit code 1 when one can differ.
 */
export async function check(
  what: string | undefined,
  options: CheckOptions,
  output: Output,
): Promise<void> {
  const found = await targetsOf(what, options, output);
  const plans = found.targets.map((target) => ({ target, plan: planOf(target, options) }));
  const reports: CheckReport[] = [];
  await withDrivers(async (drivers) => {
    await removeLeftovers(drivers);
    const line = progressLine();
    for (const { target, plan } of plans) {
      const onRun = (cause: string, done: number, of: number): void =>
        line.show(`${target.name}: ${cause}, container ${done + 1} of ${of}`);
      const report = await checkContract(target, plan, drivers, onRun).finally(line.end);
      const instructions = await programInstructions(target.manifest);
      reports.push({ ...report, instructions });
      if (!options.json) printCheck({ ...report, instructions }, output);
    }
  });
  const isFine = reports.every(({ calls }) =>
    calls.every((one) => one.verdict === "deterministic"),
  );
  if (options.json) output.json({ ok: isFine, contracts: reports, others: found.others });
  else for (const { name, tier } of found.others) printOther(name, tier, output);
  if (!isFine) throw new CommandError("", EXIT.failed);
}

/** What the sources show already, without a container, ends the check as it ends a build. */
async function targetsOf(
  what: string | undefined,
  options: CheckOptions,
  output: Output,
): Promise<ProjectTargets> {
  const isImage = what !== undefined && !(existsSync(what) && statSync(what).isDirectory());
  if (isImage) return { targets: [await imageTarget(what, options)], others: [] };
  try {
    return await projectTargets(what, options);
  } catch (error) {
    const failed = options.json ? failedBuildJson(error) : undefined;
    if (failed) output.json(failed);
    throw explainedBuildError(error);
  }
}

function planOf(target: CheckTarget, { call }: CheckOptions) {
  return planCalls(target.name, target.abi, call.length > 0 ? call : target.checks);
}

function printOther(name: string, tier: string, output: Output): void {
  output.line(`${color.bold(name)}: deterministic, as everything is in tier ${tier}`);
}

async function withDrivers(act: (drivers: DriverSet) => Promise<void>): Promise<void> {
  // Short, because the path of a Unix socket has at most 107 bytes.
  const runDirectory = mkdtempSync(join(tmpdir(), "dc-"));
  const images = openImageStore(DEFAULT_STORE);
  const drivers = new DriverSet(hostDrivers({ runDirectory, images }));
  try {
    await act(drivers);
  } catch (error) {
    if (error instanceof Unavailable) throw new CommandError(error.message, EXIT.unavailable);
    throw error;
  } finally {
    await drivers.close();
    rmSync(runDirectory, { recursive: true, force: true });
  }
}
