import { basename } from "node:path/posix";
import { compileC } from "@delchain/c";
import { containerHeaders, WASI_FLAGS, wasiImage } from "@delchain/images";
import { boundModule, InvalidInput, RESOURCE_CLASSES } from "@delchain/runtime";
import { cFiles, declaredAbi } from "../cDeclarations.ts";
import { containerContract } from "../containerContract.ts";
import { containerFlags } from "../containerOptions.ts";
import { CompileFailed, parseClang, placed } from "../diagnostic.ts";
import { readInputText, readSource } from "../input.ts";
import { npmTools } from "../npmTools.ts";
import type { CompileRequest, CompileResult, ManifestNeeds, Toolchain } from "../toolchain.ts";
import { C_TESTS } from "./c.ts";

const MANIFEST = {
  resources: "small",
  isolation: "process",
  determinism: "standard",
} as const satisfies ManifestNeeds;

/**
 * C in a container: a WASI program, which clang from npm makes and the wasmer driver runs, so that neither needs
 * more than npm; `cNative.ts` makes one without WASI where a project asks for it. A contract is one `.c` that includes
 * `container.h`, and the headers beside it.
 */
export const cContainer: Toolchain = {
  language: "c",
  tier: "container",
  platform: "wasi/wasm",
  manifest: MANIFEST,
  endings: [".c", ".h"],
  isContract: (path, text) =>
    path.endsWith(".c") &&
    /\bDC_CONTRACT\b/.test(text) &&
    /#include\s+[<"]container\.h[>"]/.test(text),
  tools: async () => npmTools("@yowasp/clang"),
  flags: (root) => [...WASI_FLAGS, ...containerFlags(root)],
  units: (sources) => sources.map((source) => [source]),
  compile,
  unitTests: C_TESTS,
};

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [source = ""] = sources;
  progress(`clang: ${source}`);
  const name = basename(source, ".c");
  const abi = declaredAbi(root, source);
  const contract = await containerContract({
    root,
    name,
    abi,
    image: wasiImage(checkedModule(root, source, await compiled(root, source))),
    manifest: MANIFEST,
  });
  const inputs = cInputs(root, source);
  return { contracts: [{ name, source, abi, ...contract, inputs }], warnings: [] };
}

/**
 * What the driver would refuse at the first call stops the build. Throws `CompileFailed` at the line that names the
 * import, where it is one.
 */
function checkedModule(root: string, source: string, module: Uint8Array): Uint8Array {
  try {
    boundModule(module, RESOURCE_CLASSES[MANIFEST.resources].memoryBytes);
    return module;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const [, name = ""] = / import \w+\.(\w+):/.exec(error.message) ?? [];
    const read = (file: string): string => readSource(root, file);
    const file = cFiles(root, source).find((one) => read(one).includes(`"${name}"`)) ?? source;
    const line =
      read(file)
        .split("\n")
        .findIndex((text) => text.includes(`"${name}"`)) + 1;
    const place = placed(read, file, Math.max(line, 1), 1);
    throw new CompileFailed([{ severity: "error", message: error.message, place }]);
  }
}

/** Names of all files that a contract is made from: its own, what it includes, the headers beside it, and the SDK's. */
export function cInputs(root: string, source: string): readonly string[] {
  const sdk = Object.keys(containerHeaders()).map((path) => `@delchain/c/${path}`);
  return [...cFiles(root, source), ...sdk];
}

async function compiled(root: string, main: string): Promise<Uint8Array> {
  const own = cFiles(root, main).map((path) => [path, readSource(root, path)]);
  const files = { ...containerHeaders(), ...Object.fromEntries(own) };
  try {
    return await compileC({ main, files, flags: WASI_FLAGS });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CompileFailed(parseClang(error.message, (file) => readInputText(root, file)));
  }
}
