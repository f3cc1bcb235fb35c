import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { InvalidInput } from "../../types/errors.ts";
import { OPEN_POLICY } from "../testing/meteredInstance.ts";
import { PROBE } from "../testing/probe.ts";
import { instrument } from "./instrument.ts";
import type { InvalidModule } from "./invalidModule.ts";

const kernel = (name: string): Uint8Array =>
  new Uint8Array(
    readFileSync(new URL(`../../../test/bench/kernels/${name}.wasm`, import.meta.url)),
  );

const SEEDS = [PROBE, kernel("quicksort"), kernel("matmul"), kernel("interpreter")];

/** Instruments it or refuses it by rule; both are fine, anything else is not. */
function judge(module: Uint8Array): void {
  try {
    const instrumented = instrument(module, OPEN_POLICY);
    assert.ok(WebAssembly.validate(instrumented as Uint8Array<ArrayBuffer>));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const facts = error.facts as InvalidModule;
    assert.notEqual(facts.code, "NOT_INSTRUMENTABLE");
  }
}

const seed = fc.constantFrom(...SEEDS);

describe("a hostile module is refused by rule, or is a valid one:", () => {
  test("cut short anywhere", () => {
    fc.assert(
      fc.property(seed, fc.nat(), (module, at) => judge(module.slice(0, at % module.length))),
      { numRuns: 300 },
    );
  });

  test("with bits flipped", () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(seed, flips, (module, places) => {
        const bytes = module.slice();
        for (const [at, bit] of places)
          bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
        judge(bytes);
      }),
      { numRuns: 1_500 },
    );
  });

  test("with bytes of one module in another", () => {
    fc.assert(
      fc.property(seed, seed, fc.nat(), fc.nat(), fc.nat(40), (module, other, at, from, length) => {
        const bytes = module.slice();
        const part = other.subarray(from % other.length).subarray(0, length);
        bytes.set(part.subarray(0, bytes.length - (at % bytes.length)), at % bytes.length);
        judge(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test("of random sections behind a true beginning", () => {
    const head = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) =>
        judge(Uint8Array.of(...head, ...rest)),
      ),
      { numRuns: 500 },
    );
  });
});
