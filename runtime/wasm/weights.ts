import type { PriceClass } from "./instrument/opcode.ts";

/** Ink (1 gas is 10,000) of one instruction by class, and of what bulk operations do by length. */
export type Weights = {
  readonly instructions: Readonly<Record<PriceClass, number>>;
  /** Every 8 bytes of locals that a function zeroes when it is entered. */
  readonly localSlot: number;
  /** Every byte that memory.copy, memory.fill or memory.init touches. */
  readonly bulkByte: number;
  /** Every element that table.copy, table.fill, table.init or table.grow touches. */
  readonly tableElement: number;
  /** Every new page of memory; the n-th open in the transaction costs `page + n * pageSlope`. */
  readonly page: number;
  readonly pageSlope: number;
};

/**
 * Chosen so that a gas of optimised code takes about half as long as a gas of EVM code (4 ns), because code runs in
 * the engine's baseline compiler until it is hot, and a loop that never returns stays there: two to four times as
 * long. `test/bench/wasmWeights.ts` measures all of it; README.md has the figures. A change is a hard fork.
 */
export const WEIGHTS: Weights = {
  instructions: {
    free: 0,
    // Registers, mostly: optimised code has none of these left.
    local: 70,
    simple: 220,
    // By a count that is not constant they go through one register, and baseline code takes 3 ns.
    shift: 1_100,
    multiply: 800,
    divide: 5_000,
    float: 800,
    floatDivide: 5_000,
    convert: 2_500,
    load: 720,
    store: 600,
    global: 1_000,
    branch: 580,
    branchTable: 2_000,
    call: 3_800,
    callIndirect: 8_000,
    reference: 800,
    table: 4_000,
    // Out of compiled code, for the table of signatures that belongs to it.
    tableWrite: 80_000,
    bulk: 20_000,
    grow: 2_500_000,
    simd: 1_200,
    simdSlow: 5_000,
  },
  localSlot: 70,
  // 0.01 ns in the first cache, 0.1 ns in none.
  bulkByte: 200,
  tableElement: 80_000,
  // 1,000 gas: the page is zeroed and mapped when it is first touched.
  page: 10_000_000,
  // The 1,024th page costs 9,192 gas, the whole of them 5.2 million.
  pageSlope: 80_000,
};

/** Ink of `count` more pages when `open` are open: a page costs more the more there are. */
export function pagesInk({ page, pageSlope }: Weights, open: number, count: number): number {
  return count * (page + open * pageSlope) + (pageSlope * count * (count - 1)) / 2;
}
