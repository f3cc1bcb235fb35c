import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { buildProject } from "./build.ts";
import { loadOutput } from "./buildOutput.ts";
import { loadProject } from "./project.ts";

// One compiler, the quickest; `test/conformance/templates.test.ts` builds every language.

const folder = mkdtempSync(join(tmpdir(), "delchain-build-"));
const root = join(folder, "project");
after(() => rmSync(folder, { recursive: true }));

const BASE = "pragma solidity ^0.8.0; abstract contract Base { uint256 public x = 1; }";
const ONE = 'pragma solidity ^0.8.0; import "./Base.sol"; contract One is Base {}';
const TWO = "pragma solidity ^0.8.0; contract Two { constructor(uint256) {} }";

function save(name: string, text: string): void {
  mkdirSync(join(root, "contracts"), { recursive: true });
  writeFileSync(join(root, "contracts", name), text);
}

/** Which contracts a build compiled, and which were there already. */
async function built(at = root): Promise<Readonly<Record<string, "compiled" | "reused">>> {
  const { contracts } = await buildProject(loadProject(at));
  return Object.fromEntries(
    contracts.map(({ output, isReused }) => [output.name, isReused ? "reused" : "compiled"]),
  );
}

before(() => {
  save("Base.sol", BASE);
  save("One.sol", ONE);
  save("Two.sol", TWO);
});

test("what has not changed is not compiled again, and what has is", async () => {
  assert.deepEqual(await built(), { One: "compiled", Two: "compiled" });
  assert.deepEqual(await built(), { One: "reused", Two: "reused" });
  save("Base.sol", BASE.replace("x = 1", "x = 2"));
  assert.deepEqual(await built(), { One: "compiled", Two: "compiled" });
});

test("an output that was tampered with is built again", async () => {
  await built();
  const path = join(root, "out/Two.json");
  const original = readFileSync(path, "utf8");
  writeFileSync(path, original.replace('"0x', '"0xfe'));
  assert.throws(() => loadOutput(root, "Two"), /not what a build wrote/);
  assert.deepEqual((await built()).Two, "compiled");
  assert.equal(readFileSync(path, "utf8"), original);
});

test("an output says what it was made from, and only that", async () => {
  await built();
  const one = loadOutput(root, "One");
  assert.deepEqual(Object.keys(one.metadata.sources), ["contracts/Base.sol", "contracts/One.sol"]);
  assert.deepEqual(Object.keys(loadOutput(root, "Two").metadata.sources), ["contracts/Two.sol"]);
  assert.deepEqual(Object.keys(one.metadata.toolchain), ["solc"]);
});

test("the same sources elsewhere give the same bytes", async () => {
  await built();
  const other = join(folder, "other");
  cpSync(join(root, "contracts"), join(other, "contracts"), { recursive: true });
  await built(other);
  for (const name of ["One", "Two"]) {
    const [left, right] = [root, other].map((at) => readFileSync(join(at, `out/${name}.json`)));
    assert.deepEqual(left, right);
  }
});

test("the output of a contract that is gone goes too", async () => {
  save("Three.sol", "pragma solidity ^0.8.0; contract Three {}");
  await built();
  rmSync(join(root, "contracts/Three.sol"));
  await built();
  assert.equal(existsSync(join(root, "out/Three.json")), false);
});

test("two contracts of one name are refused with both their sources", async () => {
  save("Again.sol", "pragma solidity ^0.8.0; contract two {}");
  await assert.rejects(
    built(),
    /contracts\/Again.sol and contracts\/Two.sol both make a contract/i,
  );
  rmSync(join(root, "contracts/Again.sol"));
});

test("a contract that would have to be linked is refused, with what to do", async () => {
  const library = "library Lib { function one() public pure returns (uint256) { return 1; } }";
  const use =
    "contract Use { function one() external pure returns (uint256) { return Lib.one(); } }";
  save("Use.sol", `pragma solidity ^0.8.0; ${library} ${use}`);
  await assert.rejects(built(), /Use calls public functions of a library.*make them internal/);
  rmSync(join(root, "contracts/Use.sol"));
});

test("an import that is nowhere says which package to install", async () => {
  save("Far.sol", 'pragma solidity ^0.8.0; import "@nobody/nothing/Far.sol"; contract Far {}');
  await assert.rejects(built(), /no file @nobody\/nothing\/Far.sol.*npm install @nobody\/nothing/);
  rmSync(join(root, "contracts/Far.sol"));
});

test("remappings.txt leads imports elsewhere, and is part of what an output was built from", async () => {
  mkdirSync(join(root, "lib"), { recursive: true });
  writeFileSync(join(root, "lib/Part.sol"), "pragma solidity ^0.8.0; contract Part {}");
  writeFileSync(join(root, "remappings.txt"), "# ours\n@parts/=lib/\n");
  save("Whole.sol", 'pragma solidity ^0.8.0; import "@parts/Part.sol"; contract Whole is Part {}');
  await built();
  const { metadata } = loadOutput(root, "Whole");
  assert.deepEqual(metadata.flags.slice(1), ["@parts/=lib/"]);
  assert.deepEqual(Object.keys(metadata.sources), ["contracts/Whole.sol", "lib/Part.sol"]);
  assert.equal((await built()).Whole, "reused");
  writeFileSync(join(root, "remappings.txt"), "@parts/=lib/\n@other/=lib/\n");
  assert.equal((await built()).Whole, "compiled");
});
