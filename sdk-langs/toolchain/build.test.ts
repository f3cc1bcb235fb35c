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

test("what manifests of a toolchain ask for by itself decides too: another default is another build", async () => {
  const { builds, ...project } = loadProject(root);
  const isReused = async (determinism: "standard" | "strict"): Promise<boolean> => {
    const manifest = { resources: "small", isolation: "process", determinism } as const;
    const asking = builds.map(({ toolchain, sources }) => {
      return { toolchain: { ...toolchain, manifest }, sources };
    });
    const { contracts } = await buildProject({ ...project, builds: asking });
    return contracts.every((contract) => contract.isReused);
  };
  const answers = [];
  for (const asked of ["standard", "standard", "strict"] as const) {
    answers.push(await isReused(asked));
  }
  assert.deepEqual(answers, [false, true, false]);
});

test("an output that was tampered with is built again", async () => {
  await built();
  const path = join(root, "out/Two.json");
  const original = readFileSync(path, "utf8");
  writeFileSync(path, original.replace('"0x', '"0xfe'));
  assert.throws(() => loadOutput(root, "Two"), /not what a build wrote/);
  assert.deepEqual((await built()).Two, "compiled");
  assert.equal(readFileSync(path, "utf8"), original);
  rmSync(join(root, "out/lines/Two.json"));
  assert.deepEqual((await built()).Two, "compiled");
  assert.equal(existsSync(join(root, "out/lines/Two.json")), true);
});

test("an output says what it was made from, and only that", async () => {
  await built();
  const one = loadOutput(root, "One");
  assert.deepEqual(Object.keys(one.metadata.sources), ["contracts/Base.sol", "contracts/One.sol"]);
  assert.deepEqual(Object.keys(loadOutput(root, "Two").metadata.sources), ["contracts/Two.sol"]);
  assert.deepEqual(Object.keys(one.metadata.toolchain), ["solc"]);
  assert.deepEqual(
    one.metadata.storageLayout?.storage.map(({ label, slot }) => [label, slot]),
    [["x", "0"]],
  );
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

test("a function with too many variables says which option compiles it, and an expression too deep to split it", async () => {
  const eighteen = (write: (at: number) => string): string[] =>
    Array.from({ length: 18 }, (_, at) => write(at));
  const many = `function f(${eighteen((at) => `uint256 a${at}`)}) external pure returns (uint256) {
    ${eighteen((at) => `uint256 b${at} = a${at};`).join("\n")}
    return ${eighteen((at) => `b${at}`).join(" + ")};
  }`;
  save("Many.sol", `pragma solidity ^0.8.0; contract Many { ${many} }`);
  await assert.rejects(
    built(),
    /^CompileFailed: .*contracts\/Many\.sol:\d+:\d+: error: stack too deep: say "solc": \{"viaIR": true\}/s,
  );
  const deep = Array(3000).fill("x").join(" ^ ");
  const get = `function f(uint256 x) external pure returns (uint256) { return ${deep}; }`;
  save("Many.sol", `pragma solidity ^0.8.0; contract Many { ${get} }`);
  await assert.rejects(built(), /go too deep for the compiler.*split it/);
  rmSync(join(root, "contracts/Many.sol"));
});

test("an import that is nowhere says which package to install", async () => {
  save("Far.sol", 'pragma solidity ^0.8.0; import "@nobody/nothing/Far.sol"; contract Far {}');
  await assert.rejects(built(), /no file @nobody\/nothing\/Far.sol.*npm install @nobody\/nothing/);
  rmSync(join(root, "contracts/Far.sol"));
});

test("what the project chooses of solc's settings is what it is built with", async () => {
  save(
    "Two.sol",
    TWO.replace(
      "constructor",
      "function f() external view returns (bytes32) { return blockhash(1); } constructor",
    ),
  );
  await built();
  const before = loadOutput(root, "Two");
  const solc = { optimizer: { enabled: false }, viaIR: true, evmVersion: "london" };
  writeFileSync(join(root, "delchain.json"), JSON.stringify({ solc }));
  assert.equal((await built()).Two, "compiled");
  const { code, metadata } = loadOutput(root, "Two");
  assert.notEqual(code, before.code);
  const settings = JSON.parse(metadata.flags[0] ?? "") as Record<string, unknown>;
  assert.deepEqual(
    [settings.optimizer, settings.viaIR, settings.evmVersion],
    [{ enabled: false, runs: 200 }, true, "london"],
  );
  for (const [text, message] of [
    [
      { evmVersion: "verkle" },
      /delchain\.json: solc\.evmVersion is "verkle"; expected one of london/,
    ],
    [{ optimizer: { runs: -1 } }, /solc\.optimizer\.runs is -1; expected a whole number of 0 to/],
    [{ runs: 5 }, /solc\.runs is 5; expected no such field: an object with optimizer, viaIR/],
  ] as const) {
    writeFileSync(join(root, "delchain.json"), JSON.stringify({ solc: text }));
    await assert.rejects(built(), message);
  }
  rmSync(join(root, "delchain.json"));
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
