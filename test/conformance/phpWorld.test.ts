import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { TOOLCHAINS } from "@delchain/toolchain";

// The test kit of the PHP SDK, as an author meets it: contracts and their PHPUnit tests, without a chain.

const SOURCES = fileURLToPath(new URL("php/world/", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "delchain-php-world-"));
after(() => rmSync(root, { recursive: true }));

test("contracts in memory pay, revert, guard and call each other as on a chain", async () => {
  for (const name of ["Bank", "Thief"]) {
    cpSync(join(SOURCES, `${name}.php`), join(root, `contracts/${name}.php`));
  }
  cpSync(join(SOURCES, "BankTest.php"), join(root, "test/BankTest.php"));
  const unitTests = TOOLCHAINS.find(({ language }) => language === "php")?.unitTests;
  assert.ok(unitTests);
  const sources = ["contracts/Bank.php", "contracts/Thief.php"];
  const request = { root, sources, files: ["test/BankTest.php"], progress: () => undefined };
  const { passed, failed, report } = await unitTests.run(request);
  assert.deepEqual([passed, failed], [12, 0], report);
});
