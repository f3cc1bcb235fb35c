import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

// An interpreter of 24,000 functions, whose every byte of memory must be the same in every process and compiler.

type Probe = {
  readonly boot: string;
  readonly isSame: boolean;
  readonly bodies: Readonly<Record<string, string>>;
};

const SCRIPT = fileURLToPath(new URL("php/probe.ts", import.meta.url));

function probe(...flags: readonly string[]): Probe {
  return JSON.parse(execFileSync(process.execPath, [...flags, SCRIPT]).toString()) as Probe;
}

test("30 calls of PHP come to one result, gas and memory, in every instance, process and compiler", () => {
  const baseline = probe("--liftoff-only");
  assert.ok(baseline.isSame);
  for (const [name, result] of Object.entries(baseline.bodies)) {
    assert.match(result, /^(success|revert|halt) /, name);
  }
  const [, output = ""] = baseline.bodies.nans?.split(" ") ?? [];
  const nans = Buffer.from(output, "hex").toString().match(/.{16}/g) ?? [];
  assert.equal(nans.length, 7);
  for (const bits of nans) assert.match(bits, /^[7f]ff8000000000000$/);
  for (const flags of [["--no-liftoff"], []]) assert.deepEqual(probe(...flags), baseline);
});
