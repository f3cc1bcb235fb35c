import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Abi } from "viem";
import { type ManifestEntry, REPOSITORY, type SourceFile } from "../manifest.ts";

/** How one contract is built. */
export type Recipe = Pick<
  ManifestEntry,
  "name" | "contract" | "language" | "tier" | "source" | "artefact" | "flags" | "command"
> & {
  /** Everything that the bytes depend on, by path in the repository. */
  readonly inputs: readonly string[];
  /** `undefined` when this machine lacks the toolchain; the text says which. */
  readonly build: () => Promise<Built | { readonly missing: string }>;
};

export type Built = {
  readonly bytes: Uint8Array;
  readonly abi: Abi;
  /** Name and version of what built it. */
  readonly toolchain: string;
};

/** The text of a file of the repository. */
export function readText(path: string): string {
  return readFileSync(new URL(path, REPOSITORY), "utf8");
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function hashSources(paths: readonly string[]): SourceFile[] {
  return [...paths].sort().map((path) => ({ path, sha256: sha256(readText(path)) }));
}

/** The version of an npm package as installed; the lock file pins it. */
export function packageVersion(name: string): string {
  const { version } = JSON.parse(readText(`node_modules/${name}/package.json`)) as {
    readonly version: string;
  };
  return `${name} ${version}`;
}
