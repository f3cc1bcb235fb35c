import assert from "node:assert/strict";
import { test } from "node:test";
import binaryen from "binaryen";
import { optimizeModule } from "./optimize.ts";

const TEXT = `(module
  (import "teavmMath" "ceil" (func $ceil (param f64) (result f64)))
  (import "teavm" "logInt" (func $log (param i32)))
  (memory (export "memory") 1)
  (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
  (func (export "user_entrypoint") (param i32) (result i32)
    (i32.store (i32.const 8) (call $square (local.get 0)))
    (f64.store (i32.const 16) (call $ceil (f64.load (i32.const 24))))
    (i32.load (i32.const 8)))
  (func (export "teavm_log") (call $log (i32.const 1))))`;
const EXPORTS = ["memory", "user_entrypoint"];
const F64_CEIL = 0x9b;

const module = binaryen.parseText(TEXT).emitBinary();

function optimized(mappings: string): ReturnType<typeof optimizeModule> {
  const sourceMap = JSON.stringify({ version: 3, sources: ["a.java"], names: [], mappings });
  return optimizeModule({ module, sourceMap, exports: EXPORTS });
}

test("the optimiser keeps what is asked for, and takes lines along without changing a byte", async () => {
  // Every byte is of the third line; a map that begins at 0 is an empty one to the optimiser.
  const everywhere = Array.from(module.subarray(1), (_byte, i) => (i === 0 ? "CAEA" : "CAAA"));
  const [bare, lined] = await Promise.all([optimized(""), optimized(everywhere.join())]);
  assert.deepEqual(lined.module, bare.module);
  assert.equal(JSON.parse(bare.sourceMap).mappings, "");
  assert.notEqual(JSON.parse(lined.sourceMap).mappings, "");
  const compiled = new WebAssembly.Module(lined.module as Uint8Array<ArrayBuffer>);
  assert.deepEqual(
    WebAssembly.Module.exports(compiled).map(({ name }) => name),
    EXPORTS,
  );
  assert.deepEqual(WebAssembly.Module.imports(compiled), []);
  assert.ok(lined.module.includes(F64_CEIL), "rounding is an instruction");
});

test("a module that is none is refused with what the optimiser says", async () => {
  const broken = { module: Uint8Array.of(0, 1, 2), sourceMap: "{}", exports: EXPORTS };
  await assert.rejects(optimizeModule(broken), /the optimiser refused the module/);
});
