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

export const WEIGHTS: Weights = {
  instructions: {
    free: 0,
    local: 300,
    simple: 700,
    global: 1_500,
    multiply: 1_500,
    divide: 12_000,
    float: 2_000,
    floatDivide: 10_000,
    convert: 3_000,
    load: 1_500,
    store: 1_500,
    branch: 1_500,
    branchTable: 6_000,
    call: 6_000,
    callIndirect: 12_000,
    reference: 1_500,
    table: 4_000,
    bulk: 40_000,
    grow: 2_500_000,
    simd: 2_000,
    simdSlow: 10_000,
  },
  localSlot: 300,
  bulkByte: 300,
  tableElement: 4_000,
  page: 10_000_000,
  pageSlope: 80_000,
};

/** Ink of `count` more pages when `open` are open: a page costs more the more there are. */
export function pagesInk({ page, pageSlope }: Weights, open: number, count: number): number {
  return count * (page + open * pageSlope) + (pageSlope * count * (count - 1)) / 2;
}
