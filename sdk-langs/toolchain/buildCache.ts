import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasImage } from "@delchain/images";
import type { ImageDigest } from "@delchain/runtime";
import { type BuildOutput, encodeOutput, OUT, outputPath } from "./buildOutput.ts";
import { readInput, sha256 } from "./input.ts";
import { encodeLines, linesPath } from "./lines/sourceLines.ts";
import type { CompiledContract, Toolchain, Tools } from "./toolchain.ts";

/** What a unit was built from and into: as long as all of it is the same, nothing needs to run. */
export type UnitRecord = {
  readonly tools: Tools;
  readonly flags: readonly string[];
  /** SHA-256 by name, of sources and all that they drew in. */
  readonly inputs: Readonly<Record<string, string>>;
  /** SHA-256 of output files by contract. */
  readonly outputs: Readonly<Record<string, string>>;
  /** SHA-256 of what is known of their lines, by contract. */
  readonly lines: Readonly<Record<string, string>>;
  /** Digests of images that the outputs run in. */
  readonly images: readonly ImageDigest[];
};

const FILE = join(OUT, ".cache.json");
/** Raised when outputs of the same inputs get another form. */
const FORMAT = 2;

type CacheFile = { readonly format: number; readonly units: Readonly<Record<string, UnitRecord>> };

/** The units of earlier builds by key; empty when there is no cache, or one of another form. */
export function loadCache(root: string): Map<string, UnitRecord> {
  const path = join(root, FILE);
  if (!existsSync(path)) return new Map();
  try {
    const { format, units } = JSON.parse(readFileSync(path, "utf8")) as CacheFile;
    return new Map(format === FORMAT ? Object.entries(units) : []);
  } catch {
    return new Map();
  }
}

export function saveCache(root: string, units: ReadonlyMap<string, UnitRecord>): void {
  mkdirSync(join(root, OUT), { recursive: true });
  const sorted = [...units].sort(([left], [right]) => (left < right ? -1 : 1));
  const file: CacheFile = { format: FORMAT, units: Object.fromEntries(sorted) };
  writeFileSync(join(root, FILE), `${JSON.stringify(file, undefined, 2)}\n`);
}

/** A unit is known by its toolchain and its sources: another source is another unit. */
export function unitKey({ language, tier }: Toolchain, sources: readonly string[]): string {
  return `${language} ${tier} ${sources.join(" ")}`;
}

export function recordOf(
  told: Pick<UnitRecord, "tools" | "flags">,
  sources: Readonly<Record<string, string>>,
  outputs: readonly BuildOutput[],
  contracts: readonly CompiledContract[],
): UnitRecord {
  return {
    ...told,
    inputs: Object.assign({ ...sources }, ...outputs.map(({ metadata }) => metadata.sources)),
    outputs: Object.fromEntries(
      outputs.map((output) => [output.name, sha256(encodeOutput(output))]),
    ),
    lines: Object.fromEntries(
      contracts.flatMap(({ name, lines }) => (lines ? [[name, sha256(encodeLines(lines))]] : [])),
    ),
    images: outputs.flatMap(({ metadata }) => metadata.image?.digest ?? []),
  };
}

/** Whether building the unit now would give what lies in `out` already. */
export async function isCurrent(
  root: string,
  record: UnitRecord,
  told: Pick<UnitRecord, "tools" | "flags">,
  imageStore: string,
): Promise<boolean> {
  const { tools, flags } = record;
  if (JSON.stringify({ tools, flags }) !== JSON.stringify(told)) return false;
  const inputs = Object.entries(record.inputs).every(([name, hash]) => {
    const bytes = readInput(root, name);
    return bytes !== undefined && sha256(bytes) === hash;
  });
  const isThere = (path: string, hash: string): boolean =>
    existsSync(path) && sha256(readFileSync(path)) === hash;
  const outputs = Object.entries(record.outputs).every(([name, hash]) =>
    isThere(outputPath(root, name), hash),
  );
  const lines = Object.entries(record.lines).every(([name, hash]) =>
    isThere(linesPath(root, name), hash),
  );
  if (!inputs || !outputs || !lines) return false;
  const images = await Promise.all(record.images.map((digest) => hasImage(imageStore, digest)));
  return images.every(Boolean);
}
