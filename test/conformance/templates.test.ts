import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { templateNames, variantsOf } from "../../cli/project/templates.ts";

// Every template in every language, as a newcomer meets it: made, checked by TypeScript, built, its tests run.

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The first build of a Rust contract compiles stylus-sdk, twice. */
const BUILD_TIMEOUT_MS = 540_000;
/** All of them together, on a machine that does other things too. */
const SUITE_TIMEOUT_MS = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), "delchain-templates-"));
after(() => rmSync(folder, { recursive: true }));

async function delchain(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [join(ROOT, "cli/main.ts"), ...args, "--json"], {
    timeout: BUILD_TIMEOUT_MS,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/**
 * Of one source for both tiers, which the other tier builds and tests here; the container tier of its language has
 * token, escrow and service.
 */
const TRIED_ELSEWHERE: ReadonlySet<string> = new Set(
  ["nft", "voting"].flatMap((template) =>
    ["java-container", "php-container"].map((variant) => `${template} in ${variant}`),
  ),
);

// Two at a time: each is a compiler, a chain, or a type checker.
describe("templates", { concurrency: 2, timeout: SUITE_TIMEOUT_MS }, () => {
  for (const template of templateNames()) {
    for (const variant of variantsOf(template)) {
      if (TRIED_ELSEWHERE.has(`${template} in ${variant}`)) continue;
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
  await typesTried(root);
}

/** All languages have a template's tests in common: with contracts of one shape their types are checked once. */
const typesSeen = new Set<string>();

async function typesTried(root: string): Promise<void> {
  const tests = readdirSync(join(root, "test")).filter((name) => name.endsWith(".ts"));
  const texts = tests.map((name) => readFileSync(join(root, "test", name), "utf8"));
  const outputs = readdirSync(join(root, "out")).filter((name) => name.endsWith(".json"));
  const shapes = outputs.map((name) => shapeOf(join(root, "out", name)));
  const seen = [...texts, ...outputs, ...shapes].join("\n");
  if (typesSeen.has(seen)) return;
  typesSeen.add(seen);
  await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", root]);
}

/** An output's ABI without its order, and without what only some compilers say; nothing of other files. */
function shapeOf(file: string): string {
  const { abi = [] } = JSON.parse(readFileSync(file, "utf8")) as { readonly abi?: unknown[] };
  const plain = (_: string, value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const members = Object.entries(value).filter(
      ([name, member]) => name !== "internalType" && member !== false && member !== "",
    );
    return Object.fromEntries(members.sort());
  };
  return abi
    .map((entry) => JSON.stringify(entry, plain))
    .sort()
    .join("\n");
}
