import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { ASSEMBLYSCRIPT_RECIPES } from "./build/assemblyScript.ts";
import { C_RECIPES } from "./build/c.ts";
import { JAVA_RECIPES } from "./build/java.ts";
import { type Built, hashSources, type Recipe, sha256 } from "./build/recipe.ts";
import { RUST_RECIPES } from "./build/rust.ts";
import { SOLIDITY_RECIPES } from "./build/solidity.ts";
import { ARTEFACTS, MANIFEST, type ManifestEntry, readManifest } from "./manifest.ts";

/** Every contract of the tour, in the order of the manifest. */
export const RECIPES: readonly Recipe[] = [
  ...SOLIDITY_RECIPES,
  ...C_RECIPES,
  ...ASSEMBLYSCRIPT_RECIPES,
  ...RUST_RECIPES,
  ...JAVA_RECIPES,
];

type Result = {
  readonly recipe: Recipe;
  readonly built: Built | undefined;
  /** For people: what happened. */
  readonly note: string;
  readonly isDifferent: boolean;
};

function committed(recipe: Recipe): Uint8Array | undefined {
  try {
    return readFileSync(new URL(recipe.artefact, ARTEFACTS));
  } catch {
    return undefined;
  }
}

async function buildOne(recipe: Recipe): Promise<Result> {
  const built = await recipe.build();
  const before = committed(recipe);
  if ("missing" in built) {
    const note = `not built, this machine lacks ${built.missing}; the committed one stays`;
    return { recipe, built: undefined, note, isDifferent: before === undefined };
  }
  const isDifferent = before === undefined || sha256(before) !== sha256(built.bytes);
  const was = before === undefined ? "new" : `was ${sha256(before)}`;
  const note = `${built.bytes.length} bytes, ${sha256(built.bytes)}${isDifferent ? `, ${was}` : ""}`;
  return { recipe, built, note, isDifferent };
}

function entryOf({ recipe, built }: Result, before: readonly ManifestEntry[]): ManifestEntry {
  const { name, contract, language, tier, source, inputs, artefact, flags, command } = recipe;
  if (built === undefined) {
    const kept = before.find((entry) => entry.name === name);
    if (kept === undefined) throw new Error(`${name} was never built, and cannot be built here`);
    return kept;
  }
  return {
    name,
    contract,
    language,
    tier,
    source,
    sources: hashSources(inputs),
    artefact,
    sha256: sha256(built.bytes),
    bytes: built.bytes.length,
    toolchain: built.toolchain,
    flags,
    command,
    abi: built.abi,
  };
}

function manifestBefore(): readonly ManifestEntry[] {
  try {
    return readManifest();
  } catch {
    return [];
  }
}

/**
 * Builds every contract and writes artefacts and manifest; with `isCheck` writes nothing. Resolves to `false` when
 * something that was built differs from what is committed.
 */
export async function buildContracts(
  isCheck: boolean,
  write: (text: string) => void,
): Promise<boolean> {
  const results: Result[] = [];
  // One after the other: a compiler takes some 300 MB.
  for (const recipe of RECIPES) {
    const result = await buildOne(recipe);
    write(`${isCheck && result.isDifferent ? "DIFFERS " : ""}${recipe.name}: ${result.note}\n`);
    results.push(result);
  }
  const manifest = `${JSON.stringify(
    results.map((result) => entryOf(result, manifestBefore())),
    undefined,
    2,
  )}\n`;
  if (isCheck) {
    const isCurrent = readFileSync(MANIFEST, "utf8") === manifest;
    if (!isCurrent) write("DIFFERS artefacts.json: run `npm run build:contracts` and commit\n");
    return isCurrent && !results.some(({ isDifferent }) => isDifferent);
  }
  mkdirSync(ARTEFACTS, { recursive: true });
  for (const { recipe, built } of results) {
    if (built !== undefined) writeFileSync(new URL(recipe.artefact, ARTEFACTS), built.bytes);
  }
  writeFileSync(MANIFEST, manifest);
  return true;
}

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  const isEqual = await buildContracts(isCheck, (text) => process.stdout.write(text));
  if (!isEqual) process.exitCode = 1;
}
