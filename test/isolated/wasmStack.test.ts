import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("wasm/deepStack.ts", import.meta.url));

type Outcomes = Readonly<Record<"shallow" | "deepest" | "middle", string>>;

function outcomes(flag: string): Outcomes {
  return JSON.parse(execFileSync(process.execPath, [flag, SCRIPT]).toString()) as Outcomes;
}

test("nested frames are stopped by the logical stack, never by the native one, in both compilers", () => {
  const baseline = outcomes("--liftoff-only");
  for (const outcome of Object.values(baseline)) assert.match(outcome, /^success /);
  assert.deepEqual(outcomes("--no-liftoff"), baseline);
});
