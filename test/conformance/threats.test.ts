import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  type Determinism,
  DockerDriver,
  removeEngineImages,
  type Session,
} from "@delchain/runtime";
import { DriverBench, type PreparedSubject } from "./driverBench.ts";
import { linuxImage } from "./hostileImage.ts";

// What contracts may try beside what the driver suite has: runtime/container/README.md, "Threats". Every attempt is one
// call; the engine stays, and the next call is served. DELCHAIN_CONTAINER_RUNTIME=runsc runs them in gVisor.

const RUNTIME = process.env.DELCHAIN_CONTAINER_RUNTIME;
const DETERMINISMS: readonly Determinism[] =
  RUNTIME === "runsc" ? ["standard"] : ["standard", "strict"];

const halt = (code: string): RegExp => new RegExp(`"status":"halt","code":"${code}"`);
const TIMEOUT = /"status":"timeout"/;

/** Not permitted, each: no namespace, no tracing, no kernel interface, no device, no other socket. */
const SYSTEM_CALLS =
  "unshare=1 clone=1 setns=1 mount=1 pivot_root=1 ptrace=1 process_vm_readv=1 process_vm_writev=1 pidfd_open=1 " +
  "pidfd_getfd=1 seccomp=1 personality=1 bpf=1 perf_event_open=1 userfaultfd=1 io_uring_setup=1 keyctl=1 add_key=1 " +
  "init_module=1 kexec_load=1 reboot=1 clock_settime=1 open_by_handle_at=1 mknod=1 shmget=1 fanotify_init=1 " +
  "sethostname=1 iopl=1 AF_ALG=1 AF_PACKET=1 ";

/** By sentence: the mode of `threats.h`, and what the host sees. */
const THREATS: readonly (readonly [sentence: string, mode: string, seen: string | RegExp])[] = [
  ["a thread bomb ends at the process limit", "threads", "14 threads"],
  [
    "processes that ended and were not waited for end at the process limit",
    "zombies",
    "14 zombies",
  ],
  ["open files end at their limit", "descriptors", "252 more, then errno 24"],
  ["a file in memory ends at the file size limit", "memory file", "4194304 bytes, then errno 27"],
  ["memory that is reserved is no memory until it is touched", "slow memory", halt("memory")],
  ["a frame that comes byte by byte times out", "slow frame", TIMEOUT],
  ["no system call leads out", "system calls", SYSTEM_CALLS],
  [
    "signals to the launcher, the first process and everybody are without effect",
    "signals",
    "sent",
  ],
  [
    "limits cannot be raised, and the launcher's not be changed",
    "limits",
    "files=1 file size=1 core=1 of the launcher=1 ",
  ],
  ["a second connection to the host is turned away", "second stream", "refused"],
  ["a process that stops itself times out", "stop", TIMEOUT],
  ["a system call of the x32 kind ends the call", "x32", halt("signal")],
  ["a system call of 32 bits ends the call", "32 bits", halt("signal")],
  ["a call that closes its stream and stays times out", "close", TIMEOUT],
  ["the launcher's program, started again, finds no host", "program again", halt("exit")],
];

/** gVisor has a kernel of its own, without our system call list and process limit: what is other there, by mode. */
const SEEN_IN_GVISOR: Readonly<Record<string, RegExp>> = {
  // Whichever comes first.
  threads: /"status":"timeout"|"code":"memory"/,
  zombies: TIMEOUT,
  "system calls": /mount=1 .*bpf=1 .*init_module=1 kexec_load=1 reboot=1 .*mknod=1 .*iopl=1 /,
  signals: halt("signal"),
  limits: /core=1 of the launcher=0/,
  x32: /^allowed$/,
  "32 bits": /^refused$/,
};

