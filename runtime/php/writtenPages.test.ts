import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildModule, code, leb, sleb } from "../wasm/testing/moduleBuilder.ts";
import { markWrittenPages, PAGE_BYTES, WRITTEN_EXPORT } from "./writtenPages.ts";

type Instruction = string | readonly [string, ...number[]];

/** Runs the instructions in a marked module and answers the pages that they marked. */
function marked(...instructions: readonly Instruction[]): { pages: number[]; memory: Uint8Array } {
  const module = buildModule({
    types: [":"],
    functions: [{ type: 0, locals: [[1, "i"]], code: code(...instructions) }],
    memories: [[0, 1]],
    exports: [
      { name: "memory", kind: 2, index: 0 },
      { name: "run", kind: 0, index: 0 },
    ],
    dataCount: 1,
    data: [[1, ...leb(4), 1, 2, 3, 4]],
  });
  const bytes = markWrittenPages(module) as Uint8Array<ArrayBuffer>;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  (exports.run as () => void)();
  const written = new Uint8Array((exports[WRITTEN_EXPORT] as WebAssembly.Memory).buffer);
  const pages: number[] = [];
  for (let page = written.indexOf(1); page >= 0; page = written.indexOf(1, page + 1)) {
    pages.push(page);
  }
  return { pages, memory: new Uint8Array((exports.memory as WebAssembly.Memory).buffer) };
}

const address = (at: number): Instruction => ["i32.const", ...sleb(at)];

/** By store: how its value is made. */
const STORES: Readonly<Record<string, Instruction>> = {
  "i32.store": ["i32.const", ...sleb(-1)],
  "i64.store": ["i64.const", ...sleb(-1)],
  "f32.store": ["f32.const", 1, 1, 1, 1],
  "f64.store": ["f64.const", 1, 1, 1, 1, 1, 1, 1, 1],
  "i32.store8": ["i32.const", ...sleb(-1)],
  "i32.store16": ["i32.const", ...sleb(-1)],
  "i64.store8": ["i64.const", ...sleb(-1)],
  "i64.store16": ["i64.const", ...sleb(-1)],
  "i64.store32": ["i64.const", ...sleb(-1)],
};

describe("the pages that code writes are marked", () => {
  for (const [store, value] of Object.entries(STORES)) {
    test(`${store}: by its address, and by its offset where that reaches further than a page`, () => {
      assert.deepEqual(marked(address(5 * PAGE_BYTES), value, [store, 0, ...leb(4)]).pages, [5]);
      const far = marked(address(5 * PAGE_BYTES), value, [store, 0, ...leb(3 * PAGE_BYTES)]);
      assert.deepEqual(far.pages, [8]);
      // The last bytes that the mark of a page stands for, and the first that it does not.
      const near = marked(address(5 * PAGE_BYTES + 4_095), value, [store, 0, ...leb(4_088)]);
      assert.deepEqual(near.pages, [5]);
      const border = marked(address(5 * PAGE_BYTES + 4_095), value, [store, 0, ...leb(4_089)]);
      assert.deepEqual(border.pages, [6]);
    });
  }

  test("every byte that differs lies in a marked page or the one behind it, whatever the place", () => {
    for (const offset of [0, 1, 4_087, 4_088, 4_089, 4_095, 4_096, 100_000]) {
      for (const at of [0, 4_089, 4_095, 40_960, 77_777]) {
        const value = STORES["i64.store"] as Instruction;
        const { pages, memory } = marked(address(at), value, ["i64.store", 0, ...leb(offset)]);
        for (const byte of [at + offset, at + offset + 7]) {
          assert.equal(memory[byte], 0xff);
          const page = Math.floor(byte / PAGE_BYTES);
          assert.ok(pages.includes(page) || pages.includes(page - 1), `${at} + ${offset}`);
        }
      }
    }
  });

  test("bulk instructions mark from the first byte to the last, and the stack is as before", () => {
    const [from, length] = [2 * PAGE_BYTES + 1, 2 * PAGE_BYTES];
    const cases: readonly Instruction[][] = [
      [address(from), address(7), address(length), ["memory.fill", 0]],
      [address(from), address(0), address(length), ["memory.copy", 0, 0]],
    ];
    for (const one of cases) assert.deepEqual(marked(...one).pages, [2, 3, 4]);
    const filled = marked(...(cases[0] ?? []));
    assert.deepEqual([filled.memory[from - 1], filled.memory[from]], [0, 7]);
  });

  test("what writes without a mark, or changes what no snapshot has, is refused", () => {
    const vector: Instruction = ["v128.const", ...new Array<number>(16).fill(0)];
    const cases: Readonly<Record<string, readonly Instruction[]>> = {
      "v128.store": [address(0), vector, ["v128.store", 0, 0]],
      "v128.store8_lane": [address(0), vector, ["v128.store8_lane", 0, 0, 0]],
      "memory.init": [address(0), address(0), address(0), ["memory.init", 0, 0]],
      "data.drop": [["data.drop", 0]],
      "memory.grow": [address(0), ["memory.grow", 0], "drop"],
    };
    for (const [name, instructions] of Object.entries(cases)) {
      assert.throws(() => marked(...instructions), new RegExp(`${name} in an interpreter`));
    }
  });
});
