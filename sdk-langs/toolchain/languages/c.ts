import { basename, dirname } from "node:path/posix";
import { C_FLAGS, compileC, headers, readAbi } from "@delchain/c";
import { CODE_KINDS, encodeEnvelope } from "@delchain/runtime";
import { CompileFailed, parseClang } from "../diagnostic.ts";
import { readInputText, readSource } from "../input.ts";
import { npmTools } from "../npmTools.ts";
import { filesBeside } from "../projectFiles.ts";
import type { CompileRequest, CompileResult, Toolchain } from "../toolchain.ts";

/** C by clang from npm; a contract is one `.c` with a `DC_CONTRACT`, and the headers beside it. */
export const c: Toolchain = {
  language: "c",
  tier: "wasm",
  endings: [".c", ".h"],
  isContract: (path, text) => path.endsWith(".c") && isWasmContract(text),
  tools: async () => npmTools("@yowasp/clang"),
  flags: () => C_FLAGS,
  units: (sources) => sources.map((source) => [source]),
  compile,
};

/** The SDK's header says which tier a contract is for. */
function isWasmContract(text: string): boolean {
  return /\bDC_CONTRACT\b/.test(text) && /#include\s+[<"]delchain\.h[>"]/.test(text);
}

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [source = ""] = sources;
  progress(`clang: ${source}`);
  const own = [source, ...filesBeside(root, dirname(source), ".h")];
  const files = Object.fromEntries(own.map((path) => [path, readSource(root, path)]));
  try {
    const module = await compileC({ main: source, files });
    return {
      contracts: [
        {
          name: basename(source, ".c"),
          source,
          code: encodeEnvelope(CODE_KINDS.wasm, module),
          abi: readAbi(files[source] ?? ""),
          inputs: [...own, ...Object.keys(headers()).map((path) => `@delchain/c/${path}`)],
        },
      ],
      warnings: [],
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CompileFailed(parseClang(error.message, (file) => readInputText(root, file)));
  }
}
