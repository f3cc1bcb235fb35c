import assert from "node:assert/strict";
import { test } from "node:test";
import { bigintToBytes } from "../types/bytes.ts";
import { type Hash, hashFromBytes } from "../types/hash.ts";
import { type CompiledModule, CompiledModules, compile } from "./compiledModules.ts";
import { COMPILED_BYTES_MAX, COMPILED_MODULES_MAX } from "./limits.ts";
import { buildModule } from "./testing/moduleBuilder.ts";

const EMPTY = buildModule({ memories: [[0, 3]] });

function hash(value: number): Hash {
  return hashFromBytes(bigintToBytes(BigInt(value), 32));
}

/** As if its instrumented bytes were so many. */
function compiled(instrumentedBytes = 1_000): CompiledModule {
  return { ...compile(EMPTY, EMPTY), instrumentedBytes };
}

test("knows the pages that an instance begins with", () => {
  assert.equal(compile(EMPTY, EMPTY).pages, 3);
  assert.equal(compile(EMPTY, buildModule({})).pages, 0);
});

test("beyond its number of modules the one that was not used for longest goes", () => {
  const modules = new CompiledModules();
  for (let i = 0; i < COMPILED_MODULES_MAX; i++) modules.add(hash(i), compiled());
  assert.ok(modules.get(hash(0)));
  modules.add(hash(COMPILED_MODULES_MAX), compiled());
  assert.equal(modules.size, COMPILED_MODULES_MAX);
  assert.ok(modules.get(hash(0)));
  assert.equal(modules.get(hash(1)), undefined);
});

test("beyond its bytes modules go until the rest fits", () => {
  const modules = new CompiledModules();
  const quarter = COMPILED_BYTES_MAX / 4;
  for (let i = 0; i < 4; i++) modules.add(hash(i), compiled(quarter));
  assert.equal(modules.size, 4);
  modules.add(hash(4), compiled(2 * quarter));
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((i) => modules.get(hash(i)) !== undefined),
    [false, false, true, true, true],
  );
});
