import { basename } from "node:path/posix";
import { C_FLAGS, compileC, headers, testC } from "@delchain/c";
import { containerHeaders, WASI_FLAGS } from "@delchain/images";
import { CODE_KINDS, encodeEnvelope } from "@delchain/runtime";
import { cFiles, declaredAbi } from "../cDeclarations.ts";
import { CompileFailed, parseClang } from "../diagnostic.ts";
import { readInputText, readSource } from "../input.ts";
import { dwarfLines } from "../lines/dwarfLines.ts";
import { npmTools } from "../npmTools.ts";
import { filesBelow } from "../projectFiles.ts";
import type {
  CompileRequest,
  CompileResult,
  Toolchain,
  UnitTestRequest,
  UnitTestResult,
  UnitTests,
} from "../toolchain.ts";

/** Both tiers' contracts have the same tests, in memory. */
export const C_TESTS: UnitTests = { pattern: "test/**/*.test.c", run: runTests };

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
  unitTests: C_TESTS,
};

/** The SDK's header says which tier a contract is for. */
function isWasmContract(text: string): boolean {
  return /\bDC_CONTRACT\b/.test(text) && /#include\s+[<"]delchain\.h[>"]/.test(text);
}

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [source = ""] = sources;
  progress(`clang: ${source}`);
  const own = cFiles(root, source);
  const files = Object.fromEntries(own.map((path) => [path, readSource(root, path)]));
  const abi = declaredAbi(root, source);
  try {
    const built = await compileC({ main: source, files, keepsLines: true });
    const { module, lines } = dwarfLines(built, (path) => own.find((file) => path === `/${file}`));
    return {
      contracts: [
        {
          name: basename(source, ".c"),
          source,
          code: encodeEnvelope(CODE_KINDS.wasm, module),
          abi,
          lines,
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

/** A test file includes the contract that it tests, so all of the project's files are there for it. */
async function runTests(request: UnitTestRequest): Promise<UnitTestResult> {
  const { root, files: tests, grep, progress } = request;
  const paths = ["contracts", "test"].flatMap((folder) => filesBelow(root, folder));
  const own = new Set([...paths.filter((path) => /\.[ch]$/.test(path)), ...tests]);
  const texts = Object.fromEntries([...own].map((path) => [path, readSource(root, path)]));
  const files = { ...containerHeaders(), ...texts };
  const options = { files, tests, containerFlags: WASI_FLAGS, progress };
  try {
    return await testC(grep === undefined ? options : { ...options, grep });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CompileFailed(parseClang(error.message, (file) => readInputText(root, file)));
  }
}
