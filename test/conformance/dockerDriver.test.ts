import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DockerDriver } from "@delchain/runtime";
import { CONNECT_MS } from "./driverBench.ts";
import { driverSuite } from "./driverSuite.ts";
import { linuxImage } from "./hostileImage.ts";

driverSuite({
  name: "docker",
  async prepare() {
    const { digest, archives } = await linuxImage();
    const runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
    return {
      image: digest,
      // Without an engine this throws, and says how to get one.
      open: async () =>
        DockerDriver.open({ runDirectory, images: archives, connectMs: CONNECT_MS }),
      cleanUp: () => rm(runDirectory, { recursive: true }),
    };
  },
  isolation: "fork",
  program: "/hostile",
  memoryCode: "memory",
  exclusions: {},
});
