import { fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readAbi } from "./abi.ts";

/**
 * What every contract is compiled with. `-Os`, because a byte costs 25 gas to deploy and an instruction a tenth of
 * a gas to run. 256-bit integers need clang's limit raised and compiler-rt's `__multi3`.
 */
export const C_FLAGS: readonly string[] = [
  "--target=wasm32-unknown-unknown",
  "-std=c23",
  "-Os",
  // Without this the compiler may use whatever its default CPU has; a tier accepts a fixed list.
  "-mcpu=mvp",
  "-mbulk-memory",
  "-msign-ext",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wno-unused-function",
  "-Xclang",
  "-fexperimental-max-bitint-width=256",
  "-nostdlib",
  "-L/usr/lib/wasm32-unknown-wasip1",
  "-lclang_rt.builtins",
  "-Wl,--no-entry",
  "-Wl,--strip-all",
  // The stack lies below the data, so that an overflow traps instead of overwriting it.
  "-Wl,--stack-first",
  "-Wl,-z,stack-size=16384",
  "-Wl,--initial-memory=65536",
];

/** Contracts compile in a second or two; a compiler that takes this long is stuck. */
const COMPILE_TIMEOUT_MS = 300_000;

export type CompileC = {
  /** The file to compile, a key of `files`. */
  readonly main: string;
  /** Sources and headers of the contract by path; the SDK's headers are added. */
  readonly files: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Reasons of `dc_require` with file and line, and `dc_debug` on a devnet: other bytes than a release has. */
  readonly isDebug?: boolean;
  /** Keeps the debug sections, which a deployment leaves out: the rest has the same bytes. */
  readonly keepsLines?: boolean;
};

export type CompilerAnswer =
  | { readonly module: Uint8Array; readonly messages: string }
  | { readonly error: string };

/** The SDK's headers by the path a contract includes them by. */
export function headers(): Readonly<Record<string, string>> {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
  const parts = ["delchain", "shared"].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, import.meta.url))
      .filter((name) => name.endsWith(".h"))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  return Object.fromEntries(
    ["contract.h", "delchain.h", "delchain_test.h", ...parts].map((path) => [path, read(path)]),
  );
}

/**
 * Compiles a contract to a WebAssembly module; the same input gives the same bytes on every machine. The compiler
 * takes some 350 MB, so it runs in a process of its own. Throws an `Error` with the compiler's messages,
 * or with what `readAbi` finds wrong.
 */
export async function compileC({
  main,
  files,
  flags = C_FLAGS,
  isDebug = false,
  keepsLines = false,
}: CompileC): Promise<Uint8Array> {
  readAbi(files[main] ?? "", main, (file) => files[file]);
  const child = fork(new URL("./compilerProcess.ts", import.meta.url), {
    serialization: "advanced",
    execArgv: [],
    timeout: COMPILE_TIMEOUT_MS,
  });
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the C compiler's process ended with ${code}`)));
    child.once("message", (answer: CompilerAnswer) => {
      if ("module" in answer) resolve(answer.module);
      else reject(new Error(`${main} does not compile:\n${answer.error}`));
    });
    child.send({
      main,
      files: { ...headers(), ...files },
      flags: [...(keepsLines ? withLines(flags) : flags), ...(isDebug ? ["-DDC_DEBUG_BUILD"] : [])],
    });
  });
}

/** DWARF 4 is the newest that has no tables of its own for file names. */
function withLines(flags: readonly string[]): readonly string[] {
  return [...flags.filter((flag) => flag !== "-Wl,--strip-all"), "-g", "-gdwarf-4"];
}
