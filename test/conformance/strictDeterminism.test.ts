import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { type Perturbation, toHash } from "@delchain/runtime";
import { type Replica, StrictBench } from "./strictBench.ts";
import { java, node, phpAndC, python } from "./strictImages.ts";

// What a program is told under detinit: the same in every call and container, on whatever CPU, and from the call alone.

const CALLS = 5;
const GOLDEN = new URL("./strict/tells.txt", import.meta.url);

const CHILDREN = ["child", "second child", "thread"];
const RANDOM = ["getrandom", "/dev/urandom", "/dev/random", "AT_RANDOM", ...CHILDREN];
const TIMED = [
  "clock_gettime realtime",
  "clock_gettime monotonic",
  "clock_gettime boottime",
  "clock_gettime coarse",
  "vdso",
  "gettimeofday",
  "time",
  "vsyscall",
  "rdtsc",
  "rdtscp",
  "times",
  ...CHILDREN,
  "after two hours, the second past already",
  "after seven waits of 20 ms",
  "sysinfo",
];
const NUMBERED = [
  "getpid",
  "setsid",
  "getpgrp of the session",
  "child",
  "fork",
  "second child",
  "waitid",
  "thread",
  "/proc/self",
];

/** Ten calls in two containers at once, which disturb each other; all must write the same. */
async function assertSame(bench: StrictBench, command: readonly string[]): Promise<string> {
  const replicas = [0, 1].map((cpu) => bench.outputs(command, { cpu, calls: CALLS }));
  const written = (await Promise.all(replicas)).flat();
  const [first = ""] = written;
  assert.deepEqual(written, Array<string>(2 * CALLS).fill(first));
  return first;
}

/** The report's lines by their names, which may come more than once. */
function linesOf(report: string): readonly string[] {
  return report.trimEnd().split("\n");
}

/** Names of the lines in which a replica's report differs from another's. */
async function differences(bench: StrictBench, replica: Replica): Promise<readonly string[]> {
  const [plain = "", other = ""] = (
    await Promise.all([bench.outputs(["/static"]), bench.outputs(["/static"], replica)])
  ).flat();
  const [before, now] = [linesOf(plain), linesOf(other)];
  assert.equal(before.length, now.length);
  const changed = before.filter((line, at) => line !== now[at]);
  return [...new Set(changed.map((line) => line.split(":")[0] as string))];
}

describe("C and PHP under detinit", () => {
  let bench: StrictBench;
  before(async () => {
    bench = await StrictBench.open(await phpAndC());
  });
  after(() => bench.close());

  test("a static program is told by each system call what it is told everywhere", async () => {
    const report = linesOf(await assertSame(bench, ["/static"]));
    // Where a program lies depends on the compiler that made it.
    const told = report.filter((line) => !line.startsWith("addresses"));
    assert.deepEqual(told, linesOf(await readFile(GOLDEN, "utf8")));
    assert.equal(report.length, told.length + 1);
  });

  test("a dynamic program, whose loader reads the time stamp counter, is told the same", async () => {
    await assertSame(bench, ["/dynamic"]);
  });

  test("PHP's random numbers, clocks, identifiers and directories are the same", async () => {
    const report = JSON.parse(await assertSame(bench, ["/usr/bin/php", "/app/contract/tells.php"]));
    assert.equal(report.date, "2023-11-14T22:13:20+00:00");
    assert.deepEqual(report.scandir, [...report.scandir].sort());
  });

  test("another call has other random numbers and another time, and nothing else is other", async () => {
    const seed = toHash(`0x${"06".repeat(32)}`);
    assert.deepEqual(await differences(bench, { seed }), RANDOM);
    assert.deepEqual(await differences(bench, { timestamp: 1_700_000_005n }), TIMED);
  });

  const perturbed: readonly (readonly [Perturbation, readonly string[]])[] = [
    ["random", RANDOM],
    ["time", TIMED],
    ["directoryOrder", ["getdents64", "telldir"]],
    ["hostname", ["uname"]],
    ["cpuCount", ["CPUs", "processors"]],
    ["memoryLayout", ["addresses"]],
    ["pid", NUMBERED],
    ["threadTiming", []],
  ];
  for (const [perturbation, names] of perturbed) {
    test(`a replica with ${perturbation} perturbed is told that otherwise, and nothing else`, async () => {
      assert.deepEqual(await differences(bench, { perturbations: [perturbation] }), names);
    });
  }
});

describe("Python under detinit", () => {
  let bench: StrictBench;
  before(async () => {
    bench = await StrictBench.open(await python());
  });
  after(() => bench.close());

  test("hashes, sets, addresses, identifiers, random numbers and threads are the same", async () => {
    const report = await assertSame(bench, ["/usr/bin/python3.11", "/tells.py"]);
    assert.match(report, /^1700001000\.0/, "it slept for 1,000 s");
  });
});

describe("Java under detinit", () => {
  let bench: StrictBench;
  before(async () => {
    bench = await StrictBench.open(await java());
  });
  after(() => bench.close());

  for (const [name, options] of [
    ["interpreted", ["-Xint"]],
    ["compiled while it runs", []],
  ] as const) {
    test(`the ${name} virtual machine's clocks, random numbers, hashes and sets are the same`, async () => {
      const report = await assertSame(bench, ["/jre/bin/java", ...options, "-cp", "/app", "Tells"]);
      assert.match(report, /^time 1700000000005 true\n/, "it slept for 5 ms");
    });
  }
});

describe("Node under detinit", () => {
  let bench: StrictBench;
  before(async () => {
    bench = await StrictBench.open(await node());
  });
  after(() => bench.close());

  test("Date.now, Math.random, crypto, hrtime, timers and files are the same without a compiler", async () => {
    const report = await assertSame(bench, [
      "/usr/bin/node",
      "--jitless",
      "/app/contract/tells.mjs",
    ]);
    assert.match(report, /\nDate\.now 1700000000020\n$/, "it waited for 20 ms");
  });
});
