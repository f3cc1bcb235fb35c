import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type BuiltImage,
  buildImages,
  DEFAULT_STORE,
  type Image,
  memoryImages,
  openImageStore,
  writeImage,
} from "@delchain/images";
import {
  type BatchCall,
  type Container,
  type ContainerDriver,
  type ContainerSpec,
  DockerDriver,
  encodeFrame,
  executeBatch,
  type ImageDigest,
  MemoryView,
  RESOURCE_CLASSES,
  Session,
  toAddress,
  toHash,
  WasmerDriver,
} from "@delchain/runtime";
import { median } from "./cpuTime.ts";

// A warm container call inside the runtime, journal and gas included, beside the same frame echoed by a C loop over
// the same kind of socket. The fastest of many, because a loaded machine only ever adds to it.

const CALLS = 200;
/** The first calls warm caches and compilers on both sides. */
const WARM_UP_CALLS = 20;
const HELLO_MS = 15_000;
const RESOURCES = RESOURCE_CLASSES.small;
const ACCOUNT = toAddress(`0x${"c0".repeat(20)}`);
const WORD = toHash(`0x${"5e".repeat(32)}`);
/** A selector that the token does not have: it reverts, and no host call blurs the measure. */
const UNKNOWN_CALL: BatchCall = {
  caller: ACCOUNT,
  origin: ACCOUNT,
  value: 0n,
  input: new Uint8Array(4).fill(0xff),
  gasLimit: 1_000_000n,
  seed: WORD,
  sending: { callId: WORD, hops: 0, prices: { execute: 1n, order: 1n } },
};
const BLOCK = {
  chainId: 31_337n,
  number: 1n,
  timestamp: 1n,
  gasLimit: 1n << 27n,
  baseFee: 1n,
  producer: ACCOUNT,
  randomness: WORD,
};
/** What keeps calls apart in each image, and how many times the echo a call may take. */
const WARM_IMAGES: Readonly<Record<string, { readonly fresh: string; readonly goal?: number }>> = {
  c: { fresh: "fork", goal: 6 },
  php: { fresh: "fork", goal: 30 },
  java: { fresh: "class loader" },
  node: { fresh: "isolate" },
};

await main();

async function main(): Promise<void> {
  const runDirectory = mkdtempSync(join(tmpdir(), "dc-"));
  const echo = await echoImage();
  const images = openImageStore(DEFAULT_STORE);
  const loop = await DockerDriver.open({ runDirectory, images: memoryImages(echo) });
  const docker = await DockerDriver.open({ runDirectory, images });
  const wasmer = WasmerDriver.open(images);
  try {
    const echoUs = await measureEcho(loop, echo.digest);
    report("the frame echoed by a C loop over the socket", echoUs, "us");
    for (const image of await buildImages({ names: Object.keys(WARM_IMAGES) })) {
      const { fresh, goal } = WARM_IMAGES[image.name] ?? { fresh: "process" };
      const callUs = await measureCalls(docker, image);
      report(`warm ${image.name} container, ${fresh} for each call`, callUs, "us");
      report("  to the echo", callUs / echoUs, goal === undefined ? "x" : `x, goal ${goal}`);
    }
    for (const image of await buildImages({ names: ["wasi"] })) {
      const callUs = await measureCalls(wasmer, image);
      report("wasi/wasm container, fresh process for each call", callUs / 1_000, "ms, goal 20");
    }
  } finally {
    await Promise.all([loop.close(), docker.close(), wasmer.close()]);
    rmSync(runDirectory, { recursive: true });
  }
}

function spec(image: string, entrypoint: readonly string[], isolation: ContainerSpec["isolation"]) {
  return {
    image: image as ImageDigest,
    entrypoint,
    isolation,
    resources: RESOURCES,
    labels: { chain: "bench", contract: ACCOUNT, version: image, replica: "0" },
    cpuset: undefined,
  } as const;
}

async function measureCalls(
  driver: ContainerDriver,
  { digest, entrypoint, isolation }: BuiltImage,
): Promise<number> {
  const container = await driver.start(spec(digest, entrypoint, isolation));
  const session = await Session.open(container, RESOURCES, HELLO_MS);
  const batch = { contract: ACCOUNT, resourceClass: "small", block: BLOCK } as const;
  const calls = [UNKNOWN_CALL];
  const view = new MemoryView();
  const fastest = await measure(async () => {
    const { results } = await executeBatch({ ...batch, calls }, view, session);
    if (results[0]?.status !== "revert") throw new Error(`it ended as ${results[0]?.status}`);
  });
  await session.close();
  return fastest;
}

async function measureEcho(driver: ContainerDriver, digest: string): Promise<number> {
  const container = await driver.start(spec(digest, ["/echo"], "warm"));
  const { value, gasLimit, input, seed } = UNKNOWN_CALL;
  const people = { contract: ACCOUNT, caller: ACCOUNT, origin: ACCOUNT, producer: ACCOUNT };
  const block = { chainId: BLOCK.chainId, blockNumber: BLOCK.number, timestamp: BLOCK.timestamp };
  const call = { ...people, ...block, value, seed, gasLimit, input };
  const frame = encodeFrame({ type: "CALL", exchange: 1n, call });
  const roundTrip = echoing(container, frame);
  const fastest = await measure(roundTrip);
  await container.kill();
  return fastest;
}

/** Sends the frame and waits until as many bytes have come back. */
function echoing({ channel }: Container, frame: Uint8Array): () => Promise<void> {
  let missing = 0;
  let arrived: () => void = () => undefined;
  const receive = (piece: Uint8Array): void => {
    missing -= piece.length;
    if (missing === 0) arrived();
  };
  channel.receive(receive, () => undefined);
  return () =>
    new Promise((resolve) => {
      missing = frame.length;
      arrived = resolve;
      channel.send(frame);
    });
}

async function echoImage(): Promise<Image> {
  const folder = mkdtempSync(join(tmpdir(), "delchain-echo-"));
  const source = fileURLToPath(new URL("./echo.c", import.meta.url));
  execFileSync("gcc", ["-static", "-O2", "-o", join(folder, "echo"), source]);
  const data = readFileSync(join(folder, "echo"));
  rmSync(folder, { recursive: true });
  return writeImage({
    platform: "linux/amd64",
    layers: [[{ kind: "file", path: "echo", mode: 0o755, data }]],
    config: { entrypoint: ["/echo"] },
  });
}

/** The fastest of `CALLS` runs, in microseconds. */
async function measure(run: () => Promise<void>): Promise<number> {
  for (let i = 0; i < WARM_UP_CALLS; i++) await run();
  const times: number[] = [];
  for (let i = 0; i < CALLS; i++) {
    const started = performance.now();
    await run();
    times.push((performance.now() - started) * 1_000);
  }
  process.stdout.write(`  (median ${median(times).toFixed(0)} us)\n`);
  return Math.min(...times);
}

function report(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(60)} ${value.toFixed(2)} ${unit}\n`);
}
