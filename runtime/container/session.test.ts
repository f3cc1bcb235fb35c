import assert from "node:assert/strict";
import { duplexPair } from "node:stream";
import { test } from "node:test";
import { ZERO_ADDRESS } from "../types/address.ts";
import { EMPTY_BYTES } from "../types/bytes.ts";
import { InvalidInput, Unavailable } from "../types/errors.ts";
import { ZERO_HASH } from "../types/hash.ts";
import { StreamChannel } from "./channels.ts";
import type { Container, ContainerEnd } from "./driver.ts";
import { FrameReader } from "./frameReader.ts";
import { type CallFrame, encodeFrame, type Frame } from "./frames.ts";
import { HOST_CALLS_MAX, STOPS_MAX } from "./limits.ts";
import { Session } from "./session.ts";

const RESOURCES = { frameBytes: 1024 * 1024, wallMs: 5_000 };
const CALL: CallFrame = {
  contract: ZERO_ADDRESS,
  caller: ZERO_ADDRESS,
  origin: ZERO_ADDRESS,
  value: 0n,
  chainId: 1n,
  blockNumber: 1n,
  timestamp: 1n,
  producer: ZERO_ADDRESS,
  seed: ZERO_HASH,
  gasLimit: 1n,
  input: EMPTY_BYTES,
};
const noAnswer = (): never => assert.fail("it asked");

/** A container in memory: the program answers each frame of the host, and may end the container. */
type Program = (
  frame: Frame,
  say: (frame: Frame) => void,
  end: (end: ContainerEnd) => void,
) => void;

async function open(program: Program): Promise<{ session: Session; killed: () => boolean }> {
  const [host, inside] = duplexPair();
  let isKilled = false;
  let end: (end: ContainerEnd) => void = () => undefined;
  const ended = new Promise<ContainerEnd>((resolve) => {
    end = (how) => {
      inside.destroy();
      host.destroy();
      resolve(how);
    };
  });
  const say = (frame: Frame): void => void inside.write(encodeFrame(frame));
  const reader = new FrameReader();
  inside.on("data", (piece: Buffer) => {
    for (const frame of reader.push(piece)) program(frame, say, end);
  });
  const kill = async (): Promise<void> => {
    isKilled = true;
    end({ by: "host" });
  };
  const container: Container = {
    id: "memory",
    channel: new StreamChannel(host),
    ended,
    output: "",
    kill,
  };
  say({ type: "HELLO", exchange: 0n, version: 1 });
  const session = await Session.open(container, RESOURCES, 1_000);
  return { session, killed: () => isKilled };
}

const hello = (exchange: bigint): Frame => ({ type: "HELLO", exchange, version: 1 });
const ask = (exchange: bigint): Frame => ({
  type: "HOSTCALL",
  exchange,
  hostCall: { operation: "gasLeft" },
});

test("calls get one number after another, and a HELLO without a RESULT is the halt exit", async () => {
  const exchanges: bigint[] = [];
  const { session } = await open(({ exchange }, say) => {
    exchanges.push(exchange);
    say(hello(exchange));
  });
  const outcomes = [await session.run(CALL, noAnswer), await session.run(CALL, noAnswer)];
  assert.deepEqual(exchanges, [1n, 2n]);
  const exit = { status: "halt", code: "exit", detail: "it ended without a RESULT" };
  assert.deepEqual(outcomes, [exit, exit]);
  await session.close();
});

for (const [kind, detail, code] of [
  ["signal", 9, "memory"],
  ["signal", 25, "fileSize"],
  ["signal", 11, "signal"],
  ["exit", 1, "exit"],
  ["start", 11, "pids"],
] as const) {
  test(`a TRAP of kind ${kind} and detail ${detail} is the halt ${code}, also after a RESULT`, async () => {
    const { session } = await open(({ exchange }, say) => {
      say({ type: "RESULT", exchange, status: "success", output: EMPTY_BYTES });
      say({ type: "TRAP", exchange, kind, detail });
    });
    const outcome = await session.run(CALL, noAnswer);
    assert.equal(outcome.status === "halt" && outcome.code, code);
    assert.equal(session.usable, true);
    await session.close();
  });
}

test("a container that ended by its own limits halts with their code, by the engine's trouble not at all", async () => {
  const own = await open((_frame, _say, end) => end({ by: "limit", code: "pids", detail: "full" }));
  assert.deepEqual(await own.session.run(CALL, noAnswer), {
    status: "halt",
    code: "pids",
    detail: "full",
  });
  const engine = await open((_frame, _say, end) => end({ by: "engine", detail: "disk full" }));
  await assert.rejects(engine.session.run(CALL, noAnswer), (error) => {
    assert.ok(error instanceof Unavailable);
    return error.message === "disk full";
  });
  assert.deepEqual([own.session.usable, engine.session.usable], [false, false]);
});

for (const trouble of [
  new Unavailable("store", "disk gone"),
  // Also what would be the sender's fault elsewhere: the program has not broken the protocol.
  new InvalidInput({ code: "STATE_PRUNED" }, "the state of block 1 is not kept"),
]) {
  test(`a state that cannot be read (${trouble.message}) leaves the call without a result, and ends its container`, async () => {
    const { session, killed } = await open(({ exchange }, say) => say(ask(exchange)));
    const run = session.run(CALL, () => {
      throw trouble;
    });
    await assert.rejects(run, trouble);
    assert.deepEqual([session.usable, killed()], [false, true]);
  });
}

test("a program told to stop is out of gas however it goes on, and is killed when it asks too often", async () => {
  let stops = 0;
  const patient = await open((frame, say) => {
    if (frame.type === "CALL") say(ask(frame.exchange));
    else if (++stops < STOPS_MAX) say(ask(frame.exchange));
    else {
      say({ type: "RESULT", exchange: frame.exchange, status: "success", output: EMPTY_BYTES });
      say(hello(frame.exchange));
    }
  });
  const stop = (): { status: "stop"; data: Uint8Array } => ({ status: "stop", data: EMPTY_BYTES });
  const outcome = await patient.session.run(CALL, stop);
  assert.equal(outcome.status === "halt" && outcome.code, "outOfGas");
  assert.deepEqual([stops, patient.session.usable], [STOPS_MAX, true]);
  await patient.session.close();

  const stubborn = await open(({ exchange }, say) => say(ask(exchange)));
  const killed = await stubborn.session.run(CALL, stop);
  assert.equal(killed.status === "halt" && killed.code, "outOfGas");
  assert.deepEqual([stubborn.session.usable, stubborn.killed()], [false, true]);
  assert.ok(STOPS_MAX < HOST_CALLS_MAX);
});

test("one session runs one call at a time", async () => {
  const { session } = await open(() => undefined);
  const first = session.run(CALL, noAnswer);
  await assert.rejects(session.run(CALL, noAnswer), /one call at a time/);
  const closing = session.close();
  await assert.rejects(first, Unavailable);
  await closing;
});
