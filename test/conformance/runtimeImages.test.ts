import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  buildJavaRuntime,
  DEFAULT_CACHE,
  downloadPackages,
  type ImageSource,
  javaImage,
  memoryImages,
  NODE_PACKAGES,
  nodeImage,
  openJdk,
  writeImage,
} from "@delchain/images";
import {
  DockerDriver,
  RESOURCE_CLASSES,
  Session,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "@delchain/runtime";

// Java and Node bring memories, stacks and threads of their own: in the smallest class they must end a call before the
// kernel ends the container, and with the same halt on every host.

const RESOURCES = RESOURCE_CLASSES.small;
const HELLO_MS = 60_000;
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
};
/** What the probe contracts do (images/probe). */
const SUCCEED = 0x21;
const COUNT = 0x26;
const EXHAUST = 0x2d;
const RECURSE = 0x2f;
const FILL = 0x32;
/** Only the probe in TypeScript. */
const SPIN = 0x32;

const probe = (path: string): Promise<string> =>
  readFile(new URL(`../../images/probe/${path}`, import.meta.url), "utf8");

let folder: string;
const images = new Map<string, ImageSource>();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "dc-"));
  const say = (): void => undefined;
  const java = await buildJavaRuntime(
    await openJdk(DEFAULT_CACHE, say),
    await mkdtemp(join(folder, "java-")),
  );
  const sources = { "Probe.java": await probe("java/Probe.java") };
  images.set("java", await javaImage(java, { main: "Probe", sources }));
  const packages = await downloadPackages(NODE_PACKAGES, join(DEFAULT_CACHE, "debian"), say);
  const script = { main: "probe.ts", sources: { "probe.ts": await probe("node/probe.ts") } };
  images.set("node", await nodeImage(packages, script));
});
after(() => rm(folder, { recursive: true }));

/** Runs calls in one container after the other until one has ended it; tells each call's end, and if it lives on. */
async function run(name: string, inputs: readonly number[]): Promise<readonly string[]> {
  const source = images.get(name) ?? assert.fail(name);
  const image = await writeImage(source);
  const { digest } = image;
  const driver = await DockerDriver.open({ runDirectory: folder, images: memoryImages(image) });
  try {
    const container = await driver.start({
      image: digest,
      entrypoint: source.config.entrypoint,
      isolation: "warm",
      resources: RESOURCES,
      labels: { chain: "limits", contract: ZERO_ADDRESS, version: digest, replica: "0" },
      cpuset: undefined,
    });
    const session = await Session.open(container, RESOURCES, HELLO_MS);
    const ends: string[] = [];
    for (const input of inputs) {
      const call = { ...CALL, input: Uint8Array.of(input) };
      const outcome = await session.run(call, () => assert.fail("it asked"));
      const detail =
        outcome.status === "halt" ? `${outcome.code}: ${outcome.detail}` : outcome.status;
      ends.push(session.usable ? detail : `${detail}; ended`);
    }
    return ends;
  } finally {
    await driver.close();
  }
}

for (const [what, input, status] of [
  ["memory", FILL, 3],
  ["an array", EXHAUST, 3],
  ["a stack", RECURSE, 4],
] as const) {
  test(`Java in the smallest class ends with ${status} when ${what} gets too large, never by the kernel`, async () => {
    const [first, last] = await run("java", [SUCCEED, input]);
    assert.equal(first, "success");
    assert.match(last ?? "", new RegExp(`^exit: .*exited with ${status}; ended$`));
  });
}

test("Node in the smallest class halts when memory gets too large, and takes the next call", async () => {
  assert.deepEqual(await run("node", [EXHAUST, COUNT, EXHAUST, COUNT]), [
    "exit: it exited with 3",
    "success",
    "exit: it exited with 3",
    "success",
  ]);
});

test("a loop without an end in Node is stopped by the host's timer, and its container with it", async () => {
  assert.deepEqual(await run("node", [COUNT, SPIN]), ["success", "timeout; ended"]);
});

for (const [name, count] of [
  ["java", 2_000],
  ["node", 200],
] as const) {
  test(`${name} takes ${count} calls in the smallest class and does not grow past it`, async () => {
    const calls = Array.from({ length: count }, () => COUNT);
    assert.deepEqual(
      await run(name, calls),
      calls.map(() => "success"),
    );
  });
}
