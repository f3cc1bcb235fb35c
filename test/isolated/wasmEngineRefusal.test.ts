import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("wasm/refusal.ts", import.meta.url));

/** What the tier throws for a contract, in an engine that gives a memory at most so many pages. */
function thrownWith(pages: number, command: "start" | "grow"): string {
  return execFileSync(process.execPath, [SCRIPT, String(pages), command]).toString();
}

test("memory that the rules grant and the engine refuses is this machine's trouble, no result", () => {
  assert.equal(thrownWith(65_536, "grow"), "success");
  assert.equal(thrownWith(4, "grow"), "Unavailable");
  assert.equal(thrownWith(2, "start"), "Unavailable");
});
