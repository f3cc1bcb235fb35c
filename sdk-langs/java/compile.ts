import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, sep } from "node:path";
import { optimizeModule } from "./optimize.ts";
import {
  classPath,
  type JavaToolchain,
  javaToolchain,
  SDK,
  type ToolchainOptions,
} from "./toolchain.ts";

/** What every contract is built with; the build tools in `build/` hold the rest. */
export const JAVA_FLAGS: readonly string[] = [
  "ecj -17 -g -parameters",
  "TeaVM WEBASSEMBLY ADVANCED obfuscated, heap 7 MiB",
  "binaryen -O3 --shrink-level 2",
];

/** The virtual machine of the compilers: they run for seconds, so its own best compiler would only be in the way. */
const MACHINE_FLAGS: readonly string[] = [
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Xmx1g",
  "-Dfile.encoding=UTF-8",
];

/** Contracts compile in a few seconds; a compiler that takes this long is stuck. */
const COMPILE_TIMEOUT_MS = 300_000;

/** Messages of a compiler; what is longer repeats itself. */
const MESSAGE_BYTES_MAX: number = 1024 * 1024;

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
  const job = mkdtempSync(join(tmpdir(), "delchain-java-"));
  try {
    const sources = join(job, "sources");
    writeSources(sources, files);
    const output = join(job, "output");
    progress("compiling Java to WebAssembly");
    await runBuild(toolchain, sources, output, keepsLines);
    const read = (name: string): Uint8Array => readFileSync(join(output, name));
    const { abi } = JSON.parse(new TextDecoder().decode(read("classes/contract.json"))) as {
      readonly abi: readonly AbiEntry[];
    };
    const hasConstructor = abi.some(({ type }) => type === "constructor");
    const exports = ["memory", "user_entrypoint", ...(hasConstructor ? ["user_constructor"] : [])];
    progress("optimising the module");
    return { module: await optimizeModule(read("contract.wasm"), exports), abi };
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}

function writeSources(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    if (isAbsolute(path) || path.split(/[/\\]/).includes("..") || !path.endsWith(".java")) {
      throw new Error(`${path} is no path of a Java source inside the project`);
    }
    if (/^\s*package\s+org\.(delchain|teavm)\b/m.test(text)) {
      throw new Error(`${path} is in the SDK's own package: choose another one`);
    }
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

function runBuild(
  { java, jars, tools }: JavaToolchain,
  sources: string,
  output: string,
  keepsLines: boolean,
): Promise<void> {
  const args = [tools, SDK, sources, output, ...(keepsLines ? ["--lines"] : [])];
  const child = spawn(
    java,
    [...MACHINE_FLAGS, "-cp", classPath([tools, ...jars]), "org.delchain.build.Build", ...args],
    { stdio: ["ignore", "ignore", "pipe"], timeout: COMPILE_TIMEOUT_MS },
  );
  let messages = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (messages.length < MESSAGE_BYTES_MAX) messages += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else if (code === 1)
        reject(new Error(`the contract does not compile:\n${shorten(messages, sources)}`));
      else
        reject(new Error(`the Java compiler's process ended with ${code ?? signal}:\n${messages}`));
    });
  });
}

/** Messages with the contract's own paths, and without the compiler's count. */
function shorten(messages: string, sources: string): string {
  return messages
    .replaceAll(`${sources}${sep}`, "")
    .replace(/^\d+\. ERROR: /gm, "")
    .replace(/^\d+ problems? \(.*\)$/gm, "")
    .trim();
}
