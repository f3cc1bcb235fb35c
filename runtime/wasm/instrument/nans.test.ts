import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MeteredInstance } from "../testing/meteredInstance.ts";
import { buildModule, code, type ModuleSketch } from "../testing/moduleBuilder.ts";
import type { Shape } from "./opcode.ts";
import { OPCODES } from "./opcodes.ts";
import { F32, F64, V128 } from "./valueTypes.ts";

const CANONICAL_F32 = 0x7fc0_0000;
const CANONICAL_F64 = 0x7ff8_0000_0000_0000n;
// NaNs with sign and payload, the second signalling.
const ODD_F32 = [0x42, 0x00, 0xe0, 0xff];
const ODD_F64 = [0x42, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf4, 0xff];
// Its first lane is a NaN whichever way it is read.
const ODD_VECTOR = [...ODD_F32, 0x00, 0x00, 0xf4, 0xff, ...ODD_F64];

function run(sketch: Omit<ModuleSketch, "exports">, ...values: (number | bigint)[]): unknown {
  const module = buildModule({
    memories: [[1, 1, 1]],
    ...sketch,
    exports: [{ name: "run", kind: 0, index: 0 }],
  });
  return new MeteredInstance(module).call("run", ...values);
}

const oddConstant = (type: number): number[] => {
  if (type === F32) return code(["f32.const", ...ODD_F32]);
  if (type === F64) return code(["f64.const", ...ODD_F64]);
  if (type === V128) return code(["v128.const", ...ODD_VECTOR]);
  return code([type === 0x7f ? "i32.const" : "i64.const", 0]);
};

// How the first lane's bits are looked at.
const LOOKS: Readonly<
  Record<Shape, { signature: string; look: number[]; canonical: number | bigint }>
> = {
  f32: { signature: ":i", look: code("i32.reinterpret_f32"), canonical: CANONICAL_F32 },
  f64: { signature: ":I", look: code("i64.reinterpret_f64"), canonical: CANONICAL_F64 },
  f32x4: { signature: ":i", look: code(["i32x4.extract_lane", 0]), canonical: CANONICAL_F32 },
  f64x2: { signature: ":I", look: code(["i64x2.extract_lane", 0]), canonical: CANONICAL_F64 },
};

describe("float arithmetic on NaNs", () => {
  for (const opcode of OPCODES) {
    if (!opcode?.nan.makes) continue;
    const { name, operands } = opcode;
    const { signature, look, canonical } = LOOKS[opcode.nan.makes];

    test(`${name} gives the canonical NaN`, () => {
      const body = [...operands.flatMap(oddConstant), ...code(name), ...look];
      assert.equal(run({ types: [signature], functions: [{ type: 0, code: body }] }), canonical);
    });
  }
});

const SUM = [...oddConstant(F64), ...oddConstant(F64), ...code("f64.add")];
const LOOK = code("i64.reinterpret_f64");

const PLACES: Record<string, Omit<ModuleSketch, "exports">> = {
  "in memory": {
    types: [":I"],
    functions: [
      {
        type: 0,
        code: [
          ...code(["i32.const", 0]),
          ...SUM,
          ...code(["f64.store", 3, 0], ["i32.const", 0], ["i64.load", 3, 0]),
        ],
      },
    ],
  },
  "after a local": {
    types: [":I"],
    functions: [
      {
        type: 0,
        locals: [[1, "F"]],
        code: [...SUM, ...code(["local.set", 0], ["local.get", 0]), ...LOOK],
      },
    ],
  },
  "after a local that is also read by arithmetic in a loop": {
    types: [":I"],
    functions: [
      {
        type: 0,
        locals: [
          [1, "F"],
          [1, "i"],
        ],
        code: [
          ...code(
            ["loop", 0x40],
            ["local.get", 0],
            ...([["f64.const", ...ODD_F64]] as [string, ...number[]][]),
            "f64.add",
          ),
          ...code(
            ["local.set", 0],
            ["local.get", 1],
            "i32.eqz",
            ["local.tee", 1],
            ["br_if", 0],
            "end",
          ),
          ...code(["local.get", 0]),
          ...LOOK,
        ],
      },
    ],
  },
  "through local.tee": {
    types: [":I"],
    functions: [
      {
        type: 0,
        locals: [[1, "F"]],
        code: [...SUM, ...code(["local.tee", 0], "drop", ["local.get", 0]), ...LOOK],
      },
    ],
  },
  "after a parameter was overwritten": {
    types: ["F:I"],
    functions: [{ type: 0, code: [...SUM, ...code(["local.set", 0], ["local.get", 0]), ...LOOK] }],
  },
  "copied from local to local": {
    types: [":I"],
    functions: [
      {
        type: 0,
        locals: [[2, "F"]],
        code: [
          ...SUM,
          ...code(["local.set", 0], ["local.get", 0], ["local.set", 1], ["local.get", 1]),
          ...LOOK,
        ],
      },
    ],
  },
  "passed to a function": {
    types: [":I", "F:I"],
    functions: [
      { type: 0, code: [...SUM, ...code(["call", 1])] },
      { type: 1, code: [...code(["local.get", 0]), ...LOOK] },
    ],
  },
  "returned from a function": {
    types: [":I", ":F"],
    functions: [
      { type: 0, code: [...code(["call", 1]), ...LOOK] },
      { type: 1, code: SUM },
    ],
  },
  "out of a block": {
    types: [":I"],
    functions: [
      { type: 0, code: [...code(["block", 0x7c]), ...SUM, ...code(["br", 0], "end"), ...LOOK] },
    ],
  },
  "in a global": {
    types: [":I"],
    globals: [[0x7c, 1, ...code(["f64.const", 0, 0, 0, 0, 0, 0, 0, 0]), 0x0b]],
    functions: [
      { type: 0, code: [...SUM, ...code(["global.set", 0], ["global.get", 0]), ...LOOK] },
    ],
  },
  "by select": {
    types: [":I"],
    functions: [{ type: 0, code: [...SUM, ...SUM, ...code(["i32.const", 1], "select"), ...LOOK] }],
  },
};

