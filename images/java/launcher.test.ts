import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { describeCourse, describeSdk, PROBE } from "../probe/conformance.ts";
import { bodyOf, callFrame, frameOf, hex, vectorNamed } from "../probe/frames.ts";
import { type JavaRoot, openJavaRoot } from "../probe/javaRoot.ts";
import { hexOf } from "../probe/memoryHost.ts";
import { ProgramUnderTest, type Transport } from "../probe/program.ts";
import { compileClasses } from "./compile.ts";

const PROBE_SOURCE = new URL("../probe/java/Probe.java", import.meta.url);
const ORDINARY_SOURCE = new URL("../probe/java/Ordinary.java", import.meta.url);
/** What only the probe in Java does. */
const PROCESSES = 8;
const RECURSE = "2f";
const SWALLOW = "30";
const RECURSE_AND_CATCH = "31";
const FILL = "32";
const FILL_AND_CATCH = "33";
const THROW_SILENT = "34";

describe("the Java launcher in the Java image", () => {
  let root: JavaRoot | undefined;
  let probe: readonly string[] = [];

  before(async () => {
    root = await openJavaRoot();
    probe = await root.install("Probe", [PROBE_SOURCE]);
  });
  after(() => root?.remove());

  const start =
    (transport: Transport, isolation: "warm" | "process" = "warm") =>
    (): Promise<ProgramUnderTest> =>
      ProgramUnderTest.start(probe, transport, isolation);

  describeSdk("Java over a socket", start("unix"));
  describeSdk("Java over stdio", start("stdio"));
  describeSdk("Java with a process for each call", start("unix", "process"));
  describeCourse("Java over a socket", start("unix"));
  describeCourse("Java over stdio", start("stdio"));

  for (const transport of ["unix", "stdio"] as const) {
    test(`what Java prints becomes a debug call and never reaches the stream: ${transport}`, async () => {
      const program = await start(transport)();
      try {
        await program.next();
        program.send(callFrame({ exchange: 1n, input: PROBE.pollute }));
        assert.equal(await program.next(), frameOf(3, 1n, `0b${hexOf("printed and 2 errors")}`));
        program.send(frameOf(4, 1n, "00"));
        assert.equal(await program.next(), frameOf(5, 1n, "00"));
      } finally {
        await program.stop();
      }
    });
  }

  describeEnds(start("unix"));

  test("a class that was put into an image behind the build's back is refused before HELLO", async () => {
    const runtime = root?.runtime ?? assert.fail("Java is not there");
    const command = (await root?.install("Probe", [PROBE_SOURCE])) ?? [];
    const folder = await mkdtemp(join(tmpdir(), "delchain-late-"));
    try {
      const source = "public class Late {\n  long now() { return System.nanoTime(); }\n}\n";
      const classes = await compileClasses(runtime, { "Late.java": source }, folder);
      const contract = command.at(-2) ?? "";
      await cp(classes, contract, { recursive: true });
      const [file = "", ...args] = command;
      const env = { DELCHAIN_CHANNEL: "stdio", DELCHAIN_ISOLATION: "warm" };
      const { status, stdout, stderr } = spawnSync(file, args, { env, encoding: "utf8" });
      await rm(join(contract, "Late.class"));
      assert.notEqual(status, 0);
      assert.equal(stdout, "");
      assert.match(stderr, /Late\.now \(Late\.java:2\): java\.lang\.System\.nanoTime; the time is/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("what the launcher loads up to the end of a first call lies in the image's archive", async () => {
    const lines = await loadedBy(probe);
    assert.ok(lines.filter((line) => line.includes("source: shared objects")).length > 500);
    // Events of the flight recorder are never archived.
    const others = lines.filter((line) => /(?<!\.event\.\w+) source: jrt:/.test(line));
    assert.deepEqual(others, [], "write java/classes.txt anew, as images/README.md says");
  });

  test("ordinary Java says the same in every call and in every process", async () => {
    const command = await root?.install("Ordinary", [ORDINARY_SOURCE]);
    const said: string[] = [];
    for (let i = 0; i < PROCESSES; i++) {
      const program = await ProgramUnderTest.start(command ?? [], "unix", "warm");
      try {
        await program.next();
        for (const exchange of [1n, 2n]) {
          program.send(callFrame({ exchange, input: "" }));
          const result = Buffer.from(bodyOf(await program.next()), "hex");
          assert.equal(result[0], 0, result.toString());
          said.push(result.subarray(1).toString());
          await program.next();
        }
      } finally {
        await program.stop();
      }
    }
    assert.deepEqual(said, Array(2 * PROCESSES).fill(said[0]));
    assert.match(said[0] ?? "", /^identity \[1, java\.lang\.Object@1, /m);
    assert.match(said[0] ?? "", /^names \[Ordinary\$\$Lambda@1, Ordinary\$\$Lambda, /m);
    assert.match(said[0] ?? "", / java\.util\.Comparator\$\$Lambda@1, /);
  });
});

/** What the virtual machine says of each class that it loads up to the end of a first call. */
async function loadedBy([java = "", options = "", ...rest]: readonly string[]): Promise<
  readonly string[]
> {
  const folder = await mkdtemp(join(tmpdir(), "delchain-loaded-"));
  const log = join(folder, "loaded.txt");
  const command = [java, options, `-Xlog:class+load:file=${log}`, ...rest];
  const program = await ProgramUnderTest.start(command, "unix", "warm");
  try {
    await program.next();
    program.send(callFrame({ exchange: 1n, input: "" }));
    await program.next();
    return (await readFile(log, "utf8")).split("\n");
  } finally {
    await program.stop();
    await rm(folder, { recursive: true });
  }
}

/** How calls end that do not return. */
function describeEnds(start: () => Promise<ProgramUnderTest>): void {
  async function withProbe(act: (program: ProgramUnderTest) => Promise<void>): Promise<void> {
    const program = await start();
    try {
      assert.equal(await program.next(), vectorNamed("hello at the start"));
      await act(program);
    } finally {
      await program.stop();
    }
  }

  test("an exception that no one catches reverts with its message, or its name", () =>
    withProbe(async (program) => {
      for (const [exchange, input, reason] of [
        [1n, PROBE.throw, "out of eggs"],
        [2n, "06", "Index 0 out of bounds for length 0"],
        [3n, THROW_SILENT, "java.lang.IllegalStateException"],
      ] as const) {
        program.send(callFrame({ exchange, input }));
        const text = hexOf(reason);
        const padded = text.padEnd(Math.ceil(text.length / 64) * 64, "0");
        const error = `08c379a0${hex(32n, 32)}${hex(BigInt(reason.length), 32)}${padded}`;
        assert.equal(await program.next(), frameOf(5, exchange, `01${error}`));
        assert.equal(await program.next(), frameOf(1, exchange, "0001"));
      }
    }));

  // What a contract could catch of these would depend on what is compiled; what stays of them, on what they cut short.
  for (const [name, input, status] of [
    ["recursion without an end", RECURSE, 4],
    ["recursion that is caught on the way up", RECURSE_AND_CATCH, 4],
    ["more memory than there is", FILL, 3],
    ["more memory than there is, caught", FILL_AND_CATCH, 3],
    ["an array larger than any memory", PROBE.exhaust, 3],
  ] as const) {
    test(`${name} ends the process with ${status}, whatever the contract does about it`, () =>
      withProbe(async (program) => {
        program.send(callFrame({ exchange: 1n, input }));
        assert.equal(await program.next(), "end");
        assert.equal(await program.exited(), status);
      }));
  }

  test("a contract cannot catch that its gas is used up", () =>
    withProbe(async (program) => {
      program.send(callFrame({ exchange: 1n, input: SWALLOW }));
      await program.next();
      program.send(frameOf(4, 1n, "03"));
      assert.equal(await program.next(), frameOf(1, 1n, "0001"));
    }));
}
