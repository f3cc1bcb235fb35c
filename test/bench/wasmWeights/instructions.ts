import {
  buildModule,
  code,
  leb,
  type ModuleSketch,
  sleb,
} from "../../../runtime/wasm/testing/moduleBuilder.ts";
import type { Weights } from "../../../runtime/wasm/weights.ts";
import { timeCpuMs } from "../cpuTime.ts";

/** Code that does one thing many times, and what the thing costs. */
export type InstructionCase = {
  readonly name: string;
  readonly ink: (weights: Weights) => number;
  /** The bytes for one time, with an accumulator (a local of `type`) to work on. */
  readonly once: (accumulator: number) => number[];
  readonly type: string;
  /** How often it stands in one turn of the loop; large things stand once. */
  readonly copies?: number;
  readonly turns?: number;
};

const COPIES = 64;
const TURNS = 20_000;
const REPEATS = 7;
// Four chains of dependent instructions: what straight-line code of a compiler offers a processor.
const ACCUMULATORS = 4;

const get = (local: number): [string, number] => ["local.get", local];
const set = (local: number): [string, number] => ["local.set", local];
/** accumulator = accumulator op operand */
const binary =
  (name: string, ...operand: [string, ...number[]]) =>
  (a: number): number[] =>
    code(get(a), operand, name, set(a));

const priced =
  (price: keyof Weights["instructions"], locals = 3) =>
  ({ instructions }: Weights): number =>
    instructions[price] + locals * instructions.local;

const F64_ONE = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
const VECTOR = new Array<number>(16).fill(1);

/** The operand comes from a local that the compiler cannot know. */
const unknown: [string, number] = ["local.get", ACCUMULATORS];

export const CASES: readonly InstructionCase[] = [
  {
    name: "simple: i32.add",
    type: "i",
    ink: priced("simple"),
    once: binary("i32.add", ...unknown),
  },
  {
    name: "shift: i64.rotl",
    type: "I",
    ink: priced("shift"),
    once: binary("i64.rotl", ...unknown),
  },
  {
    name: "shift: by a constant",
    type: "I",
    ink: priced("shift"),
    once: binary("i64.rotl", "i64.const", 7),
  },
  {
    name: "multiply: i64.mul",
    type: "I",
    ink: priced("multiply"),
    once: binary("i64.mul", ...unknown),
  },
  {
    name: "divide: i64.div_u",
    type: "I",
    ink: priced("divide"),
    once: binary("i64.div_u", ...unknown),
  },
  { name: "float: f64.add", type: "F", ink: priced("float"), once: binary("f64.add", ...unknown) },
  {
    name: "floatDivide: f64.div",
    type: "F",
    ink: priced("floatDivide"),
    once: binary("f64.div", ...unknown),
  },
  {
    name: "convert: both ways",
    type: "F",
    ink: ({ instructions: { convert, local } }) => 2 * convert + 2 * local,
    once: (a) => code(get(a), "i32.trunc_sat_f64_s", "f64.convert_i32_s", set(a)),
  },
  {
    name: "load: i32.load",
    type: "i",
    ink: ({ instructions: { load, simple, local } }) => load + simple + 3 * local,
    once: (a) => code(get(a), ["i32.const", ...sleb(1020)], "i32.and", ["i32.load", 2, 0], set(a)),
  },
  {
    name: "store: i32.store",
    type: "i",
    ink: priced("store", 2),
    once: (a) => code(get(ACCUMULATORS), get(a), ["i32.store", 2, 8]),
  },
  {
    name: "branch: br_if",
    type: "i",
    ink: priced("branch", 1),
    once: (a) => code(["block", 0x40], get(a), ["br_if", 0], "end"),
  },
  {
    name: "branchTable",
    type: "i",
    ink: priced("branchTable", 1),
    once: (a) =>
      code(["block", 0x40], ["block", 0x40], get(a), ["br_table", 2, 0, 1, 0], "end", "end"),
  },
  {
    name: "global: get and set",
    type: "i",
    ink: ({ instructions: { global, simple, local } }) => 2 * global + simple + local,
    once: (a) => code(["global.get", 0], get(a), "i32.add", ["global.set", 0]),
  },
  {
    name: "call",
    type: "i",
    ink: ({ instructions: { call, local, simple } }) => call + simple + 4 * local,
    once: (a) => code(get(a), ["call", 1], set(a)),
  },
  {
    name: "callIndirect",
    type: "i",
    ink: ({ instructions: { callIndirect, local, simple } }) => callIndirect + simple + 5 * local,
    once: (a) => code(get(a), ["i32.const", 0], ["call_indirect", 1, 0], set(a)),
  },
  {
    name: "table: get and is_null",
    type: "i",
    ink: ({ instructions: { table, reference, local } }) => table + reference + 2 * local,
    once: (a) => code(["i32.const", 0], ["table.get", 0], "ref.is_null", set(a)),
  },
  {
    name: "table: set",
    type: "i",
    ink: ({ instructions: { tableWrite, reference, local } }) => tableWrite + reference + local,
    once: () => code(["i32.const", 0], ["ref.func", 1], ["table.set", 0]),
    turns: 2_000,
  },
  {
    name: "simd: i32x4.add",
    type: "v",
    ink: priced("simd"),
    once: (a) => code(get(a), ["v128.const", ...VECTOR], "i32x4.add", set(a)),
  },
  {
    name: "simd: f64x2.mul",
    type: "v",
    ink: priced("simd"),
    once: (a) => code(get(a), get(a), "f64x2.mul", set(a)),
  },
  {
    name: "simdSlow: f64x2.div",
    type: "v",
    ink: priced("simdSlow"),
    once: (a) => code(get(a), get(a), "f64x2.div", set(a)),
  },
  {
    name: "bulk: fill of nothing",
    type: "i",
    ink: priced("bulk"),
    once: () => code(["i32.const", 0], ["i32.const", 0], ["i32.const", 0], ["memory.fill", 0]),
    turns: 500,
  },
  {
    name: "bulkByte: fill 64 KiB",
    type: "i",
    ink: ({ bulkByte, instructions }) => instructions.bulk + 65_536 * bulkByte,
    once: () =>
      code(["i32.const", 0], ["i32.const", 0], ["i32.const", ...sleb(65_536)], ["memory.fill", 0]),
    copies: 1,
    turns: 500,
  },
  {
    name: "bulkByte: copy 256 KiB",
    type: "i",
    ink: ({ bulkByte, instructions }) => instructions.bulk + 262_144 * bulkByte,
    once: () =>
      code(
        ["i32.const", ...sleb(262_144)],
        ["i32.const", 0],
        ["i32.const", ...sleb(262_144)],
        ["memory.copy", 0, 0],
      ),
    copies: 1,
    turns: 200,
  },
  {
    name: "tableElement: fill 1,000",
    type: "i",
    ink: ({ tableElement, instructions }) => instructions.bulk + 1_000 * tableElement,
    once: () =>
      code(["i32.const", 0], ["ref.func", 1], ["i32.const", ...sleb(1_000)], ["table.fill", 0]),
    copies: 1,
    turns: 500,
  },
];

