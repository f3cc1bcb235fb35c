import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { concatBytes, fromHex, toHex } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { FrameReader } from "./frameReader.ts";
import { encodeFrame, type Frame } from "./frames.ts";
import { FRAME_BYTES_DEFAULT, FRAME_BYTES_MAX } from "./limits.ts";

type Vector = Record<string, unknown> & { name: string; type: string; frame: string };
type Malformed = { name: string; bytes: string; code: string };
const vectors: { frames: Vector[]; malformed: Malformed[] } = JSON.parse(
  readFileSync(new URL("./vectors.json", import.meta.url), "utf8"),
);

/** A frame in the words of vectors.json: integers as decimal text, bytes as hex, one level deep. */
function inVectorWords(frame: Frame): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  const parts = "call" in frame ? [frame.call] : "hostCall" in frame ? [frame.hostCall] : [frame];
  for (const part of parts) {
    for (const [key, value] of Object.entries(part)) {
      flat[key] = value instanceof Uint8Array ? toHex(value) : value;
      if (typeof value === "bigint") flat[key] = String(value);
    }
  }
  return { ...flat, type: frame.type, exchange: String(frame.exchange) };
}

function readAll(reader: FrameReader, chunk: Uint8Array): Frame[] {
  return [...reader.push(chunk)];
}

for (const { frame: hex, name, ...words } of vectors.frames) {
  test(`the frame "${name}" is read and written as its vector says`, () => {
    const frames = readAll(new FrameReader(), fromHex(hex));
    assert.deepEqual(frames.map(inVectorWords), [words]);
    assert.deepEqual(
      frames.map((frame) => toHex(encodeFrame(frame))),
      [hex],
    );
  });
}

for (const { name, bytes, code } of vectors.malformed) {
  test(`a reader refuses ${name} as ${code}`, () => {
    assert.throws(
      () => readAll(new FrameReader(), fromHex(bytes)),
      (error) => error instanceof InvalidInput && error.facts.code === code,
    );
  });
}

test("frames come out the same in whatever pieces their bytes arrive", () => {
  const stream = concatBytes(...vectors.frames.map(({ frame }) => fromHex(frame)));
  const whole = readAll(new FrameReader(), stream).map(inVectorWords);
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), (cuts) => {
      const reader = new FrameReader();
      const frames: Frame[] = [];
      let from = 0;
      for (const to of [...cuts.sort((a, b) => a - b), stream.length]) {
        frames.push(...readAll(reader, stream.subarray(from, to)));
        from = to;
      }
      assert.deepEqual(frames.map(inVectorWords), whole);
      assert.equal(reader.held, 0);
    }),
    { numRuns: 50 },
  );
});

test("a length of 4 GiB is refused at its fourth byte, with three held until then", () => {
  const reader = new FrameReader();
  assert.deepEqual(readAll(reader, new Uint8Array(3).fill(0xff)), []);
  assert.equal(reader.held, 3);
  assert.throws(
    () => readAll(reader, Uint8Array.of(0xff)),
    /4294967295 bytes; the limit is 1048576/,
  );
});

test("a frame of exactly the limit is read, sent byte by byte at its edges", () => {
  const output = new Uint8Array(FRAME_BYTES_DEFAULT - 10).fill(7);
  const bytes = encodeFrame({ type: "RESULT", exchange: 1n, status: "success", output });
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (let i = 0; i < 20; i++) frames.push(...readAll(reader, bytes.subarray(i, i + 1)));
  frames.push(...readAll(reader, bytes.subarray(20)));
  assert.deepEqual(frames, [{ type: "RESULT", exchange: 1n, status: "success", output }]);
});

test("no reader takes more than 16 MiB a frame", () => {
  assert.throws(() => new FrameReader(FRAME_BYTES_MAX + 1), /above 16777216/);
});
