import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import binaryen from "binaryen";
import type { OptimizedModule, OptimizerAnswer, OptimizerJob } from "./optimize.ts";

// One module, sent by the parent process; ends when it has answered.

const { Features } = binaryen;

/** What TeaVM writes and the tier accepts; the optimiser may use no more. */
const FEATURES: number =
  Features.BulkMemory | Features.BulkMemoryOpt | Features.MutableGlobals | Features.SignExt;
/** The same, and what TeaVM writes where numbers are rounded: nothing is added to a module that is only cut. */
const FEATURE_FLAGS: readonly string[] = [
  ...["--enable-bulk-memory", "--enable-bulk-memory-opt", "--enable-mutable-globals"],
  ...["--enable-sign-ext", "--enable-nontrapping-float-to-int"],
];

/** It takes a second; less than the parent process waits for all of it. */
const CUT_MS = 60_000;
const CUT: string = fileURLToPath(new URL("./bin/wasm-metadce", import.meta.resolve("binaryen")));

/**
 * The module without what its exports do not need, as text: the one form in which the library takes lines in, and only
 * the programs beside it read source maps.
 */
function cut({ module, sourceMap, exports }: OptimizerJob): string {
  const folder = mkdtempSync(join(tmpdir(), "delchain-optimizer-"));
  const write = (name: string, content: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const kept = exports.map((name) => ({ name, export: name }));
  const outside = { name: "outside", root: true, reaches: exports };
  const text = join(folder, "module.wat");
  try {
    const input = write("module.wasm", module);
    const lines = ["--input-source-map", write("module.map", sourceMap)];
    const graph = ["--graph-file", write("graph.json", JSON.stringify([outside, ...kept]))];
    const output = ["--emit-text", "--output", text];
    const args = [CUT, input, ...lines, ...graph, ...output, ...FEATURE_FLAGS];
    execFileSync(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"], timeout: CUT_MS });
    return readFileSync(text, "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Functions that TeaVM asks a host for, and WebAssembly has instructions for; the class library rounds with them. */
function bindMath(program: binaryen.Module): void {
  const { f64 } = program;
  const value = (): number => program.local.get(0, binaryen.f64);
  const instructions: Readonly<Record<string, () => number>> = {
    ceil: () => f64.ceil(value()),
    floor: () => f64.floor(value()),
    sqrt: () => f64.sqrt(value()),
  };
  for (let i = program.getNumFunctions() - 1; i >= 0; i--) {
    const { name, module, base } = binaryen.getFunctionInfo(program.getFunctionByIndex(i));
    const body = module === "teavmMath" && base !== null ? instructions[base] : undefined;
    if (body === undefined) continue;
    program.removeFunction(name);
    program.addFunction(name, binaryen.f64, binaryen.f64, [], body());
  }
}

function optimize(job: OptimizerJob): OptimizedModule {
  const program = binaryen.parseText(cut(job));
  program.setFeatures(FEATURES);
  bindMath(program);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(2);
  program.runPasses(["remove-unused-module-elements"]);
  program.optimize();
  program.runPasses(["strip-producers", "strip-target-features"]);
  // The address of a map, which the module with lines has in it, is none of what is deployed.
  const { sourceMap } = program.emitBinary("lines.map");
  program.runPasses(["strip-debug"]);
  return { module: program.emitBinary(), sourceMap: sourceMap ?? "" };
}

function answer(text: OptimizerAnswer): void {
  process.send?.(text, () => process.disconnect?.());
}

process.once("message", (job: OptimizerJob) => {
  try {
    answer(optimize(job));
  } catch (error) {
    answer({ error: String(error) });
  }
});
