import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { javaToolchain } from "@delchain/java";

// The build tools patch classes of TeaVM: one that they do not know must end the build, and not stay as it is.

const folder = mkdtempSync(join(tmpdir(), "delchain-java-patches-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const { java, jars, tools } = await javaToolchain();

/** What the patcher says when it reads TeaVM from these places. */
function patch(...places: readonly string[]): string {
  const path = places.join(delimiter);
  const args = ["-cp", path, "org.delchain.build.PatchTeaVm", join(folder, "patched")];
  return spawnSync(java, args, { encoding: "utf8" }).stderr;
}

/** A folder with one class. */
function compile(name: string, source: string): string {
  const [target, file] = [join(folder, `${name}-classes`), join(folder, `${name}.java`)];
  writeFileSync(file, source);
  const ecj = jars.find((jar) => /[/\\]ecj-/.test(jar)) as string;
  const args = ["-jar", ecj, "-17", "-nowarn", "-cp", jars.join(delimiter), "-d", target, file];
  const { status, stderr } = spawnSync(java, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return target;
}

test("TeaVM's own classes are patched, and not twice", () => {
  assert.equal(patch(...jars, tools), "");
  assert.match(
    patch(tools, ...jars),
    /WasmRuntime is not TeaVM 0\.13\.1's.*: 0 times an assignment/,
  );
});

test("a class of TeaVM that is not as expected ends the build with its name", () => {
  const allocator = compile(
    "Allocator",
    "package org.teavm.runtime; public final class Allocator {}",
  );
  assert.match(
    patch(allocator, ...jars, tools),
    /org\.teavm\.runtime\.Allocator is not TeaVM 0\.13\.1's.*: 0 methods allocateArray/,
  );
});
