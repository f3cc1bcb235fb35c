// Compiles the C sources of the WebAssembly tier's tests and benchmarks to the modules beside them:
//   node test/bench/kernels/build.ts
// The results are committed, so nobody else needs the compiler.
import { readFile, writeFile } from "node:fs/promises";
import { commands } from "@yowasp/clang";

const FLAGS = [
  "--target=wasm32-unknown-unknown",
  "-nostdlib",
  "-Wl,--no-entry",
  "-Wl,--strip-all",
  "-Wl,-z,stack-size=16384",
];

type Build = { readonly source: URL; readonly output: URL; readonly flags: readonly string[] };

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
const probe = (file: string): URL =>
  new URL(`../../../runtime/wasm/testing/${file}`, import.meta.url);

const BUILDS: readonly Build[] = [
  ...KERNELS.map((name) => ({
    source: new URL(`${name}.c`, import.meta.url),
    output: new URL(`${name}.wasm`, import.meta.url),
    flags: ["-O2"],
  })),
  { source: probe("probe.c"), output: probe("probe.wasm"), flags: ["-Os"] },
  {
    source: probe("probe.c"),
    output: probe("constructedProbe.wasm"),
    flags: ["-Os", "-DWITH_CONSTRUCTOR"],
  },
];

for (const { source, output, flags } of BUILDS) {
  const files = await commands.clang(
    ["source.c", "-o", "module.wasm", ...FLAGS, ...flags],
    { "source.c": await readFile(source, "utf8") },
    { fetchProgress: () => undefined },
  );
  const wasm = files?.["module.wasm"];
  if (!(wasm instanceof Uint8Array))
    throw new Error(`clang wrote no module for ${source.pathname}`);
  await writeFile(output, wasm);
  process.stdout.write(`${output.pathname.replace(/.*\//, "")} ${wasm.length} bytes\n`);
}
