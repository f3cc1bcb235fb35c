import { fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { AbiEntry } from "./transform/abi.ts";

const SDK_PATH = "node_modules/@delchain/assemblyscript/assembly";

/** What every contract is compiled with: small, no collector (an instance lives for one call), no foreign imports. */
export const ASSEMBLYSCRIPT_FLAGS: readonly string[] = [
  "--optimizeLevel",
  "3",
  "--shrinkLevel",
  "2",
  "--converge",
  "--runtime",
  "stub",
  "--use",
  "abort=~lib/@delchain/assemblyscript/assembly/revert/abort",
];

/** Contracts compile in a few seconds; a compiler that takes this long is stuck. */
const COMPILE_TIMEOUT_MS = 300_000;

export type CompileAssemblyScript = {
  /** The file to compile, a key of `files`. */
  readonly main: string;
  readonly files: Readonly<{ [path: string]: string }>;
  readonly flags?: readonly string[];
  /** `false` for a module that exports its own functions: tests of the SDK. */
  readonly isContract?: boolean;
  /** Makes a source map, and names it in a custom section of the module, which a deployment leaves out. */
  readonly keepsLines?: boolean;
};

export type CompiledContract = {
  readonly module: Uint8Array;
  /** Empty unless `isContract`. */
  readonly abi: readonly AbiEntry[];
  /** JSON, whose columns are bytes of the module; empty unless `keepsLines`. */
  readonly sourceMap: string;
  /** All of the contract's own, where `isContract`. */
  readonly functions: readonly AscFunction[];
};

export type AscFunction = {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly lastLine: number;
};

export type CompilerAnswer = CompiledContract | { readonly error: string };

/** The SDK's AssemblyScript half by the path that the compiler looks for it at. */
export function sdkFiles(): Readonly<{ [path: string]: string }> {
  const folder = new URL("assembly/", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  return Object.fromEntries(
    names
      .sort()
      .map((name) => [`${SDK_PATH}/${name}`, readFileSync(new URL(name, folder), "utf8")]),
  );
}

/**
 * Compiles a contract to a WebAssembly module and its ABI; the same input gives the same bytes on every machine. The
 * compiler takes some 300 MB, so it runs in a process of its own. Throws an `Error` with the compiler's messages.
 */
export function compileAssemblyScript({
  main,
  files,
  flags = ASSEMBLYSCRIPT_FLAGS,
  isContract = true,
  keepsLines = false,
}: CompileAssemblyScript): Promise<CompiledContract> {
  const told = keepsLines ? [...flags, "--sourceMap"] : flags;
  const child = fork(new URL("./compilerProcess.ts", import.meta.url), {
    serialization: "advanced",
    execArgv: [],
    timeout: COMPILE_TIMEOUT_MS,
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`the AssemblyScript compiler's process ended with ${code}`)),
    );
    child.once("message", (answer: CompilerAnswer) => {
      if ("module" in answer) resolve(answer);
      else reject(new Error(`${main} does not compile:\n${answer.error}`));
    });
    child.send({ main, files: { ...sdkFiles(), ...files }, flags: told, isContract });
  });
}
