import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { compileC } from "@delchain/c";
import { C_SDK } from "../c/program.ts";

/** The compiler comes from npm, pinned, so the module is the same on every machine. */
export const WASI_FLAGS: readonly string[] = [
  "--target=wasm32-unknown-unknown",
  // Tells contract.h that this is a container's program and not a module of the WebAssembly tier.
  "-DDC_WASI_COMMAND",
  "-std=c17",
  "-O2",
  // Without this the compiler may use whatever its default CPU has.
  "-mcpu=mvp",
  "-mbulk-memory",
  "-msign-ext",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wno-unused-function",
  "-ffreestanding",
  "-nostdlib",
  "-Wl,--no-entry",
  "-Wl,--strip-all",
  // The stack lies below the data, so that an overflow traps instead of overwriting it.
  "-Wl,--stack-first",
  "-Wl,-z,stack-size=65536",
];

/** Compiles a C file to a WASI command. Throws an `Error` with the compiler's messages. */
export function compileWasi(source: string): Promise<Uint8Array> {
  const main = basename(source);
  const files = { ...containerHeaders(), [main]: readFileSync(source, "utf8") };
  return compileC({ main, files, flags: WASI_FLAGS });
}

/** The SDK's headers for containers by the path a contract includes them by. */
export function containerHeaders(): Readonly<Record<string, string>> {
  const parts = ["container", "shared"].flatMap((folder) =>
    readdirSync(join(C_SDK, folder))
      .filter((name) => name.endsWith(".h"))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  const paths = ["contract.h", "container.h", ...parts];
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(C_SDK, path), "utf8")]));
}
