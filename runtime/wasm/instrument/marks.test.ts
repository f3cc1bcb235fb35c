import assert from "node:assert/strict";
import { test } from "node:test";
import { profilerFunction } from "../profilerFunction.ts";
import { MeteredInstance, OPEN_POLICY } from "../testing/meteredInstance.ts";
import { buildModule, code } from "../testing/moduleBuilder.ts";
import { instrumentForProfile } from "./instrument.ts";
import { METER_EXPORTS } from "./meterNames.ts";

const INK = 2 ** 50;

// (n) -> 50 / n, after counting down from 3: a segment, a loop of three rounds, a division that may trap.
const MODULE = buildModule({
  types: ["i:i"],
  functions: [
    {
      type: 0,
      locals: [[1, "i"]],
      code: [
        ...code(["i32.const", 3], ["local.set", 1], ["loop", 0x40]),
        ...code(
          ["local.get", 1],
          ["i32.const", 1],
          "i32.sub",
          ["local.tee", 1],
          ["br_if", 0],
          "end",
        ),
        ...code(["i32.const", 50], ["local.get", 0], "i32.div_u"),
      ],
    },
  ],
  exports: [{ name: "run", kind: 0, index: 0 }],
});
const I32_SUB = 0x6b;
const I32_DIV_U = 0x6e;

type Reached = {
  readonly kind: string;
  readonly opcodes: readonly number[];
  readonly price: number;
};

function profiled(argument: number): { reached: Reached[]; used: number; result: unknown } {
  const { module, marks } = instrumentForProfile(MODULE, OPEN_POLICY);
  const instance = new WebAssembly.Instance(
    new WebAssembly.Module(module as Uint8Array<ArrayBuffer>),
  );
  const { exports } = instance;
  const reached: Reached[] = [];
  const tell = profilerFunction((at) => {
    const { kind, positions, inks } = marks[at] as (typeof marks)[number];
    const opcodes = positions.map((position) => MODULE[position] as number);
    reached.push({ kind, opcodes, price: inks.reduce((sum, ink) => sum + ink, 0) });
  });
  (exports[METER_EXPORTS.profiler] as WebAssembly.Table).set(0, tell);
  const gas = exports[METER_EXPORTS.gas] as WebAssembly.Global;
  gas.value = INK;
  (exports[METER_EXPORTS.stack] as WebAssembly.Global).value = 2 ** 18;
  let result: unknown;
  try {
    result = (exports.run as (n: number) => number)(argument);
  } catch (trap) {
    result = trap;
  }
  return { reached, used: INK - gas.value, result };
}

test("a profiled module counts the gas that the metered one does, which is what its segments cost", () => {
  const { reached, used, result } = profiled(5);
  assert.equal(result, 10);
  assert.equal(used, new MeteredInstance(MODULE).inkOf("run", 5));
  assert.equal(
    used,
    reached.reduce((sum, { price }) => sum + price, 0),
  );
});

test("a loop is reached once a round, by the positions of its instructions", () => {
  const rounds = profiled(5).reached.filter(({ opcodes }) => opcodes.includes(I32_SUB));
  assert.equal(rounds.length, 3);
});

test("what traps is reached before it does", () => {
  const { reached, result } = profiled(0);
  assert.ok(result instanceof WebAssembly.RuntimeError);
  const last = reached.at(-1);
  assert.deepEqual([last?.kind, last?.opcodes.at(-1)], ["within", I32_DIV_U]);
});

test("one function alone can have marks, and the module counts the same gas", () => {
  const all = instrumentForProfile(MODULE, OPEN_POLICY);
  assert.deepEqual(instrumentForProfile(MODULE, OPEN_POLICY, 0), all);
  const { module, marks } = instrumentForProfile(MODULE, OPEN_POLICY, 1);
  assert.deepEqual(marks, []);
  const bytes = module as Uint8Array<ArrayBuffer>;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const gas = exports[METER_EXPORTS.gas] as WebAssembly.Global;
  (exports[METER_EXPORTS.stack] as WebAssembly.Global).value = 2 ** 20;
  gas.value = INK;
  (exports.run as (n: number) => number)(5);
  assert.equal(INK - gas.value, new MeteredInstance(MODULE).inkOf("run", 5));
});
