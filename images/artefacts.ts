import { chmod, readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { equalBytes } from "@delchain/runtime";
import { compileProgram, compileSystemProgram, foreignTools } from "./c/program.ts";
import { compileWasi } from "./wasi/program.ts";

/** A compiled program that lies in the repository, so that images are built where no compiler is. */
export type Artefact = {
  readonly name: "c" | "wasi" | "detinit";
  readonly source: string;
  readonly path: string;
  readonly compile: (source: string) => Promise<Uint8Array>;
  /** What of this machine may make the bytes differ from the repository's. */
  readonly foreign: () => Promise<readonly string[]>;
};

const inContracts = (path: string): string =>
  fileURLToPath(new URL(`../apps/tour/contracts/${path}`, import.meta.url));

const inKit = (path: string): string =>
  fileURLToPath(new URL(`../runtime/container/detinit/${path}`, import.meta.url));

/** The tour's token in C for both platforms, one source; and what supervises strict containers. */
export const ARTEFACTS: readonly Artefact[] = [
  {
    name: "c",
    source: inContracts("container-c/token.c"),
    path: inContracts("container-c/token"),
    compile: (source) => compileProgram(source),
    foreign: foreignTools,
  },
  {
    name: "wasi",
    source: inContracts("container-c/token.c"),
    path: inContracts("container-wasi/token.wasm"),
    compile: compileWasi,
    foreign: async () => [],
  },
  {
    name: "detinit",
    source: inKit("detinit.c"),
    path: inKit("detinit"),
    compile: compileSystemProgram,
    foreign: foreignTools,
  },
];

const PROGRAM_MODE = 0o755;

/** Compiles the artefacts anew and puts them into the repository. Throws `Unavailable` without their compilers. */
export async function rebuildArtefacts(): Promise<void> {
  for (const artefact of ARTEFACTS) {
    await writeFile(artefact.path, await artefact.compile(artefact.source));
    if (artefact.name !== "wasi") await chmod(artefact.path, PROGRAM_MODE);
  }
}

/** What differs between an artefact and a fresh compilation of its source; `undefined` when nothing does. */
export async function checkArtefact(artefact: Artefact): Promise<string | undefined> {
  const [kept, fresh] = await Promise.all([
    readFile(artefact.path),
    artefact.compile(artefact.source),
  ]);
  if (equalBytes(kept, fresh)) return undefined;
  const foreign = await artefact.foreign();
  const cause =
    foreign.length === 0
      ? "rebuild it with npm run build:images-artefacts and commit it with its source"
      : `this machine cannot compare them, because its tools are others: ${foreign.join("; ")}`;
  const [name, source] = [basename(artefact.path), basename(artefact.source)];
  const bytes = `${kept.length} and ${fresh.length} bytes`;
  return `${name} is not what ${source} compiles to (${bytes}): ${cause}`;
}