for (const determinism of DETERMINISMS) {
  describe(`a ${determinism} container${RUNTIME ? ` in ${RUNTIME}` : ""}`, () => {
    let runDirectory = "";
    let driver: DockerDriver;
    let bench: DriverBench;
    let session: Session;

    before(async () => {
      const { digest, archives } = await linuxImage();
      runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
      const runtime = RUNTIME === undefined ? {} : { runtime: RUNTIME };
      driver = await DockerDriver.open({ runDirectory, images: archives, ...runtime });
      const prepared: PreparedSubject = {
        image: digest,
        open: async () => driver,
        cleanUp: async () => undefined,
      };
      bench = new DriverBench(driver, subject(determinism, prepared), prepared);
      session = await bench.open();
    });
    after(async () => {
      await bench.close();
      await driver.close();
      await rm(runDirectory, { recursive: true });
    });

    async function attempt(mode: string): Promise<string> {
      const seen = await bench.said(session, mode);
      if (!session.usable) session = await bench.open();
      assert.equal(await bench.said(session, "count"), "1", "the next call is served");
      return seen;
    }

    for (const [sentence, mode, seenInLinux] of THREATS) {
      const expected = (RUNTIME === "runsc" && SEEN_IN_GVISOR[mode]) || seenInLinux;
      test(sentence, async () => {
        const seen = await attempt(mode);
        if (typeof expected === "string") assert.equal(seen, expected);
        else assert.match(seen, expected);
      });
    }

    test("no file of the machine can be read or written", async () => {
      const attempts = (await attempt("machine files")).trim().split(" ");
      const open = attempts.filter((each) => each.endsWith("=0"));
      // Without a supervisor the first process is the contract's own launcher.
      const own = ["/proc/1/environ=0", "/proc/1/oom_score_adj=0"];
      assert.deepEqual(open, determinism === "strict" ? [] : own);
      assert.equal(attempts.length, 16);
    });

    test("links lead nowhere, and a deep tree is gone in the next call", async () => {
      assert.match(await attempt("links"), /write through it=2 hard link=1 .*depth 200$/);
    });
  });
}

function subject(determinism: Determinism, prepared: PreparedSubject): DriverBench["subject"] {
  return {
    name: "docker",
    prepare: async () => prepared,
    isolation: "fork",
    determinism,
    program: "/hostile",
    memoryCode: "memory",
    exclusions: {},
  };
}

/** What the engine made of the image's configuration and ours, for the one container of a chain. */
function configurationOf(chain: string): Readonly<Record<string, unknown>> {
  const docker = (...words: readonly string[]): string =>
    execFileSync("docker", words, { encoding: "utf8" }).trim();
  const id = docker("ps", "--quiet", "--filter", `label=delchain.chain=${chain}`);
  return JSON.parse(docker("inspect", "--format", "{{json .Config}}", id));
}

test("an image's configuration changes no promise: not user, program, folder, signal or the variables that hosts set", async () => {
  const { digest, archives } = await linuxImage({
    User: "0:0",
    Entrypoint: ["/none"],
    Cmd: ["/none"],
    WorkingDir: "/proc/self",
    StopSignal: "SIGCONT",
    Env: ["TZ=Asia/Tokyo", "DELCHAIN_CHANNEL=unix:/tmp/own.sock", "GLIBC_TUNABLES=", "OWN=1"],
    Labels: { "delchain.chain": "another" },
  });
  const runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
  const driver = await DockerDriver.open({ runDirectory, images: archives });
  const prepared = { image: digest, open: async () => driver, cleanUp: async () => undefined };
  try {
    for (const determinism of ["standard", "strict"] as const) {
      const bench = new DriverBench(driver, subject(determinism, prepared), prepared);
      try {
        const session = await bench.open();
        const environment = await bench.said(session, "environment");
        assert.deepEqual(environment.split("\n").sort(), [
          "DELCHAIN_CHANNEL=unix:/delchain/host.sock",
          "DELCHAIN_ISOLATION=fork",
          "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F",
          "HOME=/tmp",
          "HOSTNAME=contract",
          "LANG=C",
          "LC_ALL=C",
          "OWN=1",
          "PATH=/usr/bin:/bin",
          "TZ=UTC",
          "contract",
        ]);
        assert.match(
          await bench.said(session, "probe"),
          /inet=1 .*root=30 .*setuid=1 .*uid=65534$/,
        );
        const { User, WorkingDir, StopSignal } = configurationOf(bench.labels.chain);
        assert.deepEqual([User, WorkingDir, StopSignal], ["65534:65534", "/", "SIGKILL"]);
      } finally {
        await bench.close();
      }
    }
  } finally {
    await driver.close();
    await rm(runDirectory, { recursive: true });
    await removeEngineImages([digest]);
  }
});

test("a runtime that the engine does not have is named with those it has", async () => {
  await assert.rejects(
    DockerDriver.open({ runDirectory: tmpdir(), runtime: "nothing-like-it" }),
    /^Unavailable: the engine has no runtime nothing-like-it; it has .*runc.*daemon\.json/,
  );
});
