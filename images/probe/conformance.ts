import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { keccak256, toHex } from "@delchain/runtime";
import fc from "fast-check";
import {
  bodyOf,
  CALL_FIELD_BYTES,
  callFrame,
  frameOf,
  hex,
  readVectors,
  vectorNamed,
} from "./frames.ts";
import type { ProgramUnderTest } from "./program.ts";

/** What the probe contract does when its input begins with this byte; below it are the host's operations. */
export const PROBE = {
  revert: "20",
  succeed: "21",
  returnOne: "22",
  segfault: "23",
  kill: "24",
  exit: "25",
  count: "26",
  keccak: "27",
  add: "28",
  subtract: "29",
  leaveChild: "2a",
  pollute: "2b",
  throw: "2c",
  exhaust: "2d",
  longOutput: "2e",
  random: "3c",
} as const;

/** Starts the probe contract anew. */
export type StartProbe = () => Promise<ProbeProgram>;

/** A probe contract that runs: frames in and out as hex, `end` when its stream has ended. */
export type ProbeProgram = Pick<ProgramUnderTest, "send" | "next" | "kill" | "stop">;

const HELLO = vectorNamed("hello at the start");
const HOST_CALLS: readonly string[] = readVectors()
  .filter(({ type }) => type === "HOSTCALL")
  .map(({ name }) => name);

type RandomVector = {
  readonly name: string;
  readonly bytes: number;
  readonly bound: string;
  readonly drawn: string;
};
const RANDOM: readonly RandomVector[] = JSON.parse(
  readFileSync(new URL("../../sdk-langs/abi/random.json", import.meta.url), "utf8"),
).draws;

async function withProbe(
  start: StartProbe,
  act: (probe: ProbeProgram) => Promise<void>,
): Promise<void> {
  const probe = await start();
  try {
    assert.equal(await probe.next(), HELLO);
    await act(probe);
  } finally {
    await probe.stop();
  }
}

/** The data that a host would give for each operation: what the SDK's typed functions expect. */
function replyData(operation: number): string {
  if (operation === 10) return hex(77_777n, 8);
  return [1, 7, 8, 9, 12].includes(operation) ? "61".repeat(32) : "";
}

async function checkHostCall(probe: ProbeProgram, name: string): Promise<void> {
  const hostCall = vectorNamed(name);
  probe.send(callFrame({ exchange: 2n, input: bodyOf(hostCall) }));
  assert.equal(await probe.next(), hostCall, name);
  const operation = Number.parseInt(bodyOf(hostCall).slice(0, 2), 16);
  // A range goes on until the host has no more.
  const status = operation === 13 ? "01" : "00";
  probe.send(frameOf(4, 2n, `${status}${replyData(operation)}`));
  const expected = operation === 10 ? hex(77_777n, 32) : replyData(operation);
  assert.equal(await probe.next(), frameOf(5, 2n, `00${expected}`), name);
}

/**
 * Every SDK and every transport passes this: the frames of `vectors.json`, byte for byte. Each test starts the probe
 * contract of the language and takes one call.
 */
