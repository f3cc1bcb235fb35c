import { basename, dirname } from "node:path/posix";
import { compileC, readAbi } from "@delchain/c";
import { containerHeaders, WASI_FLAGS, wasiImage } from "@delchain/images";
import type { Abi } from "viem";
import { containerContract } from "../containerContract.ts";
import { CompileFailed, parseClang } from "../diagnostic.ts";
import { readInputText, readSource } from "../input.ts";
import { npmTools } from "../npmTools.ts";
import { filesBeside } from "../projectFiles.ts";
import type { CompileRequest, CompileResult, Toolchain } from "../toolchain.ts";

/**
 * C in a container: a WASI program, which clang from npm makes and the wasmer driver runs, so that neither needs
 * more than npm. A contract is one `.c` that includes `container.h`, and the headers beside it.
 */
export const cContainer: Toolchain = {
  language: "c",
  tier: "container",
  endings: [".c", ".h"],
  isContract: (path, text) =>
    path.endsWith(".c") &&
    /\bDC_CONTRACT\b/.test(text) &&
    /#include\s+[<"]container\.h[>"]/.test(text),
  tools: async () => npmTools("@yowasp/clang"),
  flags: () => WASI_FLAGS,
  units: (sources) => sources.map((source) => [source]),
  compile,
};

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [source = ""] = sources;
  progress(`clang: ${source}`);
  const own = [source, ...filesBeside(root, dirname(source), ".h")];
  const texts = Object.fromEntries(own.map((path) => [path, readSource(root, path)]));
  const headers = containerHeaders();
  const name = basename(source, ".c");
  const { abi, module } = await compiled(root, source, { ...headers, ...texts });
  return {
    contracts: [
      {
        name,
        source,
        abi,
        ...(await containerContract({
          name,
          abi,
          image: wasiImage(module),
          resources: "small",
          isolation: "process",
        })),
        inputs: [...own, ...Object.keys(headers).map((path) => `@delchain/c/${path}`)],
      },
    ],
    warnings: [],
  };
}

/** Throws `CompileFailed`, also for a selector that does not fit its signature. */
async function compiled(
  root: string,
  main: string,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly abi: Abi; readonly module: Uint8Array }> {
  try {
    const abi = readAbi(files[main] ?? "");
    return { abi, module: await compileC({ main, files, flags: WASI_FLAGS }) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CompileFailed(parseClang(error.message, (file) => readInputText(root, file)));
  }
}
