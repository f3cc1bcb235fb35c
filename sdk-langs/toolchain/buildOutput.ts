import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  fromHex,
  type Hex,
  type ImageDigest,
  InvalidInput,
  keccak256,
  toHex,
} from "@delchain/runtime";
import type { StorageLayout } from "@delchain/solidity";
import type { Abi } from "viem";
import { readInput, sha256 } from "./input.ts";
import type { LibraryPlaces } from "./linkLibraries.ts";
import type { CompiledContract, Tier, Toolchain, Tools } from "./toolchain.ts";

/** Where a project's outputs lie. */
export const OUT = "out";

/** All that deploying, calling and verifying a contract takes; one JSON file a contract, the same bytes everywhere. */
export type BuildOutput = {
  readonly name: string;
  /**
   * A creation transaction's data; ABI-encoded constructor arguments are appended to it. Zeros where the addresses of
   * libraries go.
   */
  readonly code: Hex;
  /** keccak-256 of `code`. */
  readonly codeHash: Hex;
  readonly abi: Abi;
  readonly metadata: BuildMetadata;
};

export type BuildMetadata = {
  readonly language: string;
  readonly tier: Tier;
  /** Path in the project. */
  readonly source: string;
  /** Names and versions of what compiled it. */
  readonly toolchain: Tools;
  readonly flags: readonly string[];
  /** SHA-256 of every file that went in, by name. */
  readonly sources: Readonly<Record<string, string>>;
  /** Of a container: what runs. */
  readonly image?: { readonly digest: ImageDigest; readonly platform: string };
  /** Of Solidity: where its variables lie, in solc's form without the numbers of its syntax tree. */
  readonly storageLayout?: StorageLayout;
  /** Of Solidity: libraries whose addresses the code lacks (`linkOutput`). */
  readonly libraries?: LibraryPlaces;
};

/** Puts together what a compilation made and what made it. */
export function buildOutputOf(
  root: string,
  contract: CompiledContract,
  toolchain: Toolchain,
  tools: Tools,
): BuildOutput {
  const { language, tier } = toolchain;
  const flags = toolchain.flags(root);
  const { name, source, code, abi, inputs, image, storageLayout, libraries } = contract;
  const sources = Object.fromEntries(
    [...inputs].sort().map((input) => [input, sha256(readInput(root, input) ?? "")]),
  );
  const metadata = {
    ...{ language, tier, source, toolchain: tools, flags, sources },
    ...(image === undefined ? {} : { image }),
    ...(storageLayout === undefined ? {} : { storageLayout }),
    ...(libraries === undefined ? {} : { libraries }),
  };
  return { name, code: toHex(code), codeHash: keccak256(code), abi, metadata };
}

export function encodeOutput(output: BuildOutput): string {
  return `${JSON.stringify(output, undefined, 2)}\n`;
}

export function outputPath(root: string, name: string): string {
  return join(root, OUT, `${name}.json`);
}

export function saveOutput(root: string, output: BuildOutput): void {
  mkdirSync(join(root, OUT), { recursive: true });
  writeFileSync(outputPath(root, output.name), encodeOutput(output));
}

/**
 * Writes the ABIs as TypeScript types, so that tests know the contracts' functions and arguments while they are
 * typed (`Contracts` of @delchain/test).
 */
export function saveTypes(root: string, outputs: readonly BuildOutput[]): void {
  const lines = outputs.map(
    ({ name, abi }) => `    ${JSON.stringify(name)}: ${JSON.stringify(abi)};`,
  );
  const text = [
    "// Written by delchain build.",
    "",
    'import "@delchain/test";',
    "",
    'declare module "@delchain/test" {',
    "  interface Contracts {",
    ...lines,
    "  }",
    "}",
    "",
  ].join("\n");
  writeFileSync(join(root, OUT, "contracts.d.ts"), text);
}

/** Names of the contracts that are built, sorted. */
export function builtNames(root: string): readonly string[] {
  const folder = join(root, OUT);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json") && !file.startsWith("."))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

export type InvalidOutput = { readonly code: "BUILD_OUTPUT"; readonly name: string };

/**
 * A contract's output by name. Throws `InvalidInput<InvalidOutput>` when it is not built, or is not what a build
 * wrote: its code must have its hash.
 */
export function loadOutput(root: string, name: string): BuildOutput {
  const path = outputPath(root, name);
  if (!existsSync(path)) {
    const names = builtNames(root);
    const there = names.length > 0 ? `built are ${names.join(", ")}` : "nothing is built";
    throw refused(name, `there is no ${path} (${there}). Build it with: delchain build`);
  }
  return parseOutput(name, readFileSync(path, "utf8"));
}

function parseOutput(name: string, text: string): BuildOutput {
  const remedy = "Build it again with: delchain build";
  let output: BuildOutput;
  try {
    output = JSON.parse(text) as BuildOutput;
  } catch {
    throw refused(name, `the output of ${name} is no JSON. ${remedy}`);
  }
  const isWhole =
    typeof output?.code === "string" &&
    Array.isArray(output.abi) &&
    /^0x(?:[0-9a-f]{2})*$/.test(output.code) &&
    keccak256(fromHex(output.code)) === output.codeHash;
  if (!isWhole) throw refused(name, `the output of ${name} is not what a build wrote. ${remedy}`);
  return output;
}

function refused(name: string, message: string): InvalidInput<InvalidOutput> {
  return new InvalidInput({ code: "BUILD_OUTPUT", name }, message);
}
