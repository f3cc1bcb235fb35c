import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InvalidInput } from "../../types/errors.ts";
import { contractPolicy } from "../contractPolicy.ts";
import { buildModule, code, EMPTY_CONTRACT, type ModuleSketch } from "../testing/moduleBuilder.ts";
import { CONSTRUCTED_PROBE, PROBE } from "../testing/probe.ts";
import { HookBinding } from "../vmHooks.ts";
import { instrument } from "./instrument.ts";
import type { InvalidModule } from "./invalidModule.ts";

const POLICY = contractPolicy(new HookBinding(undefined).offered);
const ENTRY = EMPTY_CONTRACT.functions?.[0] as NonNullable<ModuleSketch["functions"]>[number];

function refusalOf(module: Uint8Array): InvalidModule {
  try {
    instrument(module, POLICY);
  } catch (error) {
    if (error instanceof InvalidInput) return error.facts as InvalidModule;
    throw error;
  }
  return assert.fail("the module was accepted");
}

const refusal = (sketch: ModuleSketch): InvalidModule =>
  refusalOf(buildModule({ ...EMPTY_CONTRACT, ...sketch }));
const withCode = (...bytes: number[]): ModuleSketch => ({
  functions: [{ ...ENTRY, code: [...bytes, ...ENTRY.code] }],
});
const importing = (module: string, name: string, what: number[]): InvalidModule =>
  refusal({
    ...(what[0] === 2 ? { memories: [] } : {}),
    types: ["i:i", "I:i", "ii:"],
    imports: [{ module, name, what }],
    exports: [
      { name: "memory", kind: 2, index: 0 },
      { name: "user_entrypoint", kind: 0, index: what[0] === 0 ? 1 : 0 },
    ],
  });

describe("a contract's module", () => {
  test("compiled C passes, and gives the same bytes each time", () => {
    assert.deepEqual(instrument(PROBE, POLICY), instrument(PROBE.slice(), POLICY));
    assert.ok(instrument(CONSTRUCTED_PROBE, POLICY).length > CONSTRUCTED_PROBE.length);
  });

  test("that fails the engine's validation is refused without the engine's words", () => {
    assert.deepEqual(refusal(withCode(...code(["i64.const", 0], "i32.eqz", "drop"))), {
      code: "NOT_VALID",
    });
  });

  test("that ends early is malformed, with the place", () => {
    const module = buildModule(EMPTY_CONTRACT);
    assert.deepEqual(refusalOf(module.subarray(0, 12)), {
      code: "MALFORMED",
      offset: 10,
      reason: "the bytes end too early",
    });
    assert.equal(refusalOf(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46)).code, "MALFORMED");
  });
});

describe("a module beyond core WebAssembly", () => {
  test("of another kind than core WebAssembly is refused by feature, with the place", () => {
    const features: [ModuleSketch, string][] = [
      [{ memories: [[3, 1, 1]] }, "shared or 64-bit memory, or a page size"],
      [{ memories: [[4, 1]] }, "shared or 64-bit memory, or a page size"],
      [
        {
          memories: [
            [0, 1],
            [0, 1],
          ],
        },
        "several memories",
      ],
      [{ tables: [[0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b]] }, "a table with an initial value"],
      [{ tables: [[0x64, 0, 0, 1]] }, "reference type 0x64"],
      [{ globals: [[0x6e, 0, 0xd0, 0x6e, 0x0b]] }, "value type 0x6e"],
      [{ imports: [{ module: "m", name: "tag", what: [4, 0, 0] }] }, "import kind 4"],
    ];
    for (const [sketch, feature] of features) {
      const facts = refusal(sketch);
      assert.equal(facts.code === "FEATURE_REFUSED" && facts.feature, feature);
      assert.ok(facts.code === "FEATURE_REFUSED" && facts.offset >= 0);
    }
    // A structure type, and a tag section.
    const head = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    assert.deepEqual(refusalOf(Uint8Array.of(...head, 1, 4, 1, 0x5f, 0, 0)), {
      code: "FEATURE_REFUSED",
      feature: "type form 0x5f",
      offset: 11,
    });
    assert.deepEqual(refusalOf(Uint8Array.of(...head, 13, 1, 0)), {
      code: "FEATURE_REFUSED",
      feature: "section 13",
      offset: 8,
    });
  });

  test("with an instruction outside of the list is refused by opcode, in code that never runs too", () => {
    const opcodes: [number[], string][] = [
      [[0xfe, 0x03, 0x00], "0xfe"],
      [[0xfd, 0x80, 0x02], "0xfd 0x100"],
      [[0xfd, 0x9a, 0x01], "0xfd 0x9a"],
      [[0xfc, 0x12], "0xfc 0x12"],
      [[0x06, 0x40], "0x6"],
      [[0x08, 0x00], "0x8"],
      [[0x14, 0x00], "0x14"],
      [[0x1f, 0x40, 0x00], "0x1f"],
      [[0xd3], "0xd3"],
      [[0xfb, 0x00], "0xfb"],
    ];
    for (const [bytes, opcode] of opcodes) {
      for (const prefix of [[], code("unreachable")]) {
        const facts = refusal(withCode(...prefix, ...bytes));
        assert.equal(facts.code === "OPCODE_REFUSED" && facts.opcode, opcode);
      }
    }
  });
});

