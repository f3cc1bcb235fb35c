import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { buildProject } from "./build.ts";
import { type BuildOutput, loadOutput } from "./buildOutput.ts";
import { loadProject } from "./project.ts";
import { bundleSource, parseSourceBundle, unpackSource } from "./sourceBundle.ts";

const folder = mkdtempSync(join(tmpdir(), "delchain-bundle-"));
after(() => rmSync(folder, { recursive: true }));

const write = (root: string, path: string, text: string | Uint8Array): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
};

test("a bundle unpacks to a project that builds to the same code, packages and settings included", async () => {
  const root = join(folder, "whole");
  write(root, "contracts/Adder.sol", 'import "add/Add.sol"; contract Adder is Add {}');
  write(root, "contracts/Other.sol", "contract Other {}");
  write(root, "node_modules/adding/Add.sol", "contract Add { uint256 public sum = 1 + 2; }");
  write(root, "remappings.txt", "add/=adding/\n");
  write(root, "delchain.json", '{ "name": "adder" }');
  await buildProject(loadProject(root));
  const built = loadOutput(root, "Adder");
  const text = bundleSource(root, built);
  assert.equal(bundleSource(root, loadOutput(root, "Adder")), text);
  const bundle = parseSourceBundle(text);
  assert.deepEqual(Object.keys(bundle.files), [
    "contracts/Adder.sol",
    "delchain.json",
    "remappings.txt",
  ]);
  assert.deepEqual(Object.keys(bundle.packages), ["adding/Add.sol"]);
  const copy = join(folder, "copy");
  unpackSource(bundle, copy);
  await buildProject(loadProject(copy));
  assert.equal(loadOutput(copy, "Adder").code, built.code);
});

test("a file that is another than the built one, or no text, is not published", () => {
  const root = join(folder, "changed");
  const output = (hash: string) =>
    ({
      name: "Token",
      metadata: {
        language: "c",
        tier: "wasm",
        source: "a.c",
        toolchain: {},
        sources: { "a.c": hash },
      },
    }) as unknown as BuildOutput;
  write(root, "a.c", "int a;");
  assert.throws(
    () => bundleSource(root, output("00".repeat(32))),
    /a.c is another than the one that was built/,
  );
  write(root, "a.c", new Uint8Array([0xff]));
  const ofFf = "a8100ae6aa1940d0b663bb31cd466142ebbdbd5187131b92d93818987832eb89";
  assert.throws(() => bundleSource(root, output(ofFf)), /a.c is no UTF-8 text/);
});

const GOOD = {
  format: 1,
  name: "Token",
  language: "c",
  tier: "wasm",
  source: "contracts/Token.c",
  toolchain: { "@yowasp/clang": "22" },
  files: { "contracts/Token.c": "" },
  packages: {},
  sdk: {},
};

test("what a stranger publishes writes nothing outside of the folder, and nothing hidden in it", () => {
  assert.doesNotThrow(() => parseSourceBundle(JSON.stringify(GOOD)));
  const paths = [
    "../a.c",
    "/a.c",
    "a/../../b.c",
    "..",
    "a\\b.c",
    "c:/a.c",
    ".git/hooks/x",
    "a/.b",
    "",
    `${"a".repeat(256)}`,
  ];
  for (const path of paths) {
    for (const field of ["files", "packages", "sdk"] as const) {
      const text = JSON.stringify({ ...GOOD, [field]: { [path]: "00".repeat(32) } });
      assert.throws(
        () => parseSourceBundle(text),
        /is no source that delchain verify reads: /,
        path,
      );
    }
  }
  for (const bad of [
    "",
    "[]",
    "null",
    "{}",
    JSON.stringify({ ...GOOD, more: 1 }),
    JSON.stringify({ ...GOOD, format: 2 }),
    JSON.stringify({ ...GOOD, name: "../x" }),
  ]) {
    assert.throws(() => parseSourceBundle(bad), /is no source that delchain verify reads: /, bad);
  }
});
