import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Unavailable } from "@delchain/runtime";
import { buildProject } from "./build.ts";
import { loadOutput } from "./buildOutput.ts";
import { CompileFailed } from "./diagnostic.ts";
import { loadProject } from "./project.ts";

// C in containers as a static program: the project's platform.

const folder = mkdtempSync(join(tmpdir(), "delchain-native-"));
after(() => rmSync(folder, { recursive: true }));

const TEMPLATE = new URL(
  "../../cli/templates/token/c-container/contracts/Token.c",
  import.meta.url,
);

function project(name: string, platform: string | undefined): string {
  const root = join(folder, name);
  mkdirSync(join(root, "contracts"), { recursive: true });
  cpSync(TEMPLATE, join(root, "contracts/Token.c"));
  if (platform !== undefined)
    writeFileSync(join(root, "delchain.json"), JSON.stringify({ platform }));
  return root;
}

async function built(root: string): Promise<ReturnType<typeof loadOutput>> {
  await buildProject(loadProject(root), { isForced: true });
  return loadOutput(root, "Token");
}

test("a project says what its C runs on, and WASI is what it gets unasked", async () => {
  const [unasked, wasi, native, again] = [
    await built(project("unasked", undefined)),
    await built(project("wasi", "wasi/wasm")),
    await built(project("native", "linux/amd64")),
    await built(project("again", "linux/amd64")),
  ];
  assert.deepEqual(
    [unasked, native].map(({ metadata }) => metadata.image?.platform),
    ["wasi/wasm", "linux/amd64"],
  );
  assert.deepEqual(Object.keys(native.metadata.toolchain), ["gcc", "ld"]);
  assert.deepEqual([wasi.codeHash, again.codeHash], [unasked.codeHash, native.codeHash]);
  assert.deepEqual(native.abi, wasi.abi);
  assert.throws(
    () => loadProject(project("bad", "windows")),
    /platform is "windows"; expected wasi/,
  );
});

test("what gcc refuses, and a selector that is wrong, are lines of the project's file", async () => {
  const root = project("wrong", "linux/amd64");
  const source = join(root, "contracts/Token.c");
  const failing = async (text: string): Promise<string> => {
    writeFileSync(source, text);
    const error = await built(root).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof CompileFailed, String(error));
    return error.message;
  };
  const contract = (body: string, selector: string): string =>
    `#include "container.h"\nstatic void go(void) { ${body} }\n` +
    `DC_CONTRACT(\n  DC_METHOD(${selector}, go, "function go()")\n)\n`;
  assert.match(
    await failing(contract("gone();", "0x0f59f83a")),
    /^contracts\/Token\.c:2:24: error: .*gone/,
  );
  assert.match(
    await failing(contract("", "0x00000001")),
    /^contracts\/Token\.c:4:1: error: "function go\(\)" has the selector 0x0f59f83a/,
  );
});

test("another gcc than the pinned one is refused, with what to do", async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "gcc"), '#!/bin/sh\necho "gcc (Other 99) 99.0"\n');
  chmodSync(join(bin, "gcc"), 0o755);
  const { PATH } = process.env;
  process.env.PATH = `${bin}:${PATH}`;
  try {
    await assert.rejects(built(project("foreign", "linux/amd64")), (error) => {
      assert.ok(error instanceof Unavailable);
      assert.match(error.message, /gcc: "gcc \(Other 99\) 99\.0" instead of .*apt-get.*wasi\/wasm/);
      return true;
    });
  } finally {
    process.env.PATH = PATH;
  }
});
