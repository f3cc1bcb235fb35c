import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  ENGINE_ARTEFACT,
  ENGINE_RECORD,
  type EngineRecord,
  hashEngineSource,
  sha256,
} from "./engine/sourceHash.ts";

const REBUILD = 'run "npm run build:evm" and commit engine.wasm with engine.json';
const record: EngineRecord = JSON.parse(readFileSync(ENGINE_RECORD, "utf8"));

test("engine.wasm is the artefact that engine.json records", () => {
  assert.equal(sha256(readFileSync(ENGINE_ARTEFACT)), record.artefact, REBUILD);
});

test("engine.wasm was built from the source that lies here", () => {
  assert.equal(
    hashEngineSource(),
    record.source,
    `the engine's source has changed since engine.wasm was built: ${REBUILD}`,
  );
});

test("each crate named in THIRD-PARTY is in the lock file at its version", () => {
  const lock = readFileSync(new URL("engine/Cargo.lock", import.meta.url), "utf8");
  const notice = readFileSync(new URL("engine/THIRD-PARTY", import.meta.url), "utf8");
  const crates = notice.split("\n").slice(2, -1);
  assert.ok(crates.length > 100);
  for (const line of crates) {
    const [, name, version, licence] = /^(\S+) v(\S+): (.+)$/.exec(line) ?? [];
    assert.ok(lock.includes(`name = "${name}"\nversion = "${version}"\n`), line);
    assert.match(licence ?? "", /MIT|Apache-2.0|BSD|CC0|Zlib/);
  }
});

test("the engine asks for these imports and nothing else: no clock, no randomness", () => {
  const module = new WebAssembly.Module(readFileSync(ENGINE_ARTEFACT));
  assert.deepEqual(
    WebAssembly.Module.imports(module)
      .map(({ module: from, name, kind }) => `${from}.${name} ${kind}`)
      .sort(),
    [
      "env.db_account function",
      "env.db_block_hash function",
      "env.db_code function",
      "env.db_storage function",
      "env.host_print function",
      "env.host_run function",
      "env.profile_close function",
      "env.profile_code function",
      "env.profile_open function",
      "env.profile_step function",
    ],
  );
});
