import assert from "node:assert/strict";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PHP_INTERPRETER_SHA256 } from "./interpreterPackage.ts";
import { prepareInterpreter } from "./preparedModule.ts";

const cache = mkdtempSync(join(tmpdir(), "delchain-php-cache-"));
after(() => rmSync(cache, { recursive: true }));

const prepare = (folder: string): Buffer =>
  Buffer.from(prepareInterpreter(PHP_INTERPRETER_SHA256, folder));
const file = (): string => {
  const [name = "", ...others] = readdirSync(cache);
  assert.deepEqual(others, []);
  return join(cache, name);
};

test("an instrumented interpreter is kept, and made again to the same bytes when its file is not what was written", () => {
  const made = prepare(cache);
  const written = readFileSync(file());
  assert.ok(prepare(cache).equals(made));
  const spoilt = Buffer.from(written);
  spoilt[1_000_000] = (spoilt[1_000_000] ?? 0) ^ 1;
  writeFileSync(file(), spoilt);
  assert.ok(prepare(cache).equals(made));
  assert.ok(readFileSync(file()).equals(written));
  truncateSync(file(), 12);
  assert.ok(prepare(cache).equals(made));
});

test("a folder that cannot be written costs time and nothing else", () => {
  const known = prepare(cache);
  assert.ok(prepare(join(file(), "below-a-file")).equals(known));
});
