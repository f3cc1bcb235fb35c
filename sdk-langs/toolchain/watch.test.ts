import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { watchProject } from "./watch.ts";

/** Longer than the time in which changes are taken for one. */
const QUIET_MS = 400;
/** Enough for a change to be noticed. */
const SETTLED_MS = 200;

async function watched(
  change: (root: string) => void,
  onChange: (root: string) => Promise<void>,
  afterMs: number = QUIET_MS,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "delchain-watch-"));
  for (const folder of ["contracts", "out", "test"]) mkdirSync(join(root, folder));
  // What came before the watcher is not its business.
  await sleep(QUIET_MS);
  const watcher = watchProject(root, () => onChange(root));
  try {
    await sleep(QUIET_MS);
    change(root);
    await sleep(afterMs);
  } finally {
    watcher.close();
    rmSync(root, { recursive: true });
  }
}

test("files that are saved together are one change, which comes after the first call", async () => {
  let changes = 0;
  await watched(
    (root) => {
      for (const name of ["A.sol", "B.c", "C.ts"]) writeFileSync(join(root, "contracts", name), "");
    },
    async () => {
      changes++;
    },
  );
  assert.equal(changes, 2);
});

test("what builds write, tests and notes are no change", async () => {
  let changes = 0;
  await watched(
    (root) => {
      writeFileSync(join(root, "out/Token.json"), "{}");
      writeFileSync(join(root, "test/Token.test.ts"), "");
      writeFileSync(join(root, "dev.log"), "");
    },
    async () => {
      changes++;
    },
  );
  assert.equal(changes, 1);
});

test("changes during a build, the first one too, make one more, never two at a time", async () => {
  let [running, most, builds] = [0, 0, 0];
  await watched(
    () => undefined,
    async (root) => {
      most = Math.max(most, ++running);
      if (++builds === 1) {
        for (const name of ["A.sol", "B.sol"]) {
          await sleep(SETTLED_MS);
          writeFileSync(join(root, "contracts", name), "");
        }
        await sleep(SETTLED_MS);
      }
      running--;
    },
    3 * QUIET_MS,
  );
  assert.deepEqual([most, builds], [1, 2]);
});
