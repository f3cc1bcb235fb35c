import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { InvalidInput } from "@delchain/runtime";
import { programClosure } from "../debian/closure.ts";
import type { UnpackedFiles } from "../debian/unpack.ts";
import type { ImageEntry } from "../writer/entries.ts";
import type { ImageSource } from "../writer/image.ts";
import type { NodeProgram } from "./program.ts";

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

/** A contract in TypeScript: sources by their path below the contract's folder, and which of them exports it. */
export type NodeContract = {
  readonly sources: Readonly<Record<string, string>>;
  readonly main: string;
};

/**
 * An image with Node, the launcher, the SDK and a contract. Types are stripped here, so that what runs is plain
 * JavaScript with the lines of its source. Throws `InvalidInput` for TypeScript that is more than types: enums,
 * decorators.
 */
export function nodeImage(
  { program, licence }: NodeProgram,
  unpacked: UnpackedFiles,
  contract: NodeContract,
): ImageSource {
  const scripts = Object.entries(contract.sources).map(([path, source]) =>
    text(`${CONTRACT_FOLDER}/${scriptName(path)}`, strip(path, source)),
  );
  const files = new Map(unpacked.files).set(PROGRAM, program);
  const places = [{ from: PROGRAM, to: PROGRAM }];
  return {
    platform: "linux/amd64",
    entries: [
      ...programClosure({ files, links: unpacked.links }, places),
      { kind: "file", path: LICENCE, mode: 0o644, data: licence },
      ...folder(LAUNCHER, "app"),
      ...folder(SDK, SDK_FOLDER),
      text("app/package.json", JSON.stringify({ type: "module" })),
      text(`${SDK_FOLDER}/package.json`, sdkPackage()),
      ...scripts,
    ],
    config: {
      entrypoint: nodeEntrypoint("/", contract.main),
      labels: { "delchain.language": "typescript" },
    },
  };
}

/** The command that serves a contract of an image whose files lie at `root`. */
export function nodeEntrypoint(root: string, main: string): readonly string[] {
  const contract = `${root}${CONTRACT_FOLDER}/${scriptName(main)}`;
  return [`${root}${PROGRAM}`, ...FLAGS, `${root}app/main.js`, contract];
}

function folder(from: URL, to: string): readonly ImageEntry[] {
  return readdirSync(from)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => text(`${to}/${scriptName(name)}`, strip(name, read(new URL(name, from)))));
}

function sdkPackage(): string {
  const { name, version, type, exports } = JSON.parse(read(new URL("package.json", SDK)));
  return JSON.stringify({ name, version, type, exports }).replaceAll(".ts", ".js");
}

/** JavaScript with the same lines; imports of a program's own files name what they have become. */
function strip(path: string, source: string): string {
  if (!path.endsWith(".ts")) return source;
  try {
    return stripTypeScriptTypes(source).replaceAll(/(from\s+"\.[^"]*)\.ts"/g, '$1.js"');
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
