import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { ARTEFACTS, checkArtefact } from "./artefacts.ts";

for (const artefact of ARTEFACTS) {
  test(`the ${artefact.name} program in the repository is byte for byte what its source compiles to`, async () => {
    assert.equal(await checkArtefact(artefact), undefined);
  });
}

test("a program that differs from its source is told with the remedy", async () => {
  const [c] = ARTEFACTS;
  assert.ok(c);
  const changed = {
    ...c,
    compile: async (): Promise<Uint8Array> => (await readFile(c.path)).subarray(1),
  };
  assert.match(
    (await checkArtefact({ ...changed, foreign: async () => [] })) ?? "",
    /\d+ and \d+ bytes.*npm run build:images-artefacts/,
  );
  assert.match(
    (await checkArtefact({ ...changed, foreign: async () => ['gcc: "13" instead of "12"'] })) ?? "",
    /its tools are others: gcc: "13"/,
  );
});
