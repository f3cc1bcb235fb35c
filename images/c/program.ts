import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
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
 * Compiles a C file to a static program for linux/amd64. Throws `Unavailable` where no gcc is, or it refuses, and an
 * `Error` with file and line for declarations that are wrong (`readAbi`). `isDebug`: reasons with file and line.
 */
export async function compileProgram(
  source: string,
  { isDebug = false }: { readonly isDebug?: boolean } = {},
): Promise<Uint8Array> {
  readAbi(await readFile(source, "utf8"), basename(source));
  const folder = await mkdtemp(join(tmpdir(), "delchain-c-"));
  try {
    const program = join(folder, "program");
    const flags = isDebug ? [...C_PROGRAM_FLAGS, "-DDC_DEBUG_BUILD"] : C_PROGRAM_FLAGS;
    await run("gcc", [...flags, "-I", C_SDK, source, "-o", program]);
    return await readFile(program);
  } catch (error) {
    const message = `gcc cannot compile ${source}; install it (apt-get install gcc): ${(error as Error).message}`;
    throw new Unavailable("gcc", message, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
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
