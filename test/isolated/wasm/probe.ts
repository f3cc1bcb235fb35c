// Prints a digest of what instrumented kernels and NaN probes come to in this process's compiler:
// gas, results, how they stopped, and every byte of memory. Run under `--liftoff-only` and `--no-liftoff`.
import { createHash } from "node:crypto";
import { METER_EXPORTS } from "../../../runtime/wasm/instrument/meterNames.ts";
import { MeteredInstance } from "../../../runtime/wasm/testing/meteredInstance.ts";
import { buildModule, code } from "../../../runtime/wasm/testing/moduleBuilder.ts";
import { instrumentKernel, KERNELS, readKernel } from "../../bench/kernels/kernels.ts";

const RUNS = 1_000;
// Small arguments: what is enough ink lies between 2^20 and 2^28.
const ARGUMENTS: Readonly<Record<string, number>> = {
  fib: 14,
  sha256: 12,
  keccak: 4,
  quicksort: 200,
  matmul: 8,
  collatz: 60,
  sieve: 600,
  interpreter: 60,
};

/** A generator that gives the same numbers in every process. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

function kernelDigest(): { digest: string; traps: number } {
  const hash = createHash("sha256");
  const random = numbers(20_261_122);
  const modules = KERNELS.map(({ name }) => ({
    argument: ARGUMENTS[name] ?? 1,
    module: new WebAssembly.Module(instrumentKernel(readKernel(name)) as Uint8Array<ArrayBuffer>),
  }));
  let traps = 0;
  for (let i = 0; i < RUNS; i++) {
    const { module, argument } = modules[i % modules.length] as (typeof modules)[number];
    const { exports } = new WebAssembly.Instance(module);
    const number = (name: keyof typeof METER_EXPORTS): WebAssembly.Global =>
      exports[METER_EXPORTS[name]] as WebAssembly.Global;
    // From nothing to more than any of them needs, small amounts as likely as large ones.
    const exponent = 12 + (random.next().value % 1_800) / 100;
    number("gas").value = Math.floor(2 ** exponent);
    number("stack").value = 1_000 + (random.next().value % 20_000);
    let result: number | string;
    try {
      result = (exports.run as (argument: number) => number)(argument);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      result = `trap ${number("fault").value}`;
      traps++;
    }
    hash.update(`${i} ${result} ${number("gas").value}\n`);
    hash.update(new Uint8Array((exports.memory as WebAssembly.Memory).buffer));
  }
  return { digest: hash.digest("hex"), traps };
}

const SIGNALLING = [0x01, 0, 0, 0, 0, 0, 0xf0, 0x7f];
const NEGATIVE = [0x22, 0, 0, 0, 0, 0, 0xf8, 0xff];
const ZERO = [0, 0, 0, 0, 0, 0, 0, 0];
const LOOK = code("i64.reinterpret_f64");

/** NaNs by operand order, from constants and from what the compiler cannot know. */
function nanBits(): readonly string[] {
  const bits: string[] = [];
  for (const name of ["f64.add", "f64.sub", "f64.mul", "f64.div", "f64.min", "f64.max"]) {
    for (const [left, right] of [
      [SIGNALLING, NEGATIVE],
      [NEGATIVE, SIGNALLING],
      [ZERO, SIGNALLING],
      [ZERO, ZERO],
    ] as const) {
      const constants = code(["f64.const", ...left], ["f64.const", ...right], name);
      const memory = code(
        ["i32.const", 0],
        ["f64.load", 3, 0],
        ["i32.const", 8],
        ["f64.load", 3, 0],
        name,
      );
      for (const body of [constants, memory]) {
        const module = buildModule({
          types: [":I"],
          functions: [{ type: 0, code: [...body, ...LOOK] }],
          memories: [[0, 1]],
          exports: [{ name: "run", kind: 0, index: 0 }],
          data: [[0, ...code(["i32.const", 0]), 0x0b, 16, ...left, ...right]],
        });
        bits.push(String(new MeteredInstance(module).call("run")));
      }
    }
  }
  return bits;
}

process.stdout.write(`${JSON.stringify({ ...kernelDigest(), nans: nanBits() })}\n`);
