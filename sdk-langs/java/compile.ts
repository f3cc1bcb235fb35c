import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type JobResult, runJob } from "./javaJob.ts";
import { optimizeModule } from "./optimize.ts";
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
  /** Keeps file and line of each call for the reasons of Java's own exceptions: twice the size, for tests. */
  readonly keepsLines?: boolean;
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
};

/**
 * Compiles a contract to a WebAssembly module and its ABI; the same input gives the same bytes on every machine. The
 * compilers take some 500 MB, so they run in processes of their own. Throws `ToolchainMissing` when this machine has no
 * Java or Maven, and an `Error` with the compilers' messages, each with file and line.
 */
export async function compileJava({
  files,
  keepsLines = false,
  progress = () => undefined,
  ...options
}: CompileJava): Promise<CompiledContract> {
  const toolchain = await javaToolchain({ ...options, progress });
  progress("compiling Java to WebAssembly");
  const flags = keepsLines ? ["--lines"] : [];
  const built = await runJob(toolchain, "Build", files, flags, readBuild);
  const hasConstructor = built.abi.some(({ type }) => type === "constructor");
  const exports = ["memory", "user_entrypoint", ...(hasConstructor ? ["user_constructor"] : [])];
  progress("optimising the module");
  return { module: await optimizeModule(built.module, exports), abi: built.abi };
}

function readBuild({ code, signal, messages }: JobResult, output: string): CompiledContract {
  if (code === 1) throw new Error(`the contract does not compile:\n${messages}`);
  if (code !== 0)
    throw new Error(`the Java compiler's process ended with ${code ?? signal}:\n${messages}`);
  const { abi } = JSON.parse(readFileSync(join(output, "classes/contract.json"), "utf8")) as {
    readonly abi: readonly AbiEntry[];
  };
  return { module: readFileSync(join(output, "contract.wasm")), abi };
}
