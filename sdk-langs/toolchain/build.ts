import { rmSync } from "node:fs";
import { DEFAULT_STORE } from "@delchain/images";
import { InvalidInput } from "@delchain/runtime";
import {
  isCurrent,
  loadCache,
  recordOf,
  saveCache,
  type UnitRecord,
  unitKey,
} from "./buildCache.ts";
import {
  type BuildOutput,
  buildOutputOf,
  builtNames,
  loadOutput,
  outputPath,
  saveOutput,
  saveTypes,
} from "./buildOutput.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { readInput, sha256 } from "./input.ts";
import { keepImages, sweepOnce } from "./keptImages.ts";
import { saveLines } from "./lines/sourceLines.ts";
import type { Project } from "./project.ts";
import { signersOf } from "./signers.ts";
import type { Toolchain, Tools } from "./toolchain.ts";

export type BuildOptions = {
  /** Told one line at a time what takes long. */
  readonly progress?: (text: string) => void;
  /** Builds what has not changed too. */
  readonly isForced?: boolean;
};

export type BuildResult = {
  /** By name. */
  readonly contracts: readonly BuiltContract[];
  readonly warnings: readonly Diagnostic[];
};

export type BuiltContract = { readonly output: BuildOutput; readonly isReused: boolean };

export type InvalidBuild = { readonly code: "CONTRACT_NAME_TWICE"; readonly name: string };

/**
 * Builds a project into `out/`, one file a contract, and only what has changed; outputs of contracts that are gone
 * are removed. Throws `CompileFailed`, `Unavailable` when a compiler is missing, `InvalidInput<InvalidBuild>` when
 * two contracts have one name.
 */
export async function buildProject(
  project: Project,
  { progress = () => undefined, isForced = false }: BuildOptions = {},
): Promise<BuildResult> {
  const { root, builds } = project;
  const hasContainers = builds.some(({ toolchain }) => toolchain.tier === "container");
  if (hasContainers) await sweepOnce();
  const known = isForced ? new Map<string, UnitRecord>() : loadCache(root);
  const records = new Map<string, UnitRecord>();
  const contracts: BuiltContract[] = [];
  const warnings: Diagnostic[] = [];
  try {
    // One unit after the other: a compiler takes some 300 MB.
    for (const { toolchain, sources } of builds) {
      const tools = await toolchain.tools(root);
      for (const unit of toolchain.units(sources)) {
        const key = unitKey(toolchain, unit);
        const built = await buildUnit(
          project,
          { toolchain, tools, unit },
          known.get(key),
          progress,
        );
        checkNames([...contracts, ...built.contracts]);
        for (const { output, isReused } of built.contracts) if (!isReused) saveOutput(root, output);
        records.set(key, built.record);
        contracts.push(...built.contracts);
        warnings.push(...built.warnings);
      }
    }
  } catch (error) {
    // What did compile need not be compiled again once the rest does.
    const all = new Map([...known, ...records]);
    saveCache(root, all);
    await keepImages(root, all);
    throw error;
  }
  removeOthers(root, new Set(contracts.map(({ output }) => output.name)));
  saveCache(root, records);
  await keepImages(root, records);
  contracts.sort(byName);
  saveTypes(
    root,
    contracts.map(({ output }) => output),
  );
  return { contracts, warnings };
}

type Unit = {
  readonly toolchain: Toolchain;
  readonly tools: Tools;
  readonly unit: readonly string[];
};

async function buildUnit(
  { root }: Project,
  { toolchain, tools, unit }: Unit,
  record: UnitRecord | undefined,
  progress: (text: string) => void,
): Promise<BuildResult & { readonly record: UnitRecord }> {
  // What a manifest says is told to no compiler, and changes what is made all the same.
  const { manifest } = toolchain;
  const ofManifest = manifest ? [JSON.stringify(manifest), ...signersOf(root)] : [];
  const told = { tools, flags: [...toolchain.flags(root), ...ofManifest] };
  if (record && (await isCurrent(root, record, told, DEFAULT_STORE))) {
    const contracts = Object.keys(record.outputs).map((name) => ({
      output: loadOutput(root, name),
      isReused: true,
    }));
    return { record, contracts, warnings: [] };
  }
  const { contracts, warnings } = await toolchain.compile({ root, sources: unit, progress });
  const outputs = contracts.map((contract) => buildOutputOf(root, contract, toolchain, tools));
  for (const { name, lines } of contracts) saveLines(root, name, lines);
  return {
    record: recordOf(told, hashesOf(root, unit), outputs, contracts),
    contracts: outputs.map((output) => ({ output, isReused: false })),
    warnings,
  };
}

function byName(left: BuiltContract, right: BuiltContract): number {
  return left.output.name < right.output.name ? -1 : 1;
}

function hashesOf(root: string, sources: readonly string[]): Record<string, string> {
  return Object.fromEntries(sources.map((path) => [path, sha256(readInput(root, path) ?? "")]));
}

function checkNames(contracts: readonly BuiltContract[]): void {
  const sources = new Map<string, string>();
  for (const { output } of contracts) {
    const { name, metadata } = output;
    // A file system that does not tell Token.json from token.json has one of them.
    const key = name.toLowerCase();
    const other = sources.get(key);
    if (other !== undefined) {
      throw new InvalidInput<InvalidBuild>(
        { code: "CONTRACT_NAME_TWICE", name },
        `${other} and ${metadata.source} both make a contract ${name}; outputs are told apart by name: rename one`,
      );
    }
    sources.set(key, metadata.source);
  }
}

/** Nobody deploys by mistake what the sources no longer have. */
function removeOthers(root: string, names: ReadonlySet<string>): void {
  for (const name of builtNames(root)) {
    if (names.has(name)) continue;
    rmSync(outputPath(root, name));
    saveLines(root, name, undefined);
  }
}
