import { relative } from "node:path";
import {
  type BuildResult,
  buildProject,
  loadProject,
  type Project,
  renderDiagnostic,
  watchProject,
} from "@delchain/toolchain";
import { CommandError } from "../commandError.ts";
import { color, noteColor, type Output, table, terminalWidth } from "../output.ts";
import { explainedBuildError, failedBuildJson } from "../project/buildErrors.ts";
import { progressLine } from "../project/progressLine.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { stopSignal } from "../stopSignal.ts";

export type BuildCommandOptions = {
  readonly project?: string;
  readonly force: boolean;
  readonly watch: boolean;
  readonly json: boolean;
};

/** Builds the project; with `watch` again after each change, until Ctrl-C. */
export async function build(options: BuildCommandOptions, output: Output): Promise<void> {
  const root = projectRoot(options.project);
  if (!options.watch) {
    const failure = await buildOnce(root, options, output);
    if (failure) throw failure;
    return;
  }
  const stop = stopSignal();
  const again = async (): Promise<void> => {
    const failure = await buildOnce(root, { ...options, force: false }, output);
    if (failure?.message) output.note(`${noteColor.red("error:")} ${failure.message}`);
    output.note(noteColor.dim("Watching for changes; Ctrl-C ends it."));
  };
  const watcher = watchProject(root, again);
  await stop;
  watcher.close();
}

/** Builds and says what came of it; a failure is returned, so that a watcher can go on. */
async function buildOnce(
  root: string,
  { force, json }: Pick<BuildCommandOptions, "force" | "json">,
  output: Output,
): Promise<CommandError | undefined> {
  try {
    const project = loadProject(root);
    const result = await buildWithProgress(project, force);
    if (json) output.json(resultJson(result));
    else printResult(root, result, output);
    return undefined;
  } catch (error) {
    if (json) {
      const failed = failedBuildJson(error);
      if (failed) output.json(failed);
    }
    const explained = explainedBuildError(error);
    if (explained instanceof CommandError) return explained;
    throw explained;
  }
}

/** Builds with a live line of what is being compiled. Throws what `buildProject` throws. */
export async function buildWithProgress(project: Project, isForced = false): Promise<BuildResult> {
  const line = progressLine();
  try {
    return await buildProject(project, { progress: line.show, isForced });
  } finally {
    line.end();
  }
}

function printResult(root: string, { contracts, warnings }: BuildResult, output: Output): void {
  for (const warning of warnings) output.note(noteColor.yellow(renderDiagnostic(warning)));
  const rows = contracts.map(({ output: { name, code, codeHash, metadata }, isReused }) => [
    name,
    metadata.language,
    metadata.tier,
    String((code.length - 2) / 2),
    `${codeHash.slice(0, 10)}…`,
    isReused ? "unchanged" : "built",
  ]);
  const head = ["contract", "language", "tier", "bytes", "code hash", "state"];
  output.line(table(head, rows, terminalWidth()));
  const folder = relative(process.cwd(), root) || ".";
  output.note(color.dim(`Outputs lie in ${folder}/out. Next: delchain test, delchain deploy NAME`));
}

function resultJson({ contracts, warnings }: BuildResult): unknown {
  return {
    ok: true,
    contracts: contracts.map(({ output: { name, code, codeHash, metadata }, isReused }) => ({
      name,
      source: metadata.source,
      language: metadata.language,
      tier: metadata.tier,
      bytes: (code.length - 2) / 2,
      codeHash,
      output: `out/${name}.json`,
      isReused,
    })),
    warnings,
  };
}

/** For commands that need a current build first: builds, and prints only what is wrong. */
export async function buildQuietly(root: string): Promise<BuildResult> {
  try {
    return await buildWithProgress(loadProject(root));
  } catch (error) {
    throw explainedBuildError(error);
  }
}