describe("the bits of a computed NaN are canonical wherever they can be seen:", () => {
  for (const [place, sketch] of Object.entries(PLACES)) {
    test(place, () => {
      const values = sketch.types?.[0]?.startsWith("F") ? [0] : [];
      assert.equal(run(sketch, ...values), CANONICAL_F64);
    });
  }

  test("as a sign", () => {
    // copysign(1, NaN) is 1 when the NaN is canonical, whose sign is plus.
    const one = code(["f64.const", 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    const body = [...one, ...SUM, ...code("f64.copysign")];
    assert.equal(run({ types: [":F"], functions: [{ type: 0, code: body }] }), 1);
  });
});

describe("a NaN that was not computed keeps its bits:", () => {
  const odd = 0xfff4_0000_0000_0042n;

  test("a constant, through locals, memory and a function", () => {
    const sketch: Omit<ModuleSketch, "exports"> = {
      types: [":I", "F:F"],
      functions: [
        {
          type: 0,
          locals: [[1, "F"]],
          code: [
            ...code(["i32.const", 0]),
            ...oddConstant(F64),
            ...code(
              ["local.tee", 0],
              ["call", 1],
              ["f64.store", 3, 0],
              ["i32.const", 0],
              ["f64.load", 3, 0],
            ),
            ...code(["local.set", 0], ["local.get", 0]),
            ...LOOK,
          ],
        },
        { type: 1, code: code(["local.get", 0]) },
      ],
    };
    assert.equal(BigInt.asUintN(64, run(sketch) as bigint), odd);
  });

  test("in a local that also holds sums", () => {
    const sketch: Omit<ModuleSketch, "exports"> = {
      types: [":I"],
      functions: [
        {
          type: 0,
          locals: [[1, "F"]],
          code: [
            ...SUM,
            ...code(["local.set", 0]),
            ...oddConstant(F64),
            ...code(["local.set", 0], ["local.get", 0]),
            ...LOOK,
          ],
        },
      ],
    };
    assert.equal(BigInt.asUintN(64, run(sketch) as bigint), odd);
  });
});

test("a sum that feeds a sum is made canonical once, a loop's sum outside of the loop", () => {
  const canonical = 0x61;
  const count = (body: number[], locals: (readonly [number, string])[]): number => {
    const module = buildModule({
      types: [":F"],
      functions: [{ type: 0, locals, code: body }],
      exports: [{ name: "run", kind: 0, index: 0 }],
    });
    const metered = new MeteredInstance(module);
    assert.ok(Number.isNaN(metered.call("run")));
    return metered.bytes.filter((byte, i) => byte === canonical && metered.bytes[i + 1] === 0x1b)
      .length;
  };
  assert.equal(count([...SUM, ...SUM, ...code("f64.add")], []), 1);
  const loop = code(["loop", 0x40], ["local.get", 0]);
  const turn = [
    ...oddConstant(F64),
    ...code("f64.add", ["local.set", 0], ["i32.const", 0], ["br_if", 0], "end"),
  ];
  assert.equal(count([...loop, ...turn, ...code(["local.get", 0])], [[1, "F"]]), 1);
});
