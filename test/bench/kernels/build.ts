// Compiles the C kernels to the WebAssembly files beside them: `node test/bench/kernels/build.ts`.
// The package is optional to everything but this, and the results are committed.
import { readFile, writeFile } from "node:fs/promises";
import { runClang } from "@yowasp/clang";

const KERNELS = [
  "fib",
  "sha256",
  "keccak",
  "quicksort",
  "matmul",
  "collatz",
  "sieve",
  "interpreter",
];
const FLAGS = [
  "--target=wasm32-unknown-unknown",
  "-O2",
  "-nostdlib",
  "-Wl,--no-entry",
  "-Wl,--strip-all",
  "-Wl,-z,stack-size=16384",
];

for (const name of KERNELS) {
  const source = await readFile(new URL(`${name}.c`, import.meta.url), "utf8");
  const files = await runClang(
    ["clang", "kernel.c", "-o", "kernel.wasm", ...FLAGS],
    { "kernel.c": source },
    { fetchProgress: () => undefined },
  );
  const wasm = files?.["kernel.wasm"];
  if (!(wasm instanceof Uint8Array)) throw new Error(`clang wrote no module for ${name}.c`);
  await writeFile(new URL(`${name}.wasm`, import.meta.url), wasm);
  process.stdout.write(`${name}.wasm ${wasm.length} bytes\n`);
}
