import { fork } from "node:child_process";

/** Modules take a few seconds; an optimiser that takes this long is stuck. */
const OPTIMIZE_TIMEOUT_MS = 120_000;

export type OptimizerJob = {
  readonly module: Uint8Array;
  /** Its lines, as JSON. */
  readonly sourceMap: string;
  readonly exports: readonly string[];
};
export type OptimizedModule = Pick<OptimizerJob, "module" | "sourceMap">;
export type OptimizerAnswer = OptimizedModule | { readonly error: string };

/**
 * Takes off a module what nobody outside asks for, which is two thirds of TeaVM's exports and the imports behind them,
 * and makes the rest small. Lines change no byte of it. Deterministic. The optimiser takes some 200 MB, so it runs in
 * processes of its own.
 */
export function optimizeModule(job: OptimizerJob): Promise<OptimizedModule> {
  const child = fork(new URL("./optimizerProcess.ts", import.meta.url), {
    serialization: "advanced",
    execArgv: [],
    timeout: OPTIMIZE_TIMEOUT_MS,
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the optimiser's process ended with ${code}`)));
    child.once("message", (answer: OptimizerAnswer) => {
      if ("module" in answer) resolve(answer);
      else reject(new Error(`the optimiser refused the module: ${answer.error}`));
    });
    child.send(job);
  });
}
