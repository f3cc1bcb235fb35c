import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { Hex } from "@delchain/runtime";
import { buildProject } from "./build.ts";
import { type BuildOutput, loadOutput } from "./buildOutput.ts";
import { CompileFailed } from "./diagnostic.ts";
import { compareLibrary, inLinkOrder, librariesOf, linkOutput, linksIn } from "./linkLibraries.ts";
import { loadProject } from "./project.ts";

const folder = mkdtempSync(join(tmpdir(), "delchain-libraries-"));
const root = join(folder, "project");
after(() => rmSync(folder, { recursive: true }));

const AT_ONE: Hex = `0x${"11".repeat(20)}`;
const AT_TWO: Hex = `0x${"22".repeat(20)}`;

function save(at: string, path: string, text: string): void {
  mkdirSync(dirname(join(at, path)), { recursive: true });
  writeFileSync(join(at, path), `pragma solidity ^0.8.0;\n${text}`);
}

before(async () => {
  save(
    root,
    "node_modules/rounding/Rounding.sol",
    "library Rounding { function half(uint256 x) public pure returns (uint256) { return x / 2; } }",
  );
  save(
    root,
    "contracts/Shares.sol",
    `import "rounding/Rounding.sol";
    library Shares { function part(uint256 x) public pure returns (uint256) { return Rounding.half(x) + 1; } }`,
  );
  save(
    root,
    "contracts/Vault.sol",
    `import "./Shares.sol";
    contract Vault {
      uint256 public first = Shares.part(9);
      function part(uint256 x) external pure returns (uint256) { return Shares.part(x); }
    }`,
  );
  await buildProject(loadProject(root));
});

const output = (name: string): BuildOutput => loadOutput(root, name);

test("libraries that are linked are built too, those of packages included, and each behind what it needs", () => {
  const names = librariesOf(output("Vault"), output).map(({ name }) => name);
  assert.deepEqual(names, ["Rounding", "Shares"]);
  assert.equal(output("Rounding").metadata.source, "rounding/Rounding.sol");
  const ordered = inLinkOrder([output("Vault"), output("Shares"), output("Rounding")]);
  assert.deepEqual(
    ordered.map(({ name }) => name),
    ["Rounding", "Shares", "Vault"],
  );
});

test("linking puts an address wherever the code calls the library, and a creation says which", () => {
  const vault = output("Vault");
  const starts = vault.metadata.libraries?.Shares ?? [];
  assert.equal(starts.length, 2, "the constructor's call and the function's");
  const linked = linkOutput(vault, { Shares: AT_ONE });
  for (const start of starts) {
    assert.equal(linked.code.slice(2 + 2 * start, 42 + 2 * start), AT_ONE.slice(2));
  }
  assert.notEqual(linked.codeHash, vault.codeHash);
  assert.deepEqual(linksIn(vault, `${linked.code}00`), { Shares: AT_ONE });
  assert.throws(() => linkOutput(vault, {}), /Vault links Shares, whose address is not given/);
});

test("a library's deployed code is compared but for its own address, and says what it links", () => {
  const shares = linkOutput(output("Shares"), { Rounding: AT_TWO });
  const at = shares.code.indexOf(`73${"00".repeat(20)}3014`);
  const deployed: Hex = `0x73${AT_ONE.slice(2)}${shares.code.slice(at + 42)}`;
  const links = { Rounding: AT_TWO };
  assert.deepEqual(compareLibrary(output("Shares"), deployed), { isSame: true, links });
  assert.equal(compareLibrary(output("Rounding"), deployed).isSame, false);
  // The end of a library is none, although a creation ends so.
  for (const end of ["0x", `0x${deployed.slice(-2)}`, `0x${deployed.slice(20)}`] as const) {
    assert.equal(compareLibrary(output("Shares"), end).isSame, false);
  }
});

test("libraries that link one another are refused by name", async () => {
  const circle = join(folder, "circle");
  save(
    circle,
    "contracts/Circle.sol",
    `library A { function f(uint256 x) public pure returns (uint256) { return x == 0 ? 0 : B.f(x - 1); } }
    library B { function f(uint256 x) public pure returns (uint256) { return x == 0 ? 0 : A.f(x - 1); } }`,
  );
  await assert.rejects(
    buildProject(loadProject(circle)),
    (error) =>
      error instanceof CompileFailed &&
      /A, B link one another, .*make the functions of one of them internal/.test(error.message),
  );
});
