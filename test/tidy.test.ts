import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

// The repository checks itself: what a reader may rely on everywhere, and no linter knows.

const ROOT = join(import.meta.dirname, "..");
const LINES_MAX = 400;
/** Comments and code; a message for people is not cut in two for a column. */
const COLUMNS_MAX = 120;
/** Tables that a specification gives, one line an entry. */
const DATA_FILES: readonly string[] = ["runtime/wasm/instrument/simdOpcodes.ts"];
const BLOB_BYTES_MAX = 2 * 1024 * 1024;

const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" })
  .split("\0")
  .filter((file) => file !== "" && existsSync(join(ROOT, file)));
const sources = tracked.filter((file) => /\.(ts|js|c|h|rs|php|java)$/.test(file));
/** AssemblyScript has the same ending, and its own rules. */
const ours = sources.filter(
  (file) => /\.(ts|js)$/.test(file) && !/\/(assembly|assemblyscript)\//.test(file),
);

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

test("no source file is longer than a reader's patience", () => {
  const long = sources.filter(
    (file) => !DATA_FILES.includes(file) && read(file).split("\n").length > LINES_MAX + 1,
  );
  assert.deepEqual(long, []);
});

test("no line of ours is wider than a screen", () => {
  const wide = ours.flatMap((file) =>
    read(file)
      .split("\n")
      .flatMap((line, i) =>
        line.length > COLUMNS_MAX && !/[`"'|]/.test(line) ? [`${file}:${i + 1}`] : [],
      ),
  );
  assert.deepEqual(wide, []);
});

test("nothing is left for later in a comment", () => {
  const marks = sources.filter(
    (file) => file !== "test/tidy.test.ts" && /\b(TODO|FIXME|XXX)\b/.test(read(file)),
  );
  assert.deepEqual(marks, []);
});

test("no test is skipped, focused or left to do", () => {
  const skipped = ours.filter(
    (file) =>
      file.endsWith(".test.ts") &&
      /\b(test|it|describe)\.(skip|only|todo)\(|\bskip: true\b/.test(read(file)),
  );
  assert.deepEqual(skipped, []);
});

test("every test file is one that npm test runs", () => {
  const places =
    /^(runtime|chain|cli|images|apps|sdk-langs)\/|^test\/(conformance|e2e|fuzz|isolated)\/|^test\/[^/]+$/;
  const lost = ours.filter((file) => file.endsWith(".test.ts") && !places.test(file));
  assert.deepEqual(lost, []);
});

test("classes and ports that others import say what they are for", () => {
  const silent = ours
    .filter((file) => !file.endsWith(".test.ts"))
    .flatMap((file) => {
      const lines = read(file).split("\n");
      return lines.flatMap((line, i) => {
        const match = /^export (?:abstract )?(?:class|interface) (\w+)/.exec(line);
        return match && !lines[i - 1]?.trim().endsWith("*/") ? [`${file}: ${match[1]}`] : [];
      });
    });
  assert.deepEqual(silent, []);
});

test("what README and ARCHITECTURE name is there", () => {
  const missing = ["README.md", "ARCHITECTURE.md"].flatMap((page) =>
    [...read(page).matchAll(/`((?:runtime|chain|cli|apps|images|sdk-langs|test)\/[\w./-]*)`/g)]
      .map(([, path]) => path as string)
      .filter((path) => !existsSync(join(ROOT, path)))
      .map((path) => `${page}: ${path}`),
  );
  assert.deepEqual(missing, []);
});

test("ARCHITECTURE has a row for every folder of runtime and chain", () => {
  const page = read("ARCHITECTURE.md");
  const folders = new Set(
    ours
      .filter((file) => /^(runtime|chain)\/[^/]+\/[^/]+$/.test(file))
      .map((file) => dirname(file)),
  );
  assert.deepEqual(
    [...folders].filter((folder) => !page.includes(`\`${folder}\``)),
    [],
  );
});

test("no page or file names a registry's host or a path of somebody's machine", () => {
  const text = tracked.filter(
    (file) => !/\.(wasm|gz|tgz|png|tar)$/.test(file) && file !== "test/tidy.test.ts",
  );
  const hosts =
    /registry\.npmjs\.org|static\.crates\.io|repo\.maven\.apache\.org|files\.pythonhosted\.org|proxy\.golang\.org|deb\.debian\.org/;
  const paths = /(?:^|["'\s])\/(?:root|home\/\w+|work)\//m;
  const named = text.filter((file) => {
    const content = read(file);
    return hosts.test(content) || paths.test(content);
  });
  assert.deepEqual(named, []);
});

test("no tracked file is larger than two megabytes", () => {
  const large = tracked.filter((file) => statSync(join(ROOT, file)).size > BLOB_BYTES_MAX);
  assert.deepEqual(large, []);
});
