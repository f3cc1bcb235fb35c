import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type BuiltImage, buildImages, DEFAULT_STORE, openImageStore } from "@delchain/images";
import {
  addressFromBytes,
  type BatchResult,
  type ContainerDriver,
  DockerDriver,
  executeBatch,
  MemoryView,
  RESOURCE_CLASSES,
  Session,
  toHash,
  toHex,
  WasmerDriver,
  ZERO_HASH,
} from "@delchain/runtime";
import { decodeEventLog, type Hex, zeroAddress } from "viem";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { ALICE, BIG, BOB, inputOf, TOKEN_STEPS } from "./tokenScenario.ts";

// The tour's token in containers: real images, real drivers, the calls that every other token gets.

const CONTRACT = addressFromBytes(new Uint8Array(20).fill(0xc0));
const HELLO_MS = 30_000;
const RESOURCES = RESOURCE_CLASSES.small;

/** Runs the scenario as one batch in one container, which takes call after call. */
async function runToken(driver: ContainerDriver, image: BuiltImage): Promise<BatchResult> {
  const container = await driver.start({
    image: image.digest,
    entrypoint: image.entrypoint,
    isolation: image.isolation,
    resources: RESOURCES,
    labels: { chain: "test", contract: CONTRACT, version: image.digest, replica: image.name },
    cpuset: undefined,
  });
  try {
    const session = await Session.open(container, RESOURCES, HELLO_MS);
    return await executeBatch(batch(), new MemoryView(), session);
  } finally {
    await container.kill();
  }
}

function batch(): Parameters<typeof executeBatch>[0] {
  return {
    contract: CONTRACT,
    resourceClass: "small",
    block: {
      chainId: 31_337n,
      number: 1n,
      timestamp: 1_700_000_000n,
      gasLimit: 2n ** 27n,
      baseFee: 0n,
      producer: ALICE,
      randomness: ZERO_HASH,
    },
    calls: TOKEN_STEPS.map((step) => ({
      caller: step.caller,
      origin: step.caller,
      value: step.value ?? 0n,
      input: inputOf(step),
      gasLimit: 2n ** 24n,
      seed: toHash(`0x${"05".repeat(32)}`),
      sending: {
        callId: toHash(`0x${"06".repeat(32)}`),
        hops: 0,
        prices: { execute: 1n, order: 1n },
      },
    })),
  };
}

function assertToken({ results, slots }: BatchResult): void {
  assert.deepEqual(
    results.map(({ status, output }, at) => [TOKEN_STEPS[at]?.name, status, toHex(output)]),
    TOKEN_STEPS.map(({ name, status, output }) => [name, status, output]),
  );
  const events = results.flatMap(({ logs }) =>
    logs.map(({ topics, data }) => {
      const [topic, ...indexed] = topics as unknown as Hex[];
      const log = {
        abi: tokenAbi,
        topics: [topic, ...indexed] as [Hex, ...Hex[]],
        data: toHex(data),
      };
      const { from, to, value } = decodeEventLog(log).args;
      return [from.toLowerCase(), to.toLowerCase(), value];
    }),
  );
  assert.deepEqual(events, [
    [zeroAddress, ALICE, BIG],
    [ALICE, BOB, 7n],
    [BOB, ALICE, 2n],
    [BOB, BOB, 5n],
    [BOB, ALICE, 0n],
  ]);
  assert.equal(slots.length, 3);
}

async function withDriver(
  name: string,
  act: (driver: ContainerDriver, image: BuiltImage) => Promise<void>,
): Promise<void> {
  const [image] = await buildImages({ names: [name] });
  assert.ok(image);
  const images = openImageStore(DEFAULT_STORE);
  const runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
  const driver =
    image.platform === "wasi/wasm"
      ? WasmerDriver.open(images)
      : await DockerDriver.open({ runDirectory, images });
  try {
    await act(driver, image);
  } finally {
    await driver.close();
    await rm(runDirectory, { recursive: true });
  }
}

const writes = new Map<string, unknown>();

for (const name of ["c", "php", "java", "node", "wasi"]) {
  test(`the token's ${name} image does in its container what the token in Solidity does`, () =>
    withDriver(name, async (driver, image) => {
      const result = await runToken(driver, image);
      assertToken(result);
      writes.set(name, result.slots);
    }));
}

test("the token leaves the same storage whatever language its container runs", () => {
  assert.deepEqual(writes.get("php"), writes.get("c"));
  assert.deepEqual(writes.get("java"), writes.get("c"));
  assert.deepEqual(writes.get("node"), writes.get("c"));
  assert.deepEqual(writes.get("wasi"), writes.get("c"));
});
