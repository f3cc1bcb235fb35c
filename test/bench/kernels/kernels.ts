import { readFileSync } from "node:fs";
import { instrument } from "../../../runtime/wasm/instrument/instrument.ts";
import { CONTRACT_LIMITS } from "../../../runtime/wasm/instrument/limits.ts";
import { METER_EXPORTS } from "../../../runtime/wasm/instrument/meterNames.ts";
import { STACK_BYTES_PER_FRAME, TRANSACTION_PAGES } from "../../../runtime/wasm/limits.ts";
import { WEIGHTS } from "../../../runtime/wasm/weights.ts";

/** A C program of this folder, compiled, with an argument that keeps it busy for about a millisecond. */
export type Kernel = { readonly name: string; readonly argument: number };

export const KERNELS: readonly Kernel[] = [
  { name: "fib", argument: 29 },
  { name: "sha256", argument: 3_000 },
  { name: "keccak", argument: 2_000 },
  { name: "quicksort", argument: 20_000 },
  { name: "matmul", argument: 96 },
  { name: "collatz", argument: 20_000 },
  { name: "sieve", argument: 300_000 },
  { name: "interpreter", argument: 60_000 },
];

export function readKernel(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.wasm`, import.meta.url)));
}

/** The instrumented module; kernels are no contracts, so the boundary is open. */
export function instrumentKernel(module: Uint8Array): Uint8Array {
  return instrument(module, {
    limits: CONTRACT_LIMITS,
    weights: WEIGHTS,
    transactionPages: TRANSACTION_PAGES,
    checkBoundary: () => undefined,
  });
}

/** More ink than any run here uses. */
const PLENTY_OF_INK = 2 ** 52;

/** An instance of a kernel; an instrumented one has a meter. */
export class KernelInstance {
  readonly exports: Readonly<Record<string, WebAssembly.ExportValue>>;

  constructor(module: Uint8Array) {
    const compiled = new WebAssembly.Module(module as Uint8Array<ArrayBuffer>);
    this.exports = new WebAssembly.Instance(compiled).exports;
  }

  refill(ink: number = PLENTY_OF_INK): void {
    const gas = this.exports[METER_EXPORTS.gas] as WebAssembly.Global | undefined;
    if (gas === undefined) return;
    gas.value = ink;
    (this.exports[METER_EXPORTS.stack] as WebAssembly.Global).value = STACK_BYTES_PER_FRAME;
  }

  get inkLeft(): number {
    return (this.exports[METER_EXPORTS.gas] as WebAssembly.Global).value as number;
  }

  get inkUsed(): number {
    return PLENTY_OF_INK - this.inkLeft;
  }

  /** Its result, as an unsigned number. */
  run(argument: number): number {
    return (this.exports.run as (argument: number) => number)(argument) >>> 0;
  }
}
