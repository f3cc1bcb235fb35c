import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InvalidInput } from "@delchain/runtime";
import { z } from "zod";
import type { BuildOutput } from "./buildOutput.ts";
import { FOUNDRY_FILE } from "./foundryFile.ts";
import { isOfSdk, readInput, sha256 } from "./input.ts";
import { PROJECT_FILES } from "./projectFile.ts";
import { REMAPPINGS_FILE } from "./remappings.ts";
import type { Tier, Tools } from "./toolchain.ts";

/** Besides the sources, what a build looks at in a project's folder. */
const SETTINGS: readonly string[] = [
  ...PROJECT_FILES,
  REMAPPINGS_FILE,
  FOUNDRY_FILE,
  "package.json",
  "composer.json",
];

/**
 * A path below the folder that a bundle is unpacked into: no `..`, no root, no other drive, no backslash, and no
 * hidden folder, so that nothing that runs by itself is written.
 */
const PATH = /^(?!\/|.*(?:^|\/)\.)[^\\:\0]{1,255}$/;

/** All that a contract is built from, but for the compilers and our SDK, which are named. */
export type SourceBundle = {
  readonly format: 1;
  /** The contract's. */
  readonly name: string;
  readonly language: string;
  readonly tier: Tier;
  /** Path of its own source. */
  readonly source: string;
  /** Versions of what compiled it. */
  readonly toolchain: Tools;
  /** The project's files by their paths, and those of npm packages. */
  readonly files: Readonly<Record<string, string>>;
  readonly packages: Readonly<Record<string, string>>;
  /** SHA-256 of the SDK's files. */
  readonly sdk: Readonly<Record<string, string>>;
};

const SCHEMA: z.ZodType<SourceBundle> = z.strictObject({
  format: z.literal(1),
  name: z.string().regex(/^[A-Za-z_$][\w$-]{0,63}$/),
  language: z.string().max(32),
  tier: z.enum(["evm", "wasm", "container"]),
  source: z.string().regex(PATH),
  toolchain: z.record(z.string().max(64), z.string().max(128)),
  files: z.record(z.string().regex(PATH), z.string()),
  packages: z.record(z.string().regex(PATH), z.string()),
  sdk: z.record(z.string().regex(PATH), z.string().regex(/^[0-9a-f]{64}$/)),
});

export type InvalidBundle =
  | { readonly code: "SOURCE_NOT_TEXT"; readonly file: string }
  | { readonly code: "SOURCE_CHANGED"; readonly file: string }
  | { readonly code: "NOT_A_SOURCE"; readonly reason: string };

/**
 * What an output was built from, as one JSON document: the project's files, those of packages, the SDK's by their
 * hashes, and the tools by their versions. The same text for the same output. Throws `InvalidInput<InvalidBundle>`
 * for a file that is no UTF-8 or has changed since the build.
 */
export function bundleSource(root: string, { name, metadata }: BuildOutput): string {
  const { language, tier, source, toolchain, sources } = metadata;
  const files: Record<string, string> = {};
  const packages: Record<string, string> = {};
  const sdk: Record<string, string> = {};
  for (const [input, hash] of Object.entries(sources)) {
    if (isOfSdk(input)) sdk[input] = hash;
    else if (existsSync(join(root, input))) files[input] = textOf(root, input, hash);
    else packages[input] = textOf(root, input, hash);
  }
  for (const file of SETTINGS) {
    if (existsSync(join(root, file))) files[file] ??= readFileSync(join(root, file), "utf8");
  }
  const bundle: SourceBundle = {
    format: 1,
    ...{ name, language, tier, source, toolchain },
    files: sorted(files),
    packages: sorted(packages),
    sdk,
  };
  return JSON.stringify(bundle);
}

/** Reads a bundle that anybody may have written. Throws `InvalidInput<InvalidBundle>`. */
export function parseSourceBundle(text: string): SourceBundle {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notASource("it is no JSON");
  }
  const { success, data, error } = SCHEMA.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw notASource(`${issue?.path.join(".") || "the whole"}: ${issue?.message}`);
}

/** Writes a bundle's files into an empty folder, which is then a project that builds. */
export function unpackSource({ files, packages }: SourceBundle, folder: string): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
  for (const [path, text] of Object.entries(packages)) {
    write(join(folder, "node_modules", path), text);
  }
}

/** Files of the SDK that are others here than where the bundle was made: a reason for another result. */
export function otherSdkFiles({ sdk }: SourceBundle): readonly string[] {
  return Object.entries(sdk)
    .filter(([name, hash]) => sha256(readInput(".", name) ?? "") !== hash)
    .map(([name]) => name);
}

function textOf(root: string, input: string, hash: string): string {
  const bytes = readInput(root, input) ?? new Uint8Array(0);
  if (sha256(bytes) !== hash) {
    throw new InvalidInput<InvalidBundle>(
      { code: "SOURCE_CHANGED", file: input },
      `${input} is another than the one that was built; build again with: delchain build`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidInput<InvalidBundle>(
      { code: "SOURCE_NOT_TEXT", file: input },
      `${input} is no UTF-8 text, and only text is published; leave it out of what the contract is built from`,
    );
  }
}

function notASource(reason: string): InvalidInput<InvalidBundle> {
  return new InvalidInput(
    { code: "NOT_A_SOURCE", reason },
    `what was published is no source that delchain verify reads: ${reason}`,
  );
}

function sorted(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}
