import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// Every template in every language, as a newcomer meets it: made, checked by TypeScript, built, its tests run.

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TEMPLATES = join(ROOT, "cli/templates");
/** The first build of a Rust contract compiles stylus-sdk, twice. */
const BUILD_TIMEOUT_MS = 540_000;
/** All of them together, on a machine that does other things too. */
const SUITE_TIMEOUT_MS = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), "delchain-templates-"));
after(() => rmSync(folder, { recursive: true }));

function subfolders(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

async function delchain(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [join(ROOT, "cli/main.ts"), ...args, "--json"], {
    timeout: BUILD_TIMEOUT_MS,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

const templates = subfolders(TEMPLATES).filter((name) => name !== "shared");

// Two at a time: each is a compiler, a chain, or a type checker.
describe("templates", { concurrency: 2, timeout: SUITE_TIMEOUT_MS }, () => {
  for (const template of templates) {
    const variants = subfolders(join(TEMPLATES, template)).filter((name) => name !== "test");
    for (const variant of variants) {
      test(`${template} in ${variant} builds and its tests pass`, () => tried(template, variant));
    }
  }
});

async function tried(template: string, variant: string): Promise<void> {
  const [language = "", tier] = variant.split("-");
  const root = join(folder, `${template}-${variant}`);
  const choice = ["--lang", language, ...(tier === undefined ? [] : ["--tier", tier])];
  const made = await delchain("new", root, "--template", template, ...choice);
  assert.deepEqual(
    [made.language, made.template, existsSync(join(root, ".gitignore"))],
    [language, template, true],
  );
  const built = await delchain("build", "--project", root);
  assert.deepEqual([built.ok, built.warnings], [true, []]);
  const tested = await delchain("test", "--project", root);
  assert.equal(tested.ok, true);
  assert.ok((tested.gas as readonly unknown[]).length >= 2, "the gas report has functions");
  await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", root]);
}