describe("the boundary of a contract's module", () => {
  test("may import the host's functions with the host's types, and nothing else", () => {
    const reasons: [InvalidModule, string][] = [
      [importing("vm_hooks", "read_clock", [0, 0]), "the host has no such function"],
      [importing("env", "read_args", [0, 0]), "the host has no such function"],
      [importing("__proto__", "toString", [0, 0]), "the host has no such function"],
      [importing("vm_hooks", "constructor", [0, 0]), "the host has no such function"],
      [importing("console", "log_i32", [0, 0]), "the host has no such function"],
      [importing("vm_hooks", "read_args", [0, 1]), "the host's function has another type"],
      [importing("env", "memory", [2, 0, 1]), "a memory cannot be imported"],
      [importing("env", "table", [1, 0x70, 0, 1]), "a table cannot be imported"],
      [importing("env", "base", [3, 0x7f, 0]), "a global cannot be imported"],
    ];
    for (const [facts, reason] of reasons) {
      assert.equal(facts.code === "IMPORT_REFUSED" && facts.reason, reason);
    }
  });

  test("must export its memory and an entry point of the right type", () => {
    const memory = { name: "memory", kind: 2, index: 0 };
    const entry = { name: "user_entrypoint", kind: 0, index: 0 };
    const named = (sketch: ModuleSketch): string | false => {
      const facts = refusal(sketch);
      return facts.code === "EXPORT_REFUSED" && facts.name;
    };
    assert.equal(named({ exports: [entry] }), "memory");
    assert.equal(named({ exports: [memory] }), "user_entrypoint");
    assert.equal(named({ types: ["I:i"], exports: [memory, entry] }), "user_entrypoint");
    const creation = { name: "user_constructor", kind: 0, index: 1 };
    const functions = [ENTRY, { type: 1, code: [] }];
    const sketch = { types: ["i:i", ":"], functions, exports: [memory, entry, creation] };
    assert.equal(named(sketch), "user_constructor");
  });

  test("may not use the host's names, nor let host references out", () => {
    const exports = EMPTY_CONTRACT.exports ?? [];
    const nameOf = (sketch: ModuleSketch): string | false => {
      const facts = refusal(sketch);
      return facts.code === "EXPORT_REFUSED" && facts.name;
    };
    assert.equal(
      nameOf({ exports: [...exports, { name: "delchain:gas", kind: 0, index: 0 }] }),
      "delchain:gas",
    );
    const leak = { name: "leak", index: 1 };
    const functions = [ENTRY, { type: 1, code: code(["ref.null", 0x6f]) }];
    assert.equal(
      nameOf({ types: ["i:i", ":x"], functions, exports: [...exports, { ...leak, kind: 0 }] }),
      "leak",
    );
    const tables = [[0x6f, 0, 1]];
    assert.equal(nameOf({ tables, exports: [...exports, { ...leak, index: 0, kind: 1 }] }), "leak");
    const globals = [[0x6f, 0, 0xd0, 0x6f, 0x0b]];
    assert.equal(
      nameOf({ globals, exports: [...exports, { ...leak, index: 0, kind: 3 }] }),
      "leak",
    );
  });
});

describe("the layout of a contract's module", () => {
  test("sections that stand twice, out of order or longer than their content are malformed", () => {
    const module = buildModule(EMPTY_CONTRACT);
    const types = [...module.subarray(8, 16)];
    const twice = Uint8Array.of(...module.subarray(0, 16), ...types, ...module.subarray(16));
    assert.equal(refusalOf(twice).code, "MALFORMED");
    const longer = module.slice();
    longer[9] = 7;
    assert.equal(refusalOf(longer).code, "MALFORMED");
  });
});
