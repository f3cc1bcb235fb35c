import binaryen from "binaryen";
import type { OptimizerAnswer, OptimizerJob } from "./optimize.ts";

// One module, sent by the parent process; ends when it has answered.

const { Features } = binaryen;

/** What TeaVM writes and the tier accepts; the optimiser may use no more. */
const FEATURES: number =
  Features.BulkMemory | Features.BulkMemoryOpt | Features.MutableGlobals | Features.SignExt;

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

function optimize({ module, exports }: OptimizerJob): Uint8Array {
  const program = binaryen.readBinary(module);
  program.setFeatures(FEATURES);
  for (let i = program.getNumExports() - 1; i >= 0; i--) {
    const { name } = binaryen.getExportInfo(program.getExportByIndex(i));
    if (!exports.includes(name)) program.removeExport(name);
  }
  bindMath(program);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(2);
  program.runPasses(["remove-unused-module-elements"]);
  program.optimize();
  program.runPasses(["strip-debug", "strip-producers", "strip-target-features"]);
  return program.emitBinary();
}

function answer(text: OptimizerAnswer): void {
  process.send?.(text, () => process.disconnect?.());
}

process.once("message", (job: OptimizerJob) => {
  try {
    answer({ module: optimize(job) });
  } catch (error) {
    answer({ error: String(error) });
  }
});
