import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuildOutput } from "@delchain/toolchain";
import { givenAddresses } from "./libraries.ts";

const ADDRESS = `0x${"11".repeat(20)}`;
const SHARES = { name: "Shares", metadata: { source: "contracts/Shares.sol" } } as BuildOutput;

test("a library is given by its name, or with the file that it is in", () => {
  for (const given of [`Shares=${ADDRESS}`, `contracts/Shares.sol:Shares=${ADDRESS}`]) {
    assert.deepEqual([...givenAddresses("Vault", [SHARES], [given])], [["Shares", ADDRESS]]);
  }
});

for (const [what, given, message] of [
  ["is not linked", `Other=${ADDRESS}`, /Vault links no such library; it links contracts\/Shares/],
  ["is in another file", `other.sol:Shares=${ADDRESS}`, /Vault links no such library/],
  ["has no address", "Shares=0x11", /takes NAME=ADDRESS or PATH:NAME=ADDRESS/],
  ["has no name", ADDRESS, /takes NAME=ADDRESS or PATH:NAME=ADDRESS/],
] as const) {
  test(`--library is refused when the library ${what}`, () => {
    assert.throws(() => givenAddresses("Vault", [SHARES], [given]), message);
  });
}
