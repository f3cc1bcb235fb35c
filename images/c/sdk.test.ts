import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  describeArithmetic,
  describeCourse,
  describeFork,
  describeSdk,
  PROBE,
} from "../probe/conformance.ts";
import { callFrame, frameOf } from "../probe/frames.ts";
import { ProgramUnderTest, type Transport } from "../probe/program.ts";
import { compileProgram } from "./program.ts";

const SOURCE = fileURLToPath(new URL("../probe/probe.c", import.meta.url));

describe("the C SDK on Linux", () => {
  let folder = "";
  let program = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "delchain-c-probe-"));
    program = join(folder, "probe");
    await writeFile(program, await compileProgram(SOURCE));
    await chmod(program, 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  const start = (transport: Transport, isolation?: "process") => (): Promise<ProgramUnderTest> =>
    ProgramUnderTest.start([program], transport, isolation);

  describeSdk("C over a socket", start("unix"));
  describeSdk("C over stdio", start("stdio"));
  describeSdk("C with a process for each call", start("unix", "process"));
  describeCourse("C over a socket", start("unix"));
  describeFork("C over a socket", start("unix"));
  describeCourse("C over stdio", start("stdio"));
  describeFork("C over stdio", start("stdio"));
  describeArithmetic("C", start("unix"));

  test("what a program prints on standard output never reaches a stream over stdio", async () => {
    const probe = await start("stdio")();
    try {
      await probe.next();
      probe.send(callFrame({ exchange: 1n, input: PROBE.pollute }));
      assert.equal(await probe.next(), frameOf(5, 1n, "00"));
      assert.equal(await probe.next(), frameOf(1, 1n, "0001"));
      assert.equal(probe.errors, "printed");
    } finally {
      await probe.stop();
    }
  });
});
