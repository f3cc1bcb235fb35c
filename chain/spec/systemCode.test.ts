import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { toHex } from "@delchain/runtime";
import contracts from "../system/contracts.json" with { type: "json" };
import { DEVNET } from "./devnet.ts";

/** What is compiled into others. */
const LIBRARIES: ReadonlySet<string> = new Set(["Bls"]);

test("the committed code of every system contract is of the source beside it, and stands at genesis", () => {
  const folder = new URL("../system/", import.meta.url);
  const sources = readdirSync(folder).filter((name) => name.endsWith(".sol"));
  const hashes = sources.map((name) => [
    name.replace(".sol", ""),
    createHash("sha256")
      .update(readFileSync(new URL(name, folder)))
      .digest("hex"),
  ]);
  const artefacts = Object.entries(contracts);
  assert.deepEqual(
    artefacts.map(([name, { source }]) => [name, source]),
    hashes.sort(),
    "run `npm run build:system` and commit",
  );
  assert.deepEqual(
    DEVNET.systemContracts.map(({ code }) => toHex(code)).sort(),
    artefacts
      .filter(([name]) => !LIBRARIES.has(name))
      .map(([, { code }]) => code)
      .sort(),
  );
});
