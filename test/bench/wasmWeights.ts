// Holds the prices of WebAssembly to the time that they stand for: how long a gas takes, by class of instruction, by
// hook and by kernel, beside what a gas of EVM code takes.
//   node test/bench/wasmWeights.ts [--json]
// Instructions are measured in both compilers of the engine: code begins in the baseline compiler and is optimised
// when it has run for a while. Weights follow the optimised code, at half of the EVM's time, so that baseline code,
// which takes two to four times as long, stays within twice the EVM's.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { INK_PER_GAS } from "../../runtime/host/meter.ts";
import { WEIGHTS } from "../../runtime/wasm/weights.ts";
import { geometricMean } from "./cpuTime.ts";
import { evmNsPerGas } from "./evmGas.ts";
import { measureHooks } from "./wasmWeights/hooks.ts";
import { CASES, measureCase } from "./wasmWeights/instructions.ts";
import { measureKernels } from "./wasmWeights/kernels.ts";

type Measured = Readonly<Record<string, number>>;

const inChild = process.argv.includes("--child");

/** Nanoseconds of one instruction of each class, and nanoseconds a gas of each kernel, in this process. */
function measureHere(): { readonly instructions: Measured; readonly kernels: Measured } {
  const instructions = Object.fromEntries(CASES.map((one) => [one.name, measureCase(one)]));
  return { instructions, kernels: measureKernels() };
}

function measureWith(flag: string): ReturnType<typeof measureHere> {
  const script = fileURLToPath(import.meta.url);
  const output = execFileSync(process.execPath, [flag, script, "--child"]).toString();
  return JSON.parse(output) as ReturnType<typeof measureHere>;
}

function row(name: string, ...columns: readonly (number | undefined)[]): string {
  const cells = columns.map((value) => (value === undefined ? "-" : value.toFixed(2)).padStart(11));
  return `${name.padEnd(24)}${cells.join("")}\n`;
}

function main(): void {
  const optimised = measureWith("--no-liftoff");
  const baseline = measureWith("--liftoff-only");
  const hooks = measureHooks();
  const evm = evmNsPerGas();
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ optimised, baseline, hooks, evm }, null, 1)}\n`);
    return;
  }
  let text = `EVM code: ${evm.toFixed(2)} ns a gas\n\n`;
  text += `${"class".padEnd(24)}        ink         ns  ns a gas   baseline  ns a gas\n`;
  for (const { name, ink } of CASES) {
    const [fast = 0, slow = 0] = [optimised.instructions[name], baseline.instructions[name]];
    const gas = ink(WEIGHTS) / INK_PER_GAS;
    text += row(name, ink(WEIGHTS), fast, fast / gas, slow, slow / gas);
  }
  text += `\n${"kernel".padEnd(24)}   ns a gas   baseline\n`;
  for (const [name, ns] of Object.entries(optimised.kernels)) {
    text += row(name, ns, baseline.kernels[name]);
  }
  const means = [optimised, baseline].map(({ kernels }) => geometricMean(Object.values(kernels)));
  text += row("geometric mean", ...means);
  text += `\n${"hook or work".padEnd(24)}        gas         ns  ns a gas\n`;
  for (const [name, { gas, ns }] of Object.entries(hooks)) text += row(name, gas, ns, ns / gas);
  process.stdout.write(text);
}

if (inChild) process.stdout.write(JSON.stringify(measureHere()));
else main();
