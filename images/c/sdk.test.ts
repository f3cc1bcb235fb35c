import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { fileURLToPath } from "node:url";
import { describeArithmetic, describeLauncher, describeSdk } from "../probe/conformance.ts";
import { ProgramUnderTest, type Transport } from "../probe/program.ts";
import { compileProgram } from "./program.ts";

const PROBE = fileURLToPath(new URL("../probe/probe.c", import.meta.url));

describe("the C SDK on Linux", () => {
  let folder = "";
  let program = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "delchain-c-probe-"));
    program = join(folder, "probe");
    await writeFile(program, await compileProgram(PROBE));
    await chmod(program, 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  const start = (transport: Transport, isolation?: "process") => (): Promise<ProgramUnderTest> =>
    ProgramUnderTest.start([program], transport, isolation);

  describeSdk("C over a socket", start("unix"));
  describeSdk("C over stdio", start("stdio"));
  describeSdk("C with a process for each call", start("unix", "process"));
  describeLauncher("C over a socket", start("unix"));
  describeLauncher("C over stdio", start("stdio"));
  describeArithmetic("C", start("unix"));
});
