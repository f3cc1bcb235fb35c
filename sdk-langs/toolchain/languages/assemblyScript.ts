import { basename, dirname } from "node:path/posix";
import { ASSEMBLYSCRIPT_FLAGS, compileAssemblyScript } from "@delchain/assemblyscript";
import { CODE_KINDS, encodeEnvelope } from "@delchain/runtime";
import type { Abi } from "viem";
import { CompileFailed, parseAsc } from "../diagnostic.ts";
import { readInputText, readSource, sdkInputs } from "../input.ts";
import { sourceMapLines } from "../lines/sourceMapLines.ts";
import { npmTools } from "../npmTools.ts";
import { filesBeside } from "../projectFiles.ts";
import type { CompileRequest, CompileResult, Toolchain } from "../toolchain.ts";

const SDK = "@delchain/assemblyscript";

/** AssemblyScript by asc from npm; a contract is one file with a `@contract` class, and the modules beside it. */
export const assemblyScript: Toolchain = {
  language: "assemblyscript",
  tier: "wasm",
  endings: [".ts"],
  isContract: (path, text) => path.endsWith(".ts") && /^@contract\b/m.test(text),
  tools: async () => npmTools("assemblyscript"),
  flags: () => ASSEMBLYSCRIPT_FLAGS,
  units: (sources) => sources.map((source) => [source]),
  compile,
};

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [source = ""] = sources;
  progress(`asc: ${source}`);
  const own = [...new Set([source, ...filesBeside(root, dirname(source), ".ts")])];
  const files = Object.fromEntries(own.map((path) => [path, readSource(root, path)]));
  try {
    const built = await compileAssemblyScript({ main: source, files, keepsLines: true });
    const { module, lines } = sourceMapLines(built, own);
    const sdk = ["assembly", "transform"].flatMap((folder) => sdkInputs(SDK, folder, ".ts"));
    return {
      contracts: [
        {
          name: basename(source, ".ts"),
          source,
          code: encodeEnvelope(CODE_KINDS.wasm, module),
          abi: built.abi as Abi,
          lines,
          inputs: [...own, ...sdk],
        },
      ],
      warnings: [],
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CompileFailed(parseAsc(error.message, (file) => readInputText(root, file)));
  }
}
