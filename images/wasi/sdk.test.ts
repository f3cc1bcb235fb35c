import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { fileURLToPath } from "node:url";
import { describeSdk } from "../probe/conformance.ts";
import { ProgramUnderTest } from "../probe/program.ts";
import { describeToken } from "../probe/token.ts";
import { compileWasi } from "./program.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const RUN_WASI = at("../probe/runWasi.ts");
const TOKEN = at("../../apps/tour/contracts/container-wasi/token.wasm");

const start = (module: () => string) => (): Promise<ProgramUnderTest> =>
  ProgramUnderTest.start(
    [process.execPath, "--no-warnings", RUN_WASI, module()],
    "stdio",
    "process",
  );

describe("the C SDK on WASI", () => {
  let folder = "";
  let probe = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "delchain-wasi-probe-"));
    probe = join(folder, "probe.wasm");
    await writeFile(probe, await compileWasi(at("../probe/probe.c")));
  });
  after(() => rm(folder, { recursive: true }));

  describeSdk(
    "C on WASI",
    start(() => probe),
  );
});

describeToken(
  "C on WASI",
  start(() => TOKEN),
);
