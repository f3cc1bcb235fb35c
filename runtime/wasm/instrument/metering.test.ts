import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MeteredInstance, OPEN_POLICY } from "../testing/meteredInstance.ts";
import { buildModule, code, leb, type ModuleSketch, sleb } from "../testing/moduleBuilder.ts";
import { pagesInk, WEIGHTS } from "../weights.ts";
import { FAULTS } from "./meterNames.ts";

const { instructions: ink } = WEIGHTS;

function instance(sketch: ModuleSketch, imports?: WebAssembly.Imports): MeteredInstance {
  return new MeteredInstance(buildModule(sketch), imports);
}

const shown = (name: string, index: number) => ({ name, kind: 0, index });

function single(signature: string, ...body: number[]): MeteredInstance {
  return instance({
    types: [signature],
    functions: [{ type: 0, code: body }],
    memories: [[1, 1, 4]],
    exports: [shown("run", 0)],
  });
}

describe("gas", () => {
  test("is the sum of what the instructions cost", () => {
    const run = single(
      "i:i",
      ...code(["local.get", 0], ["i32.const", 3], "i32.mul", ["local.tee", 0]),
    );
    assert.equal(run.inkOf("run", 5), 3 * ink.local + ink.multiply);
  });

  test("is charged for the way that was taken only", () => {
    const run = single(
      "i:i",
      ...code(["local.get", 0], ["if", 0x7f], ["i32.const", 1], "else"),
      ...code(["i32.const", 8], ["i32.const", 2], "i32.div_u", "end"),
    );
    const before = ink.local + ink.branch;
    assert.equal(run.inkOf("run", 1), before + ink.local);
    assert.equal(run.inkOf("run", 0), before + 2 * ink.local + ink.divide);
  });

  test("of what follows a branch is charged whichever way control came there", () => {
    const skip = code(
      ["block", 0x40],
      ["local.get", 0],
      ["br_if", 0],
      ["i32.const", 9],
      "drop",
      "end",
    );
    const choose = code(["local.get", 0], ["if", 0x40], ["i32.const", 9], "drop", "end");
    for (const choice of [skip, choose]) {
      const run = single(
        "i:i",
        ...choice,
        ...code(["i32.const", 6], ["i32.const", 2], "i32.div_u"),
      );
      const always = ink.local + ink.branch + 2 * ink.local + ink.divide;
      const [taken, inside] = [run.inkOf("run", 1), run.inkOf("run", 0)];
      const optional = ink.local + ink.simple;
      assert.deepEqual(
        [taken, inside].sort((a, b) => a - b),
        [always, always + optional],
      );
    }
  });

  test("is charged for every turn of a loop", () => {
    const run = single(
      "i:",
      ...code(["loop", 0x40], ["local.get", 0], ["i32.const", 1], "i32.sub", ["local.tee", 0]),
      ...code(["br_if", 0], "end"),
    );
    const turn = 3 * ink.local + ink.simple + ink.branch;
    assert.equal(run.inkOf("run", 1), turn);
    assert.equal(run.inkOf("run", 1_000), 1_000 * turn);
  });

  test("that suffices to the last ink lets a call end, one ink less stops it", () => {
    const run = single("i:i", ...code(["local.get", 0], ["local.get", 0], "i32.add"));
    const price = run.inkOf("run", 1);
    run.refill(price);
    assert.equal(run.call("run", 4), 8);
    assert.equal(run.get("gas"), 0);
    run.refill(price - 1);
    assert.throws(() => run.call("run", 4), WebAssembly.RuntimeError);
  });
});

