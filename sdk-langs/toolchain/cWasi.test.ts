import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { buildProject } from "./build.ts";
import { loadOutput } from "./buildOutput.ts";
import { CompileFailed } from "./diagnostic.ts";
import { loadProject } from "./project.ts";

// What a C container's build holds a source to, before a driver does.

const root = mkdtempSync(join(tmpdir(), "delchain-wasi-"));
after(() => rmSync(root, { recursive: true }));

const CONTRACT = `#include "container.h"
#include "../shared/dice.c"
static void roll(void) { dc_result_u256(dc_u256(dice())); }
DC_CONTRACT(DC_METHOD(0xcd5e3c5d, roll, "function roll() returns (uint256)"))
`;

async function build(dice: string): Promise<void> {
  mkdirSync(join(root, "contracts"), { recursive: true });
  mkdirSync(join(root, "shared"), { recursive: true });
  writeFileSync(join(root, "contracts/Dice.c"), CONTRACT);
  writeFileSync(join(root, "shared/dice.c"), dice);
  await buildProject(loadProject(root));
}

function refusal(dice: string): Promise<string> {
  return build(dice).then(
    () => assert.fail("it was built"),
    (error: unknown) => {
      assert(error instanceof CompileFailed, String(error));
      return error.message;
    },
  );
}

test("an import that no host has stops the build at the line that names it", async () => {
  const message = await refusal(
    "/* A die. */\n" +
      '__attribute__((import_module("wasi_snapshot_preview1"), import_name("random_get")))\n' +
      "int fill(void *to, size_t length);\n" +
      "static uint64_t dice(void) { uint8_t side; fill(&side, 1); return side; }\n",
  );
  assert.match(message, /^shared\/dice\.c:2:1: error: .*refused for import wasi_snapshot_preview1/);
  assert.match(message, /random_get: a contract has no .* time and seed are in its CALL/);
});

test("a source that is included is checked with its own lines, and is an input of the build", async () => {
  const message = await refusal("static uint64_t dice(void) {\n  return rand();\n}\n");
  assert.match(message, /^shared\/dice\.c:2:1: error: rand is not there .*dc_random_below/);
  const typo = await refusal("static uint64_t dice(void) { return six; }\n");
  assert.match(typo, /^shared\/dice\.c:1:37: error: use of undeclared identifier 'six'/);
  await build("static uint64_t dice(void) { return dc_block_number(); }\n");
  assert("shared/dice.c" in loadOutput(root, "Dice").metadata.sources);
});