const CONSTANTS: Readonly<Record<string, number[]>> = {
  i: code(["i32.const", ...sleb(1_000_003)]),
  I: code(["i64.const", ...sleb(1_000_003)]),
  F: code(["f64.const", ...F64_ONE]),
  v: code(["v128.const", ...VECTOR]),
};

const STORES: Readonly<Record<string, string>> = {
  i: "i32.store",
  I: "i64.store",
  F: "f64.store",
  v: "v128.store",
};

function sketch(
  { type, copies = COPIES }: InstructionCase,
  body: (a: number) => number[],
): ModuleSketch {
  const work = Array.from({ length: copies }, (_, i) => body(i % ACCUMULATORS)).flat();
  const counter = ACCUMULATORS + 1;
  // What nobody sees the compiler leaves out.
  const keep = Array.from({ length: ACCUMULATORS }, (_, i) =>
    code(["i32.const", ...sleb(64 * i)], get(i), [STORES[type] ?? "", 0, 0]),
  ).flat();
  return {
    // The turns come as a parameter behind the accumulators and the unknown operand.
    types: [`${type.repeat(ACCUMULATORS + 1)}i:`, "i:i", "i:"],
    functions: [
      {
        type: 0,
        code: [
          ...code(["loop", 0x40]),
          ...work,
          ...code(
            get(counter),
            ["i32.const", 1],
            "i32.sub",
            ["local.tee", counter],
            ["br_if", 0],
            "end",
          ),
          ...keep,
        ],
      },
      { type: 1, code: code(get(0), ["i32.const", 1], "i32.xor") },
      {
        type: 2,
        code: [
          ...Array.from({ length: ACCUMULATORS + 1 }, () => CONSTANTS[type] ?? []).flat(),
          ...code(get(0), ["call", 0]),
        ],
      },
    ],
    memories: [[0, ...leb(17)]],
    globals: [[0x7f, 1, ...code(["i32.const", 0]), 0x0b]],
    tables: [[0x70, 0, ...leb(2_000)]],
    exports: [{ name: "run", kind: 0, index: 2 }],
    elements: [[0, ...code(["i32.const", 0]), 0x0b, 1, 1]],
  };
}

function leastMs(module: ModuleSketch, turns: number): number {
  const compiled = new WebAssembly.Module(buildModule(module) as Uint8Array<ArrayBuffer>);
  const run = new WebAssembly.Instance(compiled).exports.run as (turns: number) => void;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < REPEATS; i++)
    least = Math.min(
      least,
      timeCpuMs(() => run(turns)),
    );
  return least;
}

/** Nanoseconds of one instruction in the raw module, the loop around it taken off. */
export function measureCase(one: InstructionCase): number {
  const { copies = COPIES, turns = TURNS } = one;
  const full = leastMs(sketch(one, one.once), turns);
  const empty = leastMs(
    sketch(one, () => []),
    turns,
  );
  return Math.max(0, ((full - empty) * 1e6) / (turns * copies));
}
