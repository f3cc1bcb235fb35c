import assert from "node:assert/strict";
import type { CallOutcome } from "@delchain/runtime";
import {
  type DriverBench,
  type DriverCase,
  SHORT_RESOURCES,
  SUITE_RESOURCES,
} from "./driverBench.ts";

/** What a driver keeps of a program's output at most, in characters. */
const OUTPUT_KEPT = 16_384;

/** Runs one mode in a fresh container and checks how it ended, and whether the container is still good. */
function ends(
  sentence: string,
  mode: string,
  expected: (bench: DriverBench) => Partial<Extract<CallOutcome, { status: "halt" }>> | "timeout",
  options: { readonly role?: string; readonly usable: boolean; readonly gasLimit?: bigint },
): DriverCase {
  return {
    sentence,
    async prove(bench) {
      const wanted = expected(bench);
      const resources = wanted === "timeout" ? SHORT_RESOURCES : SUITE_RESOURCES;
      const session = await bench.open(options.role, resources);
      const { outcome, batch } = await bench.call(session, mode, options.gasLimit);
      if (wanted === "timeout") assert.deepEqual(outcome, { status: "timeout" });
      else assert.deepEqual({ ...outcome, ...wanted, status: "halt" }, outcome);
      assert.deepEqual(batch.slots, []);
      assert.equal(session.usable, options.usable, "whether the container goes on");
      if (session.usable) assert.equal(await bench.said(session, "count"), "1");
      assert.ok(session.container.output.length <= OUTPUT_KEPT, "what is kept of its output");
    },
  };
}

const halt = (code: "signal" | "exit" | "fileSize") => () => ({ code });
const breach = (detail: string) => () => ({ code: "protocolError" as const, detail });
const timeout = (): "timeout" => "timeout";

/**
 * Memory of processes that the kernel has just refused is freed a moment later, so that on a quick machine the memory
 * limit may come before the host's timer.
 */
const FORK_BOMB: DriverCase = {
  sentence: "a fork bomb runs into a limit or the host's timer, not into the machine",
  async prove(bench) {
    const session = await bench.open(undefined, SHORT_RESOURCES);
    const { outcome, batch } = await bench.call(session, "fork bomb");
    const isMemory = outcome.status === "halt" && outcome.code === "memory";
    assert.ok(isMemory || outcome.status === "timeout", JSON.stringify(outcome));
    assert.deepEqual(batch.slots, []);
    if (session.usable) assert.equal(await bench.said(session, "count"), "1");
  },
};

const OWN_ENDS: readonly DriverCase[] = [
  ends("a call that exits with an error halts as exit", "exit", halt("exit"), { usable: true }),
  ends("a call that ends without a result halts as exit", "no result", halt("exit"), {
    usable: true,
  }),
  ends("a result counts for nothing when the call then fails", "result and exit", halt("exit"), {
    usable: true,
  }),
  ends("a call that aborts halts as signal", "abort", halt("signal"), { usable: true }),
  ends(
    "a memory bomb ends as its limit has it, and its container goes on",
    "memory",
    (bench) => ({ code: bench.subject.memoryCode }),
    {
      usable: true,
    },
  ),
  ends(
    "a memory bomb in the first process halts as memory",
    "memory",
    () => ({ code: "memory" as const }),
    {
      role: "inline",
      usable: false,
    },
  ),
  ends("an exit of the first process halts as exit", "exit", halt("exit"), {
    role: "inline",
    usable: false,
  }),
  ends("an abort of the first process halts as signal", "crash", halt("signal"), {
    role: "inline",
    usable: false,
  }),
  ends("a file over the size limit halts as fileSize", "xfsz", halt("fileSize"), { usable: true }),
  FORK_BOMB,
  ends("a call that never answers times out", "silent", timeout, { usable: false }),
  ends("an endless loop times out", "spin", timeout, { usable: false }),
  ends("a flood of output times out and keeps nothing", "flood", timeout, { usable: false }),
  ends("half a frame and then silence times out", "half a frame", timeout, { usable: false }),
  ends(
    "a call that asks on without gas is out of gas",
    "gas and on",
    () => ({ code: "outOfGas" as const }),
    // Fifty writes: long before the host's timer, on a slow machine too.
    { usable: false, gasLimit: 1_000_000n },
  ),
];

const BREACHES: readonly DriverCase[] = [
  ["a second RESULT breaks the protocol", "twice", "a second RESULT"],
  [
    "bytes after RESULT break the protocol",
    "after",
    "a frame's length is 1836020325 bytes; the limit is 1048576",
  ],
  ["a HOSTCALL after RESULT breaks the protocol", "ask after", "a HOSTCALL after RESULT"],
  [
    "a frame of 4 GiB breaks the protocol",
    "4 GiB",
    "a frame's length is 4294967295 bytes; the limit is 1048576",
  ],
  [
    "a frame one byte over the limit breaks the protocol",
    "over limit",
    "a frame's length is 1048577 bytes; the limit is 1048576",
  ],
  ["garbage breaks the protocol", "garbage", "frame type 103 is unknown; known are 1 to 6"],
  ["another exchange breaks the protocol", "other exchange", "exchange 2; the running call is 1"],
  [
    "a frame that only the host sends breaks the protocol",
    "host type",
    "a HOSTREPLY frame, which only the host sends",
  ],
  [
    "a malformed HOSTCALL breaks the protocol",
    "bad host call",
    "the 3 bytes of a HOSTCALL frame are not laid out as PROTOCOL.md has it",
  ],
].map(([sentence, mode, detail]) =>
  ends(sentence as string, mode as string, breach(detail as string), { usable: false }),
);

/** What contracts may try. */
export const HOSTILE_CASES: readonly DriverCase[] = [
  ...OWN_ENDS,
  ...BREACHES,
  {
    sentence:
      "a program that leaves its replies unread is stopped before they fill the host's memory",
    async prove(bench) {
      const session = await bench.open();
      const { outcome } = await bench.call(session, "unread replies");
      assert.ok(outcome.status === "halt");
      // Gas may end first: every reply has its price.
      assert.ok(outcome.code === "protocolError" || outcome.code === "outOfGas", outcome.code);
      assert.equal(session.usable, false);
    },
  },
  {
    sentence: "disk and inodes end where the manifest says",
    async prove(bench) {
      const session = await bench.open();
      assert.equal(await bench.said(session, "full disk"), "disk is full");
      assert.equal(await bench.said(session, "inodes"), "inodes are used up");
      assert.equal(await bench.said(session, "litter"), "nothing lay there");
    },
  },
  {
    sentence: "a call cannot kill its launcher",
    async prove(bench) {
      const session = await bench.open();
      assert.equal(await bench.said(session, "kill launcher"), "tried");
      assert.equal(await bench.said(session, "count"), "1");
    },
  },
  {
    sentence: "the sandbox leaves a program its socket and /tmp, and nothing else",
    async prove(bench) {
      // By errno: 1 not permitted, 2 no such file, 30 read-only.
      assert.equal(
        await bench.said(await bench.open(), "probe"),
        "inet=1 netlink=1 vsock=1 unix=0 root=30 bind=30 tmp=0 shm=2 docker=2 setuid=1 chroot=1 nice=1 masked=1 uid=65534",
      );
    },
  },
];
