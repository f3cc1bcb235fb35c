// What metering costs: eight C kernels, instrumented against the same module without it in this engine, and against
// the machine's own C compiler.
//   node test/bench/wasm.ts [--json] [--no-native]
// CPU time, the least of interleaved repeats, because the machine has other work.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { INK_PER_GAS } from "../../runtime/host/meter.ts";
import { geometricMean, median, timeCpuMs } from "./cpuTime.ts";
import {
  instrumentKernel,
  KERNELS,
  type Kernel,
  KernelInstance,
  readKernel,
} from "./kernels/kernels.ts";

const REPEATS = 40;

type Row = {
  readonly kernel: string;
  readonly rawMs: number;
  readonly instrumentedMs: number;
  readonly instrumentedMedianMs: number;
  readonly nativeMs: number | undefined;
  readonly gas: number;
  readonly overRaw: number;
  readonly overNative: number | undefined;
  readonly sizeGrowth: number;
};

function measure({ name, argument }: Kernel, folder: string | undefined): Row {
  const module = readKernel(name);
  const instrumented = instrumentKernel(module);
  const raw = new KernelInstance(module);
  const metered = new KernelInstance(instrumented);
  const times: { raw: number[]; metered: number[] } = { raw: [], metered: [] };
  const results = new Set<number>();
  for (let i = 0; i < REPEATS; i++) {
    times.raw.push(timeCpuMs(() => results.add(raw.run(argument))));
    metered.refill();
    times.metered.push(timeCpuMs(() => results.add(metered.run(argument))));
  }
  const native = folder === undefined ? undefined : runNative(name, argument, folder);
  if (native !== undefined) results.add(native.result);
  if (results.size !== 1) throw new Error(`${name} gave different results: ${[...results]}`);
  const rawMs = Math.min(...times.raw);
  const instrumentedMs = Math.min(...times.metered);
  return {
    kernel: name,
    rawMs,
    instrumentedMs,
    instrumentedMedianMs: median(times.metered),
    nativeMs: native?.ms,
    gas: metered.inkUsed / INK_PER_GAS,
    overRaw: instrumentedMs / rawMs,
    overNative: native && instrumentedMs / native.ms,
    sizeGrowth: instrumented.length / module.length,
  };
}

/** Compiles the kernel's source with `cc -O2` and runs it; throws when there is no C compiler. */
function runNative(name: string, argument: number, folder: string): { ms: number; result: number } {
  const source = (file: string): string =>
    fileURLToPath(new URL(`kernels/${file}.c`, import.meta.url));
  const program = join(folder, name);
  execFileSync("cc", ["-O2", "-w", source(name), source("native"), "-o", program]);
  const output = execFileSync(program, [String(argument), String(REPEATS)]).toString();
  const [ms = Number.NaN, result = Number.NaN] = output.trim().split(" ").map(Number);
  return { ms, result };
}

function report(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) =>
      `${row.kernel.padEnd(12)}${row.rawMs.toFixed(2).padStart(8)}${row.instrumentedMs.toFixed(2).padStart(9)}` +
      `${row.instrumentedMedianMs.toFixed(2).padStart(9)}${(row.nativeMs?.toFixed(2) ?? "-").padStart(8)}` +
      `${row.overRaw.toFixed(3).padStart(9)}${(row.overNative?.toFixed(3) ?? "-").padStart(9)}` +
      `${row.sizeGrowth.toFixed(2).padStart(7)}${((row.instrumentedMs * 1e6) / row.gas).toFixed(2).padStart(8)}`,
  );
  const overNative = rows.flatMap(({ overNative }) =>
    overNative === undefined ? [] : [overNative],
  );
  return `CPU ms, least of ${REPEATS} (metered: median beside it); load ${loadavg()[0]?.toFixed(1)}; V8 ${process.versions.v8}
kernel           raw  metered   median  native   /raw  /native   size  ns/gas
${lines.join("\n")}
geometric mean: ${geometricMean(rows.map(({ overRaw }) => overRaw)).toFixed(3)} of raw (goal 1.25)${
    overNative.length === 0 ? "" : `, ${geometricMean(overNative).toFixed(3)} of native (goal 1.5)`
  }
`;
}

const folder = process.argv.includes("--no-native")
  ? undefined
  : mkdtempSync(join(tmpdir(), "delchain-kernels-"));
try {
  const rows = KERNELS.map((kernel) => measure(kernel, folder));
  process.stdout.write(
    process.argv.includes("--json") ? `${JSON.stringify(rows, null, 1)}\n` : report(rows),
  );
} finally {
  if (folder !== undefined) rmSync(folder, { recursive: true });
}