describe("gas over calls", () => {
  test("of functions called, directly and through a table, is added up", () => {
    const run = instance({
      types: ["i:i"],
      functions: [
        {
          type: 0,
          code: code(["local.get", 0], ["call", 1], ["i32.const", 0], ["call_indirect", 0, 0]),
        },
        { type: 0, code: code(["local.get", 0], "i32.eqz") },
      ],
      tables: [[0x70, 0, 1]],
      elements: [[0, ...code(["i32.const", 0]), 0x0b, 1, 1]],
      exports: [shown("run", 0)],
    });
    const callee = ink.local + ink.simple;
    assert.equal(run.inkOf("run", 0), 2 * ink.local + ink.call + ink.callIndirect + 2 * callee);
    assert.equal(run.call("run", 0), 0);
  });

  test("is shown to the host at an import, which may take of it", () => {
    const seen: number[] = [];
    const run: MeteredInstance = instance(
      {
        types: [":"],
        imports: [{ module: "m", name: "f", what: [0, 0] }],
        functions: [{ type: 0, code: code(["call", 0], ["call", 0]) }],
        exports: [shown("run", 1)],
      },
      {
        m: {
          f: () => {
            seen.push(run.get("gas"));
            run.set("gas", run.get("gas") - 1_000);
          },
        },
      },
    );
    run.refill(100_000);
    run.call("run");
    assert.deepEqual(seen, [100_000 - 2 * ink.call, 99_000 - 2 * ink.call]);
    assert.equal(run.get("gas"), 98_000 - 2 * ink.call);
  });

  test("passes through an imported function in a table", () => {
    const run: MeteredInstance = instance(
      {
        types: ["i:i"],
        imports: [{ module: "m", name: "f", what: [0, 0] }],
        functions: [
          { type: 0, code: code(["local.get", 0], ["i32.const", 0], ["call_indirect", 0, 0]) },
        ],
        tables: [[0x70, 0, 1]],
        elements: [[0, ...code(["i32.const", 0]), 0x0b, 1, 0]],
        exports: [shown("run", 1)],
      },
      {
        m: {
          f: (value: number) => {
            run.set("gas", run.get("gas") - 5);
            return value + 1;
          },
        },
      },
    );
    assert.equal(run.inkOf("run", 1), 2 * ink.local + ink.callIndirect + 5);
    assert.equal(run.call("run", 41), 42);
  });
});

describe("gas of what is done by length or by the host", () => {
  test("of bulk memory instructions goes by length, before anything is touched", () => {
    const fill = code(["i32.const", 0], ["i32.const", 1], ["local.get", 0], ["memory.fill", 0]);
    const run = single("i:", ...fill);
    const fixed = 3 * ink.local + ink.bulk;
    assert.equal(run.inkOf("run", 0), fixed);
    assert.equal(run.inkOf("run", 5_000), fixed + 5_000 * WEIGHTS.bulkByte);
    run.refill(fixed + 4_999 * WEIGHTS.bulkByte);
    assert.throws(() => run.call("run", 5_000), WebAssembly.RuntimeError);
    // A length of -1 is 4,294,967,295 bytes, and costs so much that the bounds are never looked at.
    run.refill(2 ** 39);
    assert.throws(() => run.call("run", -1), WebAssembly.RuntimeError);
  });

  test("of table instructions goes by length", () => {
    const run = instance({
      types: ["i:i"],
      functions: [{ type: 0, code: code(["ref.null", 0x70], ["local.get", 0], ["table.grow", 0]) }],
      tables: [[0x70, 0, 1]],
      exports: [shown("run", 0)],
    });
    const fixed = ink.reference + ink.local + ink.bulk;
    assert.equal(run.inkOf("run", 7), fixed + 7 * WEIGHTS.tableElement);
  });

  test("of the start function is charged when the host runs it, not before", () => {
    const run = instance({
      types: [":", ":i"],
      functions: [
        { type: 0, code: code(["i32.const", 7], ["global.set", 0]) },
        { type: 1, code: code(["global.get", 0]) },
      ],
      globals: [[0x7f, 1, ...code(["i32.const", 1]), 0x0b]],
      exports: [shown("run", 1)],
      start: 0,
    });
    assert.equal(run.call("run"), 1);
    assert.equal(run.inkOf("delchain:start"), ink.local + ink.global);
    assert.equal(run.call("run"), 7);
  });
});

describe("growing memory", () => {
  const grow = (max: number): MeteredInstance =>
    instance({
      types: ["i:i"],
      functions: [{ type: 0, code: code(["local.get", 0], ["memory.grow", 0]) }],
      memories: [[1, 1, ...leb(max)]],
      exports: [shown("run", 0)],
    });
  const fixed = ink.local + ink.grow;

  test("costs more the more pages are open, and counts them", () => {
    const run = grow(100);
    run.set("pages", 10);
    assert.equal(run.inkOf("run", 3), fixed + pagesInk(WEIGHTS, 10, 3));
    assert.equal(run.get("pages"), 13);
    assert.equal(run.call("run", 0), 4);
  });

  test("fails at the declared maximum and at the transaction's, for the fixed price", () => {
    const run = grow(8);
    run.set("pages", 1);
    assert.equal(run.call("run", 8), -1);
    assert.equal(run.call("run", -1), -1);
    assert.equal(run.inkOf("run", 8), fixed);
    run.set("pages", OPEN_POLICY.transactionPages - 2);
    assert.equal(run.call("run", 3), -1);
    assert.equal(run.call("run", 2), 1);
  });

  test("stops a guest that cannot pay", () => {
    const run = grow(100);
    run.refill(fixed + pagesInk(WEIGHTS, 0, 3) - 1);
    assert.throws(() => run.call("run", 3), WebAssembly.RuntimeError);
    assert.equal(run.get("fault"), FAULTS.gas);
  });

  test("cannot pass the limit of a contract, whatever maximum it declares", () => {
    const run = grow(1_000);
    assert.equal(run.call("run", 128), -1);
    assert.equal(run.call("run", 127), 1);
  });
});

