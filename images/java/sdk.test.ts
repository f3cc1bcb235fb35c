import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { describeArithmetic } from "../probe/conformance.ts";
import { type JavaRoot, openJavaRoot } from "../probe/javaRoot.ts";
import { ProgramUnderTest } from "../probe/program.ts";
import { describeToken } from "../probe/token.ts";
import { describeConstructor, describeTypes } from "../probe/types.ts";
import { compileJava } from "./compile.ts";

const SOURCES = {
  Probe: "../probe/java/Probe.java",
  TokenProgram: "../../apps/tour/contracts/java/Token.java",
  TypesProgram: "../probe/java/Types.java",
};

describe("the Java SDK in the Java image", () => {
  let root: JavaRoot | undefined;
  const commands = new Map<string, readonly string[]>();

  before(async () => {
    root = await openJavaRoot();
    for (const [main, source] of Object.entries(SOURCES)) {
      commands.set(main, await root.install(main, [new URL(source, import.meta.url)]));
    }
  });
  after(() => root?.remove());

  const start = (main: keyof typeof SOURCES) => (): Promise<ProgramUnderTest> =>
    ProgramUnderTest.start(commands.get(main) ?? [], "unix", "warm");

  describeArithmetic("Java", start("Probe"));
  describeToken("Java", start("TokenProgram"));
  describeTypes("Java", start("TypesProgram"));
  describeConstructor("Java", start("TypesProgram"));

  async function refusal(source: string): Promise<string> {
    const runtime = root?.runtime ?? assert.fail("Java is not there");
    const contract = { main: "BadProgram", sources: { "Bad.java": source } };
    const error = await compileJava(runtime, contract).then(
      () => assert.fail("it was not refused"),
      (refused: unknown) => refused,
    );
    assert.ok(error instanceof InvalidInput, String(error));
    return error.message;
  }

  test("a contract that does not compile is refused with the compiler's file and line", async () => {
    const text = await refusal("public class Bad {\n  int x() { return y; }\n}\n");
    assert.match(text, /Bad\.java:2: error: cannot find symbol/);
  });

  test("a contract of the SDK that asks the machine is refused with class, method, file and line", async () => {
    const source = await readFile(new URL(SOURCES.TypesProgram, import.meta.url), "utf8");
    const bad = source
      .replace("class Types", "class Bad")
      .replace("number + 1", "number + System.nanoTime()");
    const line = bad.split("\n").findIndex((text) => text.includes("nanoTime")) + 1;
    assert.equal(
      await refusal(bad),
      `Bad.next (Bad.java:${line}): java.lang.System.nanoTime; the time is the block's, Host.blockTimestamp()\n` +
        "the contract is refused",
    );
  });
});
