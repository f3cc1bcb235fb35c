import { readFileSync } from "node:fs";
import { join } from "node:path";
import { JavaRefused, type JobResult, runJob } from "./javaJob.ts";
import { optimizeModule } from "./optimize.ts";
import { encodeSourceMap, type ModuleLines } from "./sourceMap.ts";
import { javaToolchain, type ToolchainOptions } from "./toolchain.ts";

/** What every contract is built with; the build tools in `build/` hold the rest. */
export const JAVA_FLAGS: readonly string[] = [
  "ecj -17 -g -parameters",
  "TeaVM WEBASSEMBLY ADVANCED obfuscated, heap 7 MiB",
  "binaryen -O3 --shrink-level 2",
];

export type CompileJava = ToolchainOptions & {
  /** Java sources by path; one class among them is marked `@Contract`. */
  readonly files: Readonly<Record<string, string>>;
};

export type AbiValue = {
  readonly name: string;
  readonly type: string;
  readonly internalType: string;
  readonly indexed?: boolean;
  readonly components?: readonly AbiValue[];
};

/** Entries of Solidity's JSON ABI. */
export type AbiEntry = {
  readonly type: "constructor" | "function" | "event" | "error" | "receive" | "fallback";
  readonly name?: string;
  readonly inputs?: readonly AbiValue[];
  readonly outputs?: readonly AbiValue[];
  readonly stateMutability?: "view" | "nonpayable" | "payable";
  readonly anonymous?: boolean;
};

export type CompiledContract = {
  readonly module: Uint8Array;
  readonly abi: readonly AbiEntry[];
  /** Of the module's bytes, as one line, to the sources, by their paths. */
  readonly sourceMap: string;
  /** What the author wrote. */
  readonly functions: readonly CompiledFunction[];
};

export type CompiledFunction = {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly lastLine: number;
};

/**
 * Compiles a contract to a WebAssembly module and its ABI; the same input gives the same bytes on every machine. The
 * compilers take some 500 MB, so they run in processes of their own. Throws `ToolchainMissing` when this machine has no
 * Java or Maven, and `JavaRefused` with the compilers' messages, each with file and line.
 */
export async function compileJava({
  files,
  progress = () => undefined,
  ...options
}: CompileJava): Promise<CompiledContract> {
  const toolchain = await javaToolchain({ ...options, progress });
  progress("compiling Java to WebAssembly");
  const { abi, ...built } = await runJob(toolchain, "Build", files, [], readBuild);
  const hasConstructor = abi.some(({ type }) => type === "constructor");
  const exports = ["memory", "user_entrypoint", ...(hasConstructor ? ["user_constructor"] : [])];
  progress("optimising the module");
  const { module, sourceMap } = await optimizeModule({ ...built, exports });
  return { module, sourceMap, abi, functions: built.functions };
}

function readBuild({ code, signal, messages }: JobResult, output: string): CompiledContract {
  if (code === 1) throw new JavaRefused(`the contract does not compile:\n${messages}`);
  if (code !== 0)
    throw new Error(`the Java compiler's process ended with ${code ?? signal}:\n${messages}`);
  const { abi } = JSON.parse(readFileSync(join(output, "classes/contract.json"), "utf8")) as {
    readonly abi: readonly AbiEntry[];
  };
  const lines = JSON.parse(readFileSync(join(output, "lines.json"), "utf8")) as ModuleLines;
  return {
    module: readFileSync(join(output, "contract.wasm")),
    abi,
    sourceMap: encodeSourceMap(lines),
    functions: lines.functions.map((one) => ({ ...one, file: lines.files[one.file] as string })),
  };
}
