import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

// The engine's compilers differ in code, registers and NaN bits; what a contract sees must not.

type Probe = { readonly digest: string; readonly traps: number; readonly nans: readonly string[] };

const SCRIPT = fileURLToPath(new URL("wasm/probe.ts", import.meta.url));

function probe(...flags: readonly string[]): Probe {
  return JSON.parse(execFileSync(process.execPath, [...flags, SCRIPT]).toString()) as Probe;
}

test("1,000 runs with random gas come to the same result, gas and memory in both compilers", () => {
  const baseline = probe("--liftoff-only");
  assert.ok(baseline.traps > 200 && baseline.traps < 900, `${baseline.traps} of 1,000 stopped`);
  for (const flags of [
    ["--no-liftoff"],
    [],
    ["--no-wasm-loop-unrolling", "--no-wasm-dynamic-tiering"],
  ]) {
    assert.deepEqual(probe(...flags), baseline);
  }
});

test("a NaN has the same bits whichever compiler computed it", () => {
  const { nans } = probe("--no-liftoff");
  const canonical = String(0x7ff8_0000_0000_0000n);
  // Zero over zero is a NaN too; the rest of zero with zero is none.
  const zeroWithZero = [6, 7, 14, 15, 22, 23, 38, 39, 46, 47];
  nans.forEach((bits, i) => {
    if (!zeroWithZero.includes(i)) assert.equal(bits, canonical, `probe ${i}`);
  });
});
