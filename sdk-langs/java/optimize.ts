import { fork } from "node:child_process";

/** Modules take a second or two; an optimiser that takes this long is stuck. */
const OPTIMIZE_TIMEOUT_MS = 120_000;

export type OptimizerJob = { readonly module: Uint8Array; readonly exports: readonly string[] };
export type OptimizerAnswer = { readonly module: Uint8Array } | { readonly error: string };

/**
 * Takes off a module what nobody outside asks for, which is two thirds of TeaVM's exports and the imports behind them,
 * and makes the rest small. Deterministic. The optimiser takes some 100 MB, so it runs in a process of its own.
 */
export function optimizeModule(
  module: Uint8Array,
  exports: readonly string[],
): Promise<Uint8Array> {
  const child = fork(new URL("./optimizerProcess.ts", import.meta.url), {
    serialization: "advanced",
    execArgv: [],
    timeout: OPTIMIZE_TIMEOUT_MS,
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the optimiser's process ended with ${code}`)));
    child.once("message", (answer: OptimizerAnswer) => {
      if ("module" in answer) resolve(answer.module);
      else reject(new Error(`the optimiser refused the module: ${answer.error}`));
    });
    const job: OptimizerJob = { module, exports };
    child.send(job);
  });
}
