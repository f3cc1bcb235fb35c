import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { memoryImages } from "@delchain/images";
import { ProcessDriver, Unavailable } from "@delchain/runtime";
import { CONNECT_MS } from "./driverBench.ts";
import { driverSuite } from "./driverSuite.ts";
import { linuxImage } from "./hostileImage.ts";

const NO_LIMITS = "a plain process has no limits: the bomb would hit this machine";

driverSuite({
  name: "process",
  async prepare() {
    const { digest, archives } = await linuxImage();
    const runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
    return {
      image: digest,
      open: async () =>
        ProcessDriver.open({
          development: true,
          runDirectory,
          images: archives,
          connectMs: CONNECT_MS,
        }),
      cleanUp: () => rm(runDirectory, { recursive: true }),
    };
  },
  isolation: "fork",
  program: "/hostile",
  memoryCode: "memory",
  exclusions: {
    "files and processes that a call leaves are gone in the next":
      "/tmp is the machine's own and is not emptied",
    "a memory bomb ends as its limit has it, and its container goes on": NO_LIMITS,
    "a memory bomb in the first process halts as memory": NO_LIMITS,
    "a file over the size limit halts as fileSize": NO_LIMITS,
    "a fork bomb runs into a limit or the host's timer, not into the machine": NO_LIMITS,
    "disk and inodes end where the manifest says": NO_LIMITS,
    "a call cannot kill its launcher": "the launcher is not process 1, so it can be killed",
    "the sandbox leaves a program its socket and /tmp, and nothing else": "there is no sandbox",
    "the environment is the promised one and no other":
      "host name and socket path are the machine's own",
  },
});

test("the process driver refuses to serve unless it is told that this is development", () => {
  assert.throws(
    () => ProcessDriver.open({ development: false, runDirectory: "/tmp", images: memoryImages() }),
    (error) => error instanceof Unavailable && /no sandbox/.test(error.message),
  );
});
