import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildProject } from "./build.ts";
import { loadProject } from "./project.ts";
import { readRemappings } from "./remappings.ts";

const FORGE: string = fileURLToPath(new URL("../../node_modules/.bin/forge", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "delchain-remappings-"));
const root = join(folder, "project");
after(() => rmSync(folder, { recursive: true }));

function save(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  for (const place of [
    "lib/one/src",
    "lib/two/contracts/token",
    "lib/three",
    "lib/four/src",
    "lib/four/lib/five/src",
    "lib/six/src",
    "lib/six/contracts",
    "vendor/seven/src",
  ]) {
    save(`${place}/Thing.sol`, "pragma solidity ^0.8.0; contract Thing {}");
  }
});

/** Forge lists what a project says in the project's order, and what it finds by name. */
function ofForge(): readonly string[] {
  const { stdout, stderr } = spawnSync(FORGE, ["remappings"], { cwd: root, encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  return stdout.trim().split("\n").sort();
}

for (const [what, foundry, own] of [
  ["with its defaults", "", undefined],
  [
    "with folders and remappings of its own",
    'libs = ["lib", "vendor"]\nremappings = ["x/=a/", "one/=elsewhere/", "ctx:z/=b/"]',
    undefined,
  ],
  ["beside remappings.txt, which wins", 'remappings = ["x/=a/", "y/=b/"]', "x/=c/\n\ntwo/=d/\n"],
  ["without what forge finds itself", 'remappings = ["x/=a/"]\nauto_detect_remappings = false', ""],
] as const) {
  test(`a foundry.toml ${what} gives the remappings that forge has`, () => {
    save("foundry.toml", `[profile.default]\n${foundry}\n`);
    if (own !== undefined) save("remappings.txt", own);
    assert.deepEqual([...readRemappings(root)].sort(), ofForge());
  });
}

test("a library that links to the folder it lies in is read once", () => {
  save("foundry.toml", "[profile.default]\n");
  const before = readRemappings(root);
  symlinkSync("../../lib", join(root, "lib/one/lib"));
  assert.deepEqual(readRemappings(root), before);
});

test("a project that forge builds is built: contracts in src, imports by its remappings, no tests", async () => {
  save("foundry.toml", '[profile.default]\nremappings = ["other/=lib/two/contracts/token/"]\n');
  const imports = ["one/Thing.sol", "five/Thing.sol", "other/Thing.sol"].map(
    (path, i) => `import {Thing as T${i}} from "${path}";`,
  );
  save("src/Box.sol", `pragma solidity ^0.8.0;\n${imports.join("\n")}\ncontract Box is T0 {}`);
  save("src/Box.t.sol", 'import "nowhere/Test.sol"; contract BoxTest {}');
  const { contracts } = await buildProject(loadProject(root));
  assert.deepEqual(
    contracts.map(({ output }) => output.name),
    ["Box"],
  );
});

test("a foundry.toml that cannot be read is refused with what is wrong, and where", () => {
  for (const [text, message] of [
    ["[profile.default", /foundry\.toml: the whole is no TOML: .*/],
    ["[profile.default]\nlibs = 1\n", /foundry\.toml: profile\.default\.libs expected .*array/],
    [
      '[profile.default]\nremappings = ["x"]\n',
      /foundry\.toml: profile\.default\.remappings\.0 expected PREFIX=TARGET/,
    ],
  ] as const) {
    save("foundry.toml", text);
    assert.throws(() => readRemappings(root), message);
  }
});