export function describeSdk(sdk: string, start: StartProbe): void {
  for (const name of [
    "call without input",
    "call with input and value",
    "call at the largest integers",
  ]) {
    test(`${sdk} reads every field of a CALL: ${name}`, () =>
      withProbe(start, async (probe) => {
        const call = vectorNamed(name);
        probe.send(call);
        const exchange = BigInt(`0x${call.slice(12, 28)}`);
        assert.equal(await probe.next(), frameOf(5, exchange, `00${bodyOf(call)}`));
      }));
  }

  test(`${sdk} sends every HOSTCALL as the vectors have it`, async () => {
    let names = HOST_CALLS;
    while (names.length > 0) {
      await withProbe(start, async (probe) => {
        // A program that takes one call only ends its stream after it, and is started anew for the next.
        do {
          await checkHostCall(probe, names[0] as string);
          names = names.slice(1);
        } while ((await probe.next()) !== "end" && names.length > 0);
      });
    }
  });

  const replies: readonly (readonly [string, string, string])[] = [
    ["reply with a word", "storage get", `00${bodyOf(vectorNamed("reply with a word")).slice(2)}`],
    ["reply without data", "delete", "00"],
    ["reply absent", "get", `00${Buffer.from("absent").toString("hex")}`],
    ["reply refused", "send", `01${errorString("send is not available")}`],
  ];
  for (const [reply, asked, result] of replies) {
    test(`${sdk} understands a ${reply}`, () =>
      withProbe(start, async (probe) => {
        probe.send(callFrame({ exchange: 2n, input: bodyOf(vectorNamed(asked)) }));
        await probe.next();
        probe.send(vectorNamed(reply));
        assert.equal(await probe.next(), frameOf(5, 2n, result));
      }));
  }

  describeRangeAndRandom(sdk, start);

  test(`${sdk} cuts the host's reason at 1,024 bytes`, () =>
    withProbe(start, async (probe) => {
      probe.send(callFrame({ exchange: 2n, input: bodyOf(vectorNamed("delete")) }));
      await probe.next();
      probe.send(frameOf(4, 2n, `02${"61".repeat(1025)}`));
      assert.equal(await probe.next(), frameOf(5, 2n, `01${errorString("a".repeat(1024))}`));
    }));

  const limits: readonly (readonly [string, string])[] = [
    [`${PROBE.longOutput}00`, "an output has at most 65,536 bytes"],
    [`040401${"6b".repeat(1025)}`, "a key has at most 1,024 bytes"],
    [`0605${"00".repeat(160)}`, "a log has at most 4 topics"],
  ];
  for (const [input, reason] of limits) {
    test(`${sdk} reverts a contract that passes a limit: ${reason}`, () =>
      withProbe(start, async (probe) => {
        probe.send(callFrame({ exchange: 2n, input }));
        assert.equal(await probe.next(), frameOf(5, 2n, `01${errorString(reason)}`));
      }));
  }

  test(`${sdk} takes the longest input that fits a frame of 1 MiB`, () =>
    withProbe(start, async (probe) => {
      const length = 1024 * 1024 - 9 - CALL_FIELD_BYTES;
      probe.send(callFrame({ exchange: 2n, input: PROBE.succeed.padEnd(2 * length, "0") }));
      assert.equal(await probe.next(), frameOf(5, 2n, "00"));
    }));

  test(`${sdk} gives the longest output`, () =>
    withProbe(start, async (probe) => {
      probe.send(callFrame({ exchange: 2n, input: PROBE.longOutput }));
      const result = await probe.next();
      assert.equal(result.length, 2 + 2 * (13 + 1 + 65_536));
    }));

  const results: readonly (readonly [string, string])[] = [
    ["success", PROBE.returnOne],
    ["success without output", PROBE.succeed],
    ["revert", PROBE.revert],
  ];
  for (const [name, input] of results) {
    test(`${sdk} sends the RESULT: ${name}`, () =>
      withProbe(start, async (probe) => {
        probe.send(callFrame({ exchange: 2n, input }));
        assert.equal(await probe.next(), vectorNamed(name));
      }));
  }
}

/** What an SDK makes of `range` and of the seed. */
function describeRangeAndRandom(sdk: string, start: StartProbe): void {
  test(`${sdk} reads a range page by page, each from behind the last one's keys, up to its limit`, () =>
    withProbe(start, async (probe) => {
      const [from, page] = ["00ff", bodyOf(vectorNamed("reply with two entries"))];
      const ask = (atMost: number, key: string): string =>
        frameOf(3, 2n, `0d${hex(BigInt(atMost), 2)}${hex(BigInt(key.length / 2), 2)}${key}`);
      probe.send(callFrame({ exchange: 2n, input: `0d0024${hex(2n, 2)}${from}` }));
      assert.equal(await probe.next(), ask(32, from));
      probe.send(frameOf(4, 2n, page));
      // "user/b\0" was the last key.
      const next = "757365722f620000";
      assert.equal(await probe.next(), ask(32, next));
      probe.send(frameOf(4, 2n, `${page}${page.slice(2).repeat(15)}`));
      assert.equal(await probe.next(), ask(2, next));
      probe.send(frameOf(4, 2n, page));
      const two = `757365722f613d313b757365722f62003d${"ff".repeat(33)}3b`;
      assert.equal(await probe.next(), frameOf(5, 2n, `00${two.repeat(18)}`));
    }));

  for (const { name, bytes, bound, drawn } of RANDOM) {
    test(`${sdk} draws the random numbers of random.json: ${name}`, () =>
      withProbe(start, async (probe) => {
        const input = `${PROBE.random}${hex(BigInt(bytes), 1)}${hex(BigInt(bound), 32)}`;
        probe.send(callFrame({ exchange: 2n, input }));
        assert.equal(await probe.next(), frameOf(5, 2n, `00${drawn.slice(2)}`));
      }));
  }
}

