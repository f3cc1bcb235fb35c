import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { containerFlags, containerOptions } from "./containerOptions.ts";
import { loadProject } from "./project.ts";
import { FILES_MAX } from "./projectFiles.ts";

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function projectWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "delchain-project-"));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function builds(root: string): readonly (readonly [string, string, readonly string[]])[] {
  return loadProject(root).builds.map(({ toolchain, sources }) => [
    toolchain.language,
    toolchain.tier,
    sources,
  ]);
}

function refusal(files: Readonly<Record<string, string>>): string {
  try {
    loadProject(projectWith(files));
    return "taken";
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    return error.message;
  }
}

const SOLIDITY = "contract A {}";
const C = '#include "delchain.h"\nDC_CONTRACT()';

const NODE = 'import { type Contract, contract, rawContract } from "@delchain/node";\n';

test("without a project file every contract is of the language that its source shows", () => {
  const root = projectWith({
    "contracts/A.sol": SOLIDITY,
    "contracts/deep/B.c": C,
    "contracts/C.c": '#include "container.h"\nDC_CONTRACT()',
    "contracts/helper.c": "int one(void) { return 1; }",
    "contracts/D.ts": "@contract\nexport class D {}",
    "contracts/util.ts": "export const one = 1;",
    "contracts/E.ts": `${NODE}export const e: Contract = contract({});`,
    "contracts/F.ts": `${NODE}export default rawContract((input) => input);`,
    "contracts/types.ts": `${NODE}export const made = [contract];`,
    "contracts/node_modules/x/E.sol": SOLIDITY,
    "test/A.test.ts": "@contract\n",
  });
  assert.deepEqual(builds(root), [
    ["solidity", "evm", ["contracts/A.sol"]],
    ["c", "wasm", ["contracts/deep/B.c"]],
    ["c", "container", ["contracts/C.c"]],
    ["assemblyscript", "wasm", ["contracts/D.ts"]],
    ["typescript", "container", ["contracts/E.ts", "contracts/F.ts"]],
  ]);
});

test("the project file names language, tier and places, in JSON or YAML", () => {
  const files = { "contracts/A.sol": SOLIDITY, "contracts/B.c": C, "src/C.sol": SOLIDITY };
  const json = projectWith({ ...files, "delchain.json": '{"language": "c"}' });
  assert.deepEqual(builds(json), [["c", "wasm", ["contracts/B.c"]]]);
  const yaml = projectWith({ ...files, "delchain.yaml": "name: gold\ncontracts:\n  - src\n" });
  assert.deepEqual(
    [loadProject(yaml).name, builds(yaml)],
    ["gold", [["solidity", "evm", ["src/C.sol"]]]],
  );
});

test("a project file that makes no sense is refused by field, value and rule", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["{", /^delchain.json: the whole is no JSON/],
    ['{"lang": "c"}', /^delchain.json: lang is "c"; expected no such field/],
    ['{"language": "cobol"}', /language is "cobol"; expected one of solidity, c, assemblyscript/],
    ['{"tier": "moon"}', /tier is "moon"; expected evm, wasm or container/],
    ['{"contracts": "src"}', /contracts is "src"; expected a list of 1 to 64 files/],
    ['{"signers": "key"}', /signers is "key"; expected a list of public keys in PEM/],
    ['{"name": "a b"}', /name is "a b"; expected 1 to 64 letters/],
  ];
  for (const [text, pattern] of cases) assert.match(refusal({ "delchain.json": text }), pattern);
});

test("a folder without contracts says what was looked for and how to begin", () => {
  assert.match(
    refusal({ "README.md": "" }),
    /has no contract in contracts or Cargo.toml.*delchain new/,
  );
});

test("a folder with more files than any project has is not read through", () => {
  const files = Object.fromEntries(
    Array.from({ length: FILES_MAX + 1 }, (_, i) => [`contracts/${i}.txt`, ""]),
  );
  const root = projectWith(files);
  assert.throws(() => loadProject(root), /more than 2000 files; name the contracts/);
});

const UPGRADE = {
  admin: `0x${"aa".repeat(20)}`,
  approvers: [],
  timelock: 10,
  keep: 1,
  migrateBack: false,
};

test("a project says what its containers' manifests ask for, and another wish is another build", () => {
  const probes = { A: "name()" };
  const container = { upgrade: UPGRADE, hosting: { replicas: 3 }, probes };
  const root = projectWith({
    "delchain.json": JSON.stringify({ container }),
    "contracts/A.sol": SOLIDITY,
  });
  loadProject(root);
  assert.deepEqual(containerOptions(root), container);
  assert.deepEqual(containerFlags(root), [JSON.stringify(container)]);
  const bare = projectWith({ "contracts/A.sol": SOLIDITY });
  assert.deepEqual([containerOptions(bare), containerFlags(bare)], [{}, []]);
});

test("a wish that no manifest takes is refused by field, value and rule", () => {
  const said = (container: unknown) =>
    refusal({ "delchain.json": JSON.stringify({ container }), "contracts/A.sol": SOLIDITY });
  assert.match(
    said({ upgrade: { ...UPGRADE, admin: "me" } }),
    /delchain.json: container.upgrade.admin is "me"; expected 0x and 40 lower-case hex digits/,
  );
  assert.match(
    said({ hosting: { replicas: 99 } }),
    /container.hosting.replicas is 99; expected a whole/,
  );
  assert.match(
    said({ probes: { A: "name(1)" } }),
    /container.probes.A is "name\(1\)"; expected a function without arguments, like totalSupply\(\)/,
  );
  assert.match(
    said({ rent: 1 }),
    /container.rent is 1; expected no such field: an object with upgrade/,
  );
});
