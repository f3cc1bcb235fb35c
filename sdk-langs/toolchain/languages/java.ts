import { basename } from "node:path/posix";
import {
  compileJava,
  JAVA_FLAGS,
  JavaRefused,
  javaInputs,
  javaTools,
  ToolchainMissing,
  testJava,
} from "@delchain/java";
import { CODE_KINDS, encodeEnvelope, Unavailable } from "@delchain/runtime";
import type { Abi } from "viem";
import { CompileFailed, parseJavac } from "../diagnostic.ts";
import { readSource } from "../input.ts";
import { javaProgram, javaReader, writeSdkJar } from "../javaSources.ts";
import { sourceMapLines } from "../lines/sourceMapLines.ts";
import { npmTools } from "../npmTools.ts";
import { filesBeside } from "../projectFiles.ts";
import type {
  CompileRequest,
  CompileResult,
  Toolchain,
  UnitTestRequest,
  UnitTestResult,
} from "../toolchain.ts";

const SDK = "@delchain/java";

type Files = Readonly<Record<string, string>>;

/**
 * Java by ecj and TeaVM, which Maven brings the first time; a contract is one file with a `@Contract` class, and the
 * classes beside it.
 */
export const java: Toolchain = {
  language: "java",
  tier: "wasm",
  endings: [".java"],
  isContract: (path, text) => path.endsWith(".java") && /^@Contract\b/m.test(text),
  // Whether Java is there is asked when it must run: it takes a moment to say, and an unchanged project needs none.
  tools: async () => ({ ...javaTools(), ...npmTools("binaryen") }),
  flags: () => JAVA_FLAGS,
  units: (sources) => sources.map((source) => [source]),
  compile,
  unitTests: { pattern: "test/**/*Test.java", run: runTests },
};

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [source = ""] = sources;
  const files = javaProgram(root, source);
  const built = await explained(root, files, () =>
    compileJava({ files, progress: (text) => progress(`${source}: ${text}`) }),
  );
  const { module, lines } = sourceMapLines(built, Object.keys(files));
  await writeSdkJar(root, progress);
  return {
    contracts: [
      {
        name: basename(source, ".java"),
        source,
        code: encodeEnvelope(CODE_KINDS.wasm, module),
        abi: built.abi as Abi,
        lines,
        inputs: [...Object.keys(files), ...javaInputs().map((path) => `${SDK}/${path}`)],
      },
    ],
    warnings: [],
  };
}

/** The tests may use every contract of the project, and each other. */
async function runTests(request: UnitTestRequest): Promise<UnitTestResult> {
  const { root, sources, files: tests, grep, progress } = request;
  const programs = sources.map((source) => javaProgram(root, source));
  const helpers = filesBeside(root, "test", ".java").map((path) => [path, readSource(root, path)]);
  const files = Object.assign({}, ...programs, Object.fromEntries(helpers)) as Files;
  const named = grep === undefined ? {} : { grep };
  return explained(root, files, () => testJava({ files, tests, ...named, progress }));
}

async function explained<T>(root: string, files: Files, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ToolchainMissing) throw new Unavailable("java", error.message);
    if (!(error instanceof JavaRefused)) throw error;
    const { name, read } = javaReader(root, Object.keys(files));
    throw new CompileFailed(parseJavac(error.message, name, read));
  }
}