describe("the logical stack", () => {
  // Counts how deep it comes, in a global.
  const descending = (signature: string, locals: (readonly [number, string])[], call: number[]) =>
    instance({
      types: [signature, ":i"],
      functions: [
        {
          type: 0,
          locals,
          code: [
            ...code(["global.get", 0], ["i32.const", 1], "i32.add", ["global.set", 0]),
            ...call,
          ],
        },
        { type: 1, code: code(["global.get", 0]) },
      ],
      globals: [[0x7f, 1, ...code(["i32.const", 0]), 0x0b]],
      exports: [shown("run", 0), shown("depth", 1)],
    });
  const depthOf = (run: MeteredInstance): number => {
    run.refill();
    assert.throws(() => run.call("run"), WebAssembly.RuntimeError);
    assert.equal(run.get("fault"), FAULTS.stack);
    return run.call("depth") as number;
  };

  test("stops recursion by rule, before the engine does", () => {
    const depth = depthOf(descending(":", [], code(["call", 0])));
    assert.ok(depth > 1_000 && depth < 3_000, `${depth}`);
  });

  test("counts eight bytes for a local and sixteen for a vector", () => {
    const scalar = depthOf(descending(":", [[100, "I"]], code(["call", 0])));
    const vector = depthOf(descending(":", [[50, "v"]], code(["call", 0])));
    assert.equal(scalar, vector);
    const operands = code(...new Array(50).fill(["i64.const", 0]), ["call", 0]);
    const dropped = code(...new Array(50).fill("drop"));
    const held = depthOf(descending(":", [[50, "I"]], [...operands, ...dropped]));
    // Incrementing the global holds two operands at once, which the fifty reach too.
    assert.ok(Math.abs(held - scalar) <= scalar / 50, `${held} and ${scalar}`);
  });

  test("is given back by a tail call: a loop of a million calls ends", () => {
    const run = instance({
      types: ["i:i"],
      functions: [
        {
          type: 0,
          code: code(
            ["local.get", 0],
            "i32.eqz",
            ["if", 0x40],
            ["i32.const", 9],
            "return",
            "end",
            ["local.get", 0],
            ["i32.const", 1],
            "i32.sub",
            ["return_call", 0],
          ),
        },
      ],
      exports: [shown("run", 0)],
    });
    assert.equal(run.call("run", 1_000_000), 9);
  });

  test("stops with too little left, although gas is plenty, and says which it was", () => {
    const run = descending(":", [], code(["call", 0]));
    run.refill(2 ** 50, 64);
    assert.throws(() => run.call("run"), WebAssembly.RuntimeError);
    assert.equal(run.get("fault"), FAULTS.stack);
    run.refill(0, 64);
    assert.throws(() => run.call("run"), WebAssembly.RuntimeError);
    assert.equal(run.get("fault"), FAULTS.gas);
  });
});

test("the module's own unreachable notes itself, so that it is not taken for gas", () => {
  const run = single(":", ...code("unreachable"));
  assert.throws(() => run.call("run"), WebAssembly.RuntimeError);
  assert.equal(run.get("fault"), FAULTS.trap);
});

test("code that can never run is dropped, and what follows it still runs", () => {
  const run = single(
    "i:i",
    ...code(
      ["block", 0x7f],
      ["i32.const", 5],
      ["br", 0],
      "i32.add",
      "drop",
      ["block", 0x40],
      "end",
    ),
    ...code(
      ["i64.const", ...sleb(-1)],
      "drop",
      ["i32.const", 1],
      "end",
      ["local.get", 0],
      "i32.add",
    ),
  );
  assert.equal(run.call("run", 2), 7);
});
