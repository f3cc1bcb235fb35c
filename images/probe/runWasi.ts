import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

// Runs the WASI command that the first argument names on this process's own streams, a fresh instance after each
// that ended well: Node's WASI stands in for the wasmer driver, so that the SDK is tested where that is missing.

const module = new WebAssembly.Module(readFileSync(process.argv[2] as string));
do {
  const wasi = new WASI({ version: "preview1", returnOnExit: true });
  const imports = wasi.getImportObject() as WebAssembly.Imports;
  process.exitCode = wasi.start(new WebAssembly.Instance(module, imports));
} while (process.exitCode === 0);
