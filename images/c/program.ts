import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readAbi } from "@delchain/c";
import { Unavailable } from "@delchain/runtime";

const run = promisify(execFile);

/** Where `#include "container.h"` is found. */
export const C_SDK: string = fileURLToPath(new URL("../../sdk-langs/c/", import.meta.url));

/**
 * What a container's program is compiled with. Nothing of the machine enters the file: no libc and no start files,
 * no build id, no compiler's name, no debug information; what remains is the compiler's choice of instructions.
 */
export const C_PROGRAM_FLAGS: readonly string[] = [
  "-std=c17",
  "-O2",
  "-march=x86-64",
  "-Wall",
  "-Wextra",
  "-Werror",
  // A contract uses a part of the SDK.
  "-Wno-unused-function",
  "-ffreestanding",
  "-nostdlib",
  "-static",
  "-fno-pie",
  "-no-pie",
  // These want a libc or a kernel to be of use.
  "-fno-stack-protector",
  "-fno-asynchronous-unwind-tables",
  "-fcf-protection=none",
  "-fno-ident",
  "-Wl,--build-id=none",
  "-Wl,-z,noexecstack",
  "-Wl,-z,norelro",
  "-s",
];

/** The tools whose output is the program in the repository; Debian 12 has these (`apt-get install gcc binutils`). */
export const C_TOOLS: readonly { readonly tool: string; readonly version: string }[] = [
  { tool: "gcc", version: "gcc (Debian 12.2.0-14+deb12u1) 12.2.0" },
  { tool: "ld", version: "GNU ld (GNU Binutils for Debian) 2.40" },
];

/**
 * Compiles a C file to a static program for linux/amd64; it is named from `folder` on, as messages name it. Throws
 * `Unavailable` where no gcc is, and an `Error` with what gcc says, or with file and line for declarations that are
 * wrong (`readAbi`). `isDebug`: reasons with file and line.
 */
export async function compileProgram(
  source: string,
  { isDebug = false, folder = "." }: { readonly isDebug?: boolean; readonly folder?: string } = {},
): Promise<Uint8Array> {
  const main = folder === "." ? basename(source) : source;
  const text = (file: string) => readFileSync(resolve(folder, file), "utf8");
  const included = (file: string) => (existsSync(resolve(folder, file)) ? text(file) : undefined);
  readAbi(text(source), main, included);
  return gcc(["-I", C_SDK, ...(isDebug ? ["-DDC_DEBUG_BUILD"] : [])], source, folder);
}

/** Compiles a program that is no contract with the same flags. Throws like `compileProgram`. */
export function compileSystemProgram(source: string): Promise<Uint8Array> {
  return gcc([], source, ".");
}

async function gcc(flags: readonly string[], source: string, folder: string): Promise<Uint8Array> {
  const built = await mkdtemp(join(tmpdir(), "delchain-c-"));
  try {
    const program = join(built, "program");
    await run("gcc", [...C_PROGRAM_FLAGS, ...flags, source, "-o", program], { cwd: folder });
    return await readFile(program);
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code !== "ENOENT") throw new Error(stderr || (error as Error).message, { cause: error });
    const message = "there is no gcc here; install it (apt-get install gcc)";
    throw new Unavailable("gcc", message, { cause: error });
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}

/** The tools that this machine has in another version than `C_TOOLS`; their bytes may differ from the repository's. */
export async function foreignTools(): Promise<readonly string[]> {
  const found = await Promise.all(
    C_TOOLS.map(async ({ tool, version }) => {
      const line = await run(tool, ["--version"]).then(
        ({ stdout }) => stdout.split("\n", 1)[0] ?? "",
        () => "not there",
      );
      return line === version ? [] : [`${tool}: "${line}" instead of "${version}"`];
    }),
  );
  return found.flat();
}
