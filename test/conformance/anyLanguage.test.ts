import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { memoryImages, writeImage } from "@delchain/images";
import {
  executeBatch,
  type ImageDigest,
  MemoryView,
  ProcessDriver,
  RESOURCE_CLASSES,
  Session,
  toHash,
  ZERO_ADDRESS,
} from "@delchain/runtime";
import { encodeFunctionData, type Hex } from "viem";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { MemoryHost } from "../../images/probe/memoryHost.ts";
import { ProgramUnderTest } from "../../images/probe/program.ts";
import { describeToken } from "../../images/probe/token.ts";
import { CALLER, CONTRACT } from "./driverBench.ts";
import { BOB } from "./tokenScenario.ts";

// sdk-langs/any: a language without an SDK, by the protocol's page alone. Wants the Python 3 of the machine.

const TOKEN = fileURLToPath(new URL("../../sdk-langs/any/token.py", import.meta.url));
const COUNTER = fileURLToPath(new URL("../../sdk-langs/any/counter.sh", import.meta.url));
const LINES_MAX = 200;

describeToken("Python", () => ProgramUnderTest.start([TOKEN], "unix"));

test("a counter in POSIX shell counts, refuses value and unknown functions, and each call begins anew", async () => {
  const program = await ProgramUnderTest.start(["/bin/sh", COUNTER], "stdio");
  const host = new MemoryHost();
  const outcomes: string[] = [];
  try {
    await program.next();
    const [increment, count] = ["d09de08a", "06661abd"] as const;
    for (const call of [
      { input: increment },
      { input: increment },
      { input: count },
      { input: increment, value: 1n },
      { input: "12345678" },
      { input: "" },
      { input: count },
    ]) {
      const { status, output } = await host.call(program, call);
      outcomes.push(status === "success" && output !== "" ? String(BigInt(`0x${output}`)) : status);
      assert.match(await program.next(), /^0x0000000b01/, "HELLO follows");
    }
  } finally {
    await program.stop();
  }
  assert.deepEqual(outcomes, ["success", "success", "2", "revert", "revert", "revert", "2"]);
  const lines = (await readFile(COUNTER, "utf8")).trimEnd().split("\n").length;
  assert.ok(lines < LINES_MAX, `${lines} lines`);
});

test("the token in Python is short enough to be read at once", async () => {
  const lines = (await readFile(TOKEN, "utf8")).trimEnd().split("\n").length;
  assert.ok(lines < LINES_MAX, `${lines} lines`);
});

test("the token in Python runs a batch of calls in the process driver, each on what the last one left", async () => {
  const image = await writeImage({
    platform: "linux/amd64",
    layers: [[{ kind: "file", path: "token", mode: 0o755, data: await readFile(TOKEN) }]],
    config: { entrypoint: ["/token"] },
  });
  const digest = image.digest as ImageDigest;
  const runDirectory = await mkdtemp(join(tmpdir(), "dc-"));
  const driver = ProcessDriver.open({
    development: true,
    runDirectory,
    images: memoryImages(image),
  });
  try {
    const resources = RESOURCE_CLASSES.small;
    const container = await driver.start({
      image: digest,
      entrypoint: ["/token"],
      isolation: "fork",
      resources,
      labels: { chain: "python", contract: CONTRACT, version: "1", replica: "0" },
      cpuset: undefined,
    });
    const session = await Session.open(container, resources, 10_000);
    const inputs = [
      encodeFunctionData({ abi: tokenAbi, functionName: "mint", args: [CALLER, 100n] }),
      encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [BOB, 30n] }),
      encodeFunctionData({ abi: tokenAbi, functionName: "transfer", args: [BOB, 71n] }),
      encodeFunctionData({ abi: tokenAbi, functionName: "balanceOf", args: [BOB] }),
    ];
    const { results, slots } = await executeBatch(batchOf(inputs), new MemoryView(), session);
    assert.deepEqual(
      results.map(({ status, output, logs }) => [status, output.length, logs.length]),
      [
        ["success", 0, 1],
        ["success", 32, 1],
        ["revert", 100, 0],
        ["success", 32, 0],
      ],
    );
    assert.equal(results.at(-1)?.output.at(-1), 30);
    assert.equal(slots.length, 3);
    await session.close();
  } finally {
    await driver.close();
    await rm(runDirectory, { recursive: true, force: true });
  }
});

function batchOf(inputs: readonly Hex[]): Parameters<typeof executeBatch>[0] {
  const seed = toHash(`0x${"5e".repeat(32)}`);
  return {
    contract: CONTRACT,
    resourceClass: "small",
    block: {
      chainId: 31_337n,
      number: 7n,
      timestamp: 1_700_000_000n,
      gasLimit: 1n << 27n,
      baseFee: 7n,
      producer: ZERO_ADDRESS,
      randomness: seed,
    },
    calls: inputs.map((input) => ({
      caller: CALLER,
      origin: CALLER,
      value: 0n,
      input: Buffer.from(input.slice(2), "hex"),
      gasLimit: 10_000_000n,
      seed,
      sending: { callId: seed, hops: 0, prices: { execute: 1n, order: 1n } },
    })),
  };
}