/** What holds for programs that take call after call, beside `describeSdk`. */
export function describeCourse(sdk: string, start: StartProbe): void {
  test(`${sdk} says HELLO after a call, and the next call finds nothing of it`, () =>
    withProbe(start, async (probe) => {
      for (let exchange = 1n; exchange <= 3n; exchange++) {
        probe.send(callFrame({ exchange, input: PROBE.count }));
        assert.equal(await probe.next(), frameOf(5, exchange, `00${hex(1n, 32)}`));
        assert.equal(await probe.next(), frameOf(1, exchange, "0001"));
      }
    }));

  test(`${sdk} ends a call at once, without a RESULT, when the host says stop`, () =>
    withProbe(start, async (probe) => {
      probe.send(callFrame({ exchange: 2n, input: bodyOf(vectorNamed("storage get")) }));
      await probe.next();
      probe.send(vectorNamed("reply stop"));
      assert.equal(await probe.next(), frameOf(1, 2n, "0001"));
    }));

  test(`${sdk} ends when the host closes the stream or breaks the protocol`, async () => {
    for (const frame of [
      "0xffffffff",
      "0x000000080000000000000000",
      vectorNamed("reply stop"),
      vectorNamed("call without input").slice(0, -2).replace("0x000000b9", "0x000000b8"),
    ]) {
      await withProbe(start, async (probe) => {
        probe.send(frame);
        assert.equal(await probe.next(), "end", frame.slice(0, 40));
      });
    }
  });
}

/** What holds for programs that fork for every call, beside `describeSdk` and `describeCourse`. */
export function describeFork(sdk: string, start: StartProbe): void {
  const traps: readonly (readonly [string, string])[] = [
    ["trap by SIGSEGV", PROBE.segfault],
    ["trap by SIGKILL", PROBE.kill],
    ["trap by exit", PROBE.exit],
  ];
  for (const [name, input] of traps) {
    test(`${sdk} reports a ${name} and takes the next call`, () =>
      withProbe(start, async (probe) => {
        probe.send(callFrame({ exchange: 2n, input }));
        assert.equal(await probe.next(), vectorNamed(name));
        probe.send(callFrame({ exchange: 3n, input: PROBE.succeed }));
        assert.equal(await probe.next(), frameOf(5, 3n, "00"));
      }));
  }

  test(`${sdk} ends processes that a call leaves behind before it says HELLO`, () =>
    withProbe(start, async (probe) => {
      for (const exchange of [1n, 2n]) {
        probe.send(callFrame({ exchange, input: PROBE.leaveChild }));
        assert.equal(await probe.next(), frameOf(5, exchange, "00"));
        assert.equal(await probe.next(), frameOf(1, exchange, "0001"));
      }
      probe.kill();
      assert.equal(await probe.next(), "end");
    }));
}

/** The SDK's own arithmetic and hash, which no host call checks. */
export function describeArithmetic(sdk: string, start: StartProbe): void {
  const bits256 = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
    fc.constantFrom(0n, 1n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 128n, 2n ** 255n, 2n ** 256n - 1n),
  );

  test(`${sdk} adds and subtracts 256-bit integers, and panics like Solidity beyond them`, () =>
    withProbe(start, async (probe) => {
      let exchange = 0n;
      const check = async (operation: string, left: bigint, right: bigint): Promise<void> => {
        exchange += 1n;
        probe.send(callFrame({ exchange, input: `${operation}${hex(left, 32)}${hex(right, 32)}` }));
        const exact = operation === PROBE.add ? left + right : left - right;
        const fits = exact >= 0n && exact < 2n ** 256n;
        const body = fits ? `00${hex(exact, 32)}` : `01${PANIC_OVERFLOW}`;
        assert.equal(await probe.next(), frameOf(5, exchange, body));
        assert.equal(await probe.next(), frameOf(1, exchange, "0001"));
      };
      await fc.assert(
        fc.asyncProperty(bits256, bits256, async (left, right) => {
          await check(PROBE.add, left, right);
          await check(PROBE.subtract, left, right);
        }),
        { numRuns: 100 },
      );
    }));

  test(`${sdk} computes keccak-256 of any length around a block's edges`, () =>
    withProbe(start, async (probe) => {
      const lengths = [0, 1, 31, 32, 64, 134, 135, 136, 137, 271, 272, 273, 1000];
      for (const [index, length] of lengths.entries()) {
        const data = Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 0xff);
        const exchange = BigInt(index + 1);
        probe.send(callFrame({ exchange, input: PROBE.keccak + toHex(data).slice(2) }));
        assert.equal(
          await probe.next(),
          frameOf(5, exchange, `00${keccak256(data).slice(2)}`),
          `${length} bytes`,
        );
        await probe.next();
      }
    }));
}

const PANIC_OVERFLOW = `4e487b71${hex(0x11n, 32)}`;

function errorString(reason: string): string {
  const text = Buffer.from(reason);
  const padded = Buffer.concat([text, Buffer.alloc((32 - (text.length % 32)) % 32)]);
  return `08c379a0${hex(32n, 32)}${hex(BigInt(text.length), 32)}${padded.toString("hex")}`;
}
