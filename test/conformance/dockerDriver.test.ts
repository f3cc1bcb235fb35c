import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Determinism, DockerDriver } from "@delchain/runtime";
import { CALL_CASES } from "./callCases.ts";
import { CONNECT_MS, type DriverSubject } from "./driverBench.ts";
import { driverSuite } from "./driverSuite.ts";
import { HOSTILE_CASES } from "./hostileCases.ts";
import { linuxImage } from "./hostileImage.ts";

function subject(determinism: Determinism): DriverSubject {
  return {
    name: `docker, ${determinism},`,
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
    determinism,
    program: "/hostile",
    memoryCode: "memory",
    exclusions: {},
  };
}

driverSuite(subject("standard"));
// How containers start and end is the same with a supervisor; what happens in them is not.
driverSuite(subject("strict"), [...CALL_CASES, ...HOSTILE_CASES]);
