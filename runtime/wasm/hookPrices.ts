import { INK_PER_GAS } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";

/**
 * Prices in gas of what this tier does beside the host API's own prices (`host/prices.ts`), which `HostApi`
 * charges itself. Measured by `test/bench/wasmWeights.ts` at 4 ns a gas.
 */
export const HOOK_PRICES: {
  readonly frame: number;
  readonly moduleWord: number;
  readonly hook: number;
  readonly word: number;
  readonly storageCache: number;
  readonly keccak: number;
  readonly mathDivide: number;
  readonly mathModular: number;
  readonly mathPowerByte: number;
} = {
  // A fresh instance with its memory, its table and its objects: 50 to 80 us.
  frame: 12_000,
  // A module that is not in memory is instrumented and compiled again; every call pays its share, by 32 bytes.
  moduleWord: 8,
  // Out of the guest, meter read and written, arguments checked, and back: 150 to 250 ns.
  hook: 50,
  // A 32-byte word between guest and host.
  word: PRICES.copyWord,
  // A look-up or an entry in the frame's write cache.
  storageCache: 150,
  // Into the hash function's own instance and back, beside the EVM's price.
  keccak: 150,
  mathDivide: 150,
  mathModular: 300,
  // Eight squarings and as many multiplications at worst.
  mathPowerByte: 500,
};

export function inkOf(gas: number): number {
  return gas * INK_PER_GAS;
}

export function wordsOf(bytes: number): number {
  return Math.ceil(bytes / 32);
}
