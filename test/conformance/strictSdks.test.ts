import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { fileURLToPath } from "node:url";
import {
  cImage,
  compileProgram,
  DEFAULT_CACHE,
  downloadPackages,
  type ImageSource,
  javaImage,
  memoryImages,
  NODE_PACKAGES,
  nodeImage,
  openJavaRuntime,
  PHP_PACKAGES,
  phpImage,
  writeImage,
} from "@delchain/images";
import { DockerDriver, type Isolation } from "@delchain/runtime";
import {
  describeCourse,
  describeFork,
  describeSdk,
  type ProbeProgram,
} from "../../images/probe/conformance.ts";
import { ContainerProgram } from "./containerProgram.ts";

// The base images' conformance to the protocol, in strict containers: their launchers and SDKs under detinit.

const PROBES = new URL("../../images/probe/", import.meta.url);
const probe = (name: string): Promise<string> => readFile(new URL(name, PROBES), "utf8");

async function debian(names: readonly string[]) {
  return downloadPackages(names, join(DEFAULT_CACHE, "debian"), () => undefined);
}

type Subject = {
  readonly name: string;
  readonly isolation: Isolation;
  readonly build: () => Promise<ImageSource>;
};

const SUBJECTS: readonly Subject[] = [
  {
    name: "C",
    isolation: "fork",
    build: async () => cImage(await compileProgram(fileURLToPath(new URL("probe.c", PROBES)))),
  },
  {
    name: "PHP",
    isolation: "fork",
    build: async () => {
      const sources = { "Probe.php": await probe("Probe.php") };
      return phpImage(await debian(PHP_PACKAGES), { main: "Probe.php", sources });
    },
  },
  {
    name: "Java",
    isolation: "warm",
    build: async () => {
      const runtime = await openJavaRuntime(DEFAULT_CACHE, () => undefined);
      const sources = { "Probe.java": await probe("java/Probe.java") };
      return javaImage(runtime, { main: "Probe", sources });
    },
  },
  {
    name: "TypeScript",
    isolation: "warm",
    build: async () => {
      const contract = { main: "probe.ts", sources: { "probe.ts": await probe("node/probe.ts") } };
      return nodeImage(await debian(NODE_PACKAGES), contract);
    },
  },
];

for (const { name, isolation, build } of SUBJECTS) {
  describe(`the ${name} SDK in a strict container`, () => {
    let program: ContainerProgram | undefined;
    let driver: DockerDriver | undefined;
    let runDirectory = "";

    before(async () => {
      const source = await build();
      const image = await writeImage(source);
      runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
      driver = await DockerDriver.open({ runDirectory, images: memoryImages(image) });
      program = new ContainerProgram(driver, {
        image: image.digest,
        entrypoint: source.config.entrypoint,
        isolation,
      });
    });
    after(async () => {
      await driver?.close();
      await rm(runDirectory, { recursive: true });
    });

    const start = async (): Promise<ProbeProgram> => {
      if (program === undefined) throw new Error("the image was not built");
      return program.start();
    };
    describeSdk(`${name}, strict,`, start);
    describeCourse(`${name}, strict,`, start);
    if (isolation === "fork") describeFork(`${name}, strict,`, start);
  });
}
