import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { testJava } from "@delchain/java";
import { REPOSITORY } from "../../apps/tour/manifest.ts";

// JUnit tests of contracts on the host in memory, run as an author runs them.

function sources(contract: string, name: string): Record<string, string> {
  const read = (path: string): string => readFileSync(new URL(path, REPOSITORY), "utf8");
  const test = `test/conformance/java/test-kit/${name}.java`;
  return { "Contract.java": read(contract), [`${name}.java`]: read(test) };
}

const TOKEN = sources("apps/tour/contracts/java/Token.java", "TokenTest");

test("JUnit tests of the token run in plain Java: results, logs, reverts that leave nothing, slots", async () => {
  const { passed, failed, report } = await testJava({ files: TOKEN });
  assert.deepEqual({ passed, failed }, { passed: 3, failed: 0 }, report);
});

test("contracts call each other in plain Java: the lock, value, context, accounts without code", async () => {
  const files = sources("test/conformance/java/Caller.java", "CallerTest");
  const { passed, failed, report } = await testJava({ files });
  assert.deepEqual({ passed, failed }, { passed: 5, failed: 0 }, report);
});

test("messages run in plain Java when the call is over: the callback, value that comes back, nothing of what failed", async () => {
  const files = sources("test/conformance/contracts/java/Sender.java", "SenderTest");
  const { passed, failed, report } = await testJava({ files });
  assert.deepEqual({ passed, failed }, { passed: 4, failed: 0 }, report);
});

test("a contract that is wrong fails its test, and the report says where", async () => {
  const wrong = TOKEN["Contract.java"]?.replace("have.subtract(amount)", "have") ?? "";
  const { passed, failed, report } = await testJava({
    files: { ...TOKEN, "Contract.java": wrong },
  });
  assert.deepEqual({ passed, failed }, { passed: 2, failed: 1 });
  assert.match(report, /expected: <\[6, 4\]> but was: <\[10, 4\]>/);
  assert.match(report, /TokenTest.java:\d+/);
});

test("tests that do not compile are refused with file and line", async () => {
  const broken = `${TOKEN["TokenTest.java"]}\nclass Broken { int a = ""; }`;
  await assert.rejects(
    testJava({ files: { ...TOKEN, "TokenTest.java": broken } }),
    /the tests do not compile:\nTokenTest\.java:\d+: error: Type mismatch/,
  );
});
