import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  buildJavaRuntime,
  cImage,
  DEFAULT_CACHE,
  downloadPackages,
  type ImageSource,
  javaImage,
  memoryImages,
  NODE_PACKAGES,
  nodeImage,
  openJdk,
  PHP_PACKAGES,
  phpImage,
  writeImage,
} from "@delchain/images";
import {
  DockerDriver,
  type ImageDigest,
  type Isolation,
  RESOURCE_CLASSES,
  Session,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "@delchain/runtime";
import { compileProgram } from "../../images/c/program.ts";

// The SDKs' launchers promise that a call leaves nothing to the next: no memory, no process, no file.

const RESOURCES = RESOURCE_CLASSES.small;
const HELLO_MS = 30_000;
const CALLS = 3;
const PRINTED = { status: "ok", data: new Uint8Array() } as const;
const CALL = {
  contract: ZERO_ADDRESS,
  caller: ZERO_ADDRESS,
  origin: ZERO_ADDRESS,
  value: 0n,
  chainId: 1n,
  blockNumber: 1n,
  timestamp: 1n,
  producer: ZERO_ADDRESS,
  seed: ZERO_HASH,
  gasLimit: 1_000_000n,
  input: new Uint8Array(4),
};

const source = (name: string): string =>
  fileURLToPath(new URL(`./litter/${name}`, import.meta.url));

async function said(image: ImageSource, isolation: Isolation = "fork"): Promise<readonly string[]> {
  const written = await writeImage(image);
  const { digest } = written;
  const runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
  const driver = await DockerDriver.open({ runDirectory, images: memoryImages(written) });
  try {
    const container = await driver.start({
      image: digest as ImageDigest,
      entrypoint: image.config.entrypoint,
      isolation,
      resources: RESOURCES,
      labels: { chain: "litter", contract: ZERO_ADDRESS, version: digest, replica: "0" },
      cpuset: undefined,
    });
    const session = await Session.open(container, RESOURCES, HELLO_MS);
    const words: string[] = [];
    for (let i = 0; i < CALLS; i++) {
      const outcome = await session.run(CALL, ({ operation }) =>
        operation === "debug" ? PRINTED : assert.fail("it asked"),
      );
      const isDone = outcome.status === "success";
      words.push(isDone ? Buffer.from(outcome.output).toString() : JSON.stringify(outcome));
    }
    return words;
  } finally {
    await driver.close();
    await rm(runDirectory, { recursive: true });
  }
}

test("a contract in C finds nothing of the call before", async () => {
  assert.deepEqual(await said(cImage(await compileProgram(source("litter.c")))), [
    "fresh",
    "fresh",
    "fresh",
  ]);
});

test("a contract in PHP finds nothing of the call before", async () => {
  const cache = join(DEFAULT_CACHE, "debian");
  const packages = await downloadPackages(PHP_PACKAGES, cache, () => undefined);
  const text = await readFile(source("Litter.php"), "utf8");
  const contract = { main: "Litter.php", sources: { "Litter.php": text } };
  const image = await phpImage(packages, contract);
  assert.deepEqual(await said(image), ["fresh", "fresh", "fresh"]);
});

test("a contract in Java finds nothing of the call before, though one process takes both", async () => {
  const folder = await mkdtemp(join(tmpdir(), "delchain-java-"));
  try {
    const jdk = await openJdk(DEFAULT_CACHE, () => undefined);
    const runtime = await buildJavaRuntime(jdk, folder);
    const text = await readFile(source("Litter.java"), "utf8");
    const contract = { main: "Litter", sources: { "Litter.java": text } };
    const image = await javaImage(runtime, contract);
    assert.deepEqual(await said(image, "warm"), ["fresh", "fresh", "fresh"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a contract in TypeScript finds nothing of the call before, not even on prototypes", async () => {
  const cache = join(DEFAULT_CACHE, "debian");
  const packages = await downloadPackages(NODE_PACKAGES, cache, () => undefined);
  const text = await readFile(source("litter.ts"), "utf8");
  const contract = { main: "litter.ts", sources: { "litter.ts": text } };
  const image = await nodeImage(packages, contract);
  assert.deepEqual(await said(image, "warm"), ["fresh", "fresh", "fresh"]);
});
