import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InvalidInput } from "../../types/errors.ts";
import { contractPolicy } from "../contractPolicy.ts";
import {
  buildModule,
  code,
  EMPTY_CONTRACT,
  leb,
  type ModuleSketch,
} from "../testing/moduleBuilder.ts";
import { HookBinding } from "../vmHooks.ts";
import { instrument } from "./instrument.ts";
import type { InvalidModule } from "./invalidModule.ts";
import { CONTRACT_LIMITS, type LimitName } from "./limits.ts";

const POLICY = contractPolicy(new HookBinding(undefined).offered);

function many<T>(count: number, item: T): T[] {
  return new Array<T>(count).fill(item);
}

/** What the module is refused for; `undefined` if it is accepted. */
function refusal(sketch: ModuleSketch): InvalidModule | undefined {
  try {
    instrument(buildModule({ ...EMPTY_CONTRACT, ...sketch }), POLICY);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInput) return error.facts as InvalidModule;
    throw error;
  }
}

const ENTRY = EMPTY_CONTRACT.functions?.[0] as NonNullable<ModuleSketch["functions"]>[number];
const withCode = (added: readonly number[]): Partial<ModuleSketch> => ({
  functions: [{ ...ENTRY, code: [...added, ...ENTRY.code] }],
});
const IMPORT = { module: "vm_hooks", name: "tx_ink_price", what: [0, 1] };
const NOPS = code("nop");

// Each builds a contract that has `size` of the thing.
const SKETCHES: Partial<Record<LimitName, (size: number) => Partial<ModuleSketch>>> = {
  types: (size) => ({ types: many(size, "i:i") }),
  signatureValues: (size) => ({ types: ["i:i", `${"i".repeat(size)}:`] }),
  imports: (size) => ({
    types: ["i:i", ":i"],
    imports: many(size, IMPORT),
    exports: [
      { name: "memory", kind: 2, index: 0 },
      { name: "user_entrypoint", kind: 0, index: size },
    ],
  }),
  functions: (size) => ({ functions: many(size, ENTRY) }),
  tables: (size) => ({ tables: many(size, [0x70, 0, 0]) }),
  tableElements: (size) => ({ tables: [[0x70, 0, ...leb(size)]] }),
  memoryPages: (size) => ({ memories: [[0, ...leb(size)]] }),
  globals: (size) => ({ globals: many(size, [0x7f, 0, ...code(["i32.const", 0]), 0x0b]) }),
  exports: (size) => ({
    exports: [
      ...(EMPTY_CONTRACT.exports ?? []),
      ...Array.from({ length: size - 2 }, (_, i) => ({ name: `e${i}`, kind: 0, index: 0 })),
    ],
  }),
  nameBytes: (size) => ({
    exports: [...(EMPTY_CONTRACT.exports ?? []), { name: "n".repeat(size), kind: 0, index: 0 }],
  }),
  elementSegments: (size) => ({
    tables: [[0x70, 0, 1]],
    elements: many(size, [0, ...code(["i32.const", 0]), 0x0b, 1, 0]),
  }),
  dataSegments: (size) => ({ data: many(size, [0, ...code(["i32.const", 0]), 0x0b, 0]) }),
  // The body holds a count of local groups, a constant and `end` besides.
  functionBytes: (size) => withCode(many(size - 4, NOPS).flat()),
  locals: (size) => ({ functions: [{ ...ENTRY, locals: [[size - 1, "i"]] }] }),
  // The function itself is the outermost block.
  nesting: (size) =>
    withCode([...many(size - 1, code(["block", 0x40])).flat(), ...many(size - 1, 0x0b)]),
  branchTargets: (size) =>
    withCode(
      code(
        ["block", 0x40],
        ["i32.const", 0],
        ["br_table", ...leb(size - 1), ...many(size, 0)],
        "end",
      ),
    ),
};

describe("a module's limits", () => {
  for (const [limit, sketch] of Object.entries(SKETCHES) as [
    LimitName,
    (typeof SKETCHES)["types"],
  ][]) {
    const max = CONTRACT_LIMITS[limit];

    test(`${limit}: ${max} are accepted, one more is refused with its size`, () => {
      assert.equal(refusal(sketch?.(max) ?? {}), undefined);
      const facts = refusal(sketch?.(max + 1) ?? {});
      const inFunction = ["functionBytes", "locals", "nesting", "branchTargets"].includes(limit);
      assert.deepEqual(facts, {
        code: "LIMIT_EXCEEDED",
        limit,
        size: max + 1,
        max,
        functionIndex: inFunction ? 0 : undefined,
      });
    });
  }

  test("moduleBytes: counts custom sections, which are dropped", () => {
    const contract = buildModule(EMPTY_CONTRACT);
    const padded = (bytes: number): Uint8Array => {
      const content = bytes - contract.length - 4;
      const module = new Uint8Array(bytes);
      module.set(contract);
      module.set([0, ...leb(content)], contract.length);
      // The custom section's own name is empty.
      return module;
    };
    const max = CONTRACT_LIMITS.moduleBytes;
    assert.deepEqual(instrument(padded(max), POLICY), instrument(contract, POLICY));
    assert.throws(() => instrument(padded(max + 1), POLICY), {
      facts: {
        code: "LIMIT_EXCEEDED",
        limit: "moduleBytes",
        size: max + 1,
        max,
        functionIndex: undefined,
      },
    });
  });

  test("instrumentedBytes: a small module that grows too much is refused", () => {
    // Every branch ends a segment of the charge; 3 bytes become about 20.
    const branches = many(24_000, code(["i32.const", 0], ["br_if", 0])).flat();
    const functions = many(4, { type: 1, code: branches });
    const facts = refusal({ types: ["i:i", ":"], functions: [ENTRY, ...functions] });
    assert.equal(facts?.code === "LIMIT_EXCEEDED" && facts.limit, "instrumentedBytes");
  });

  test("tableElements: holds for the items of a segment that no table takes at once", () => {
    const segment = (items: number): Partial<ModuleSketch> => ({
      elements: [[1, 0, ...leb(items), ...new Array<number>(items).fill(0)]],
    });
    const max = CONTRACT_LIMITS.tableElements;
    assert.equal(refusal(segment(max)), undefined);
    const facts = refusal(segment(max + 1));
    assert.equal(facts?.code === "LIMIT_EXCEEDED" && facts.limit, "tableElements");
  });

  test("frameBytes: locals and operands count together, vectors as sixteen bytes", () => {
    const vectors = (count: number): Partial<ModuleSketch> => ({
      functions: [{ ...ENTRY, locals: [[count, "v"]] }],
    });
    assert.equal(refusal(vectors(1_000)), undefined);
    const facts = refusal(vectors(1_020));
    assert.equal(facts?.code === "LIMIT_EXCEEDED" && facts.limit, "frameBytes");
  });

  test("the message names what, how much, where and the bound", () => {
    const module = buildModule({
      ...EMPTY_CONTRACT,
      functions: [{ ...ENTRY, locals: [[2_000, "i"]] }],
    });
    assert.throws(() => instrument(module, POLICY), {
      name: "InvalidInput",
      message: "the module has 2001 parameters and locals in function 0; the limit is 1024",
    });
  });
});
