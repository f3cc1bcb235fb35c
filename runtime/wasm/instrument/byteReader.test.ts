import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";

function reader(...bytes: number[]): ByteReader {
  return new ByteReader(Uint8Array.from(bytes));
}

function written(write: (out: ByteWriter) => void): ByteReader {
  const out = new ByteWriter();
  write(out);
  return new ByteReader(out.finish());
}

test("an unsigned integer of 32 bits is read as it was written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
      assert.equal(written((out) => out.u32(value)).u32(), value);
    }),
  );
});

test("a signed integer is read as it was written, up to its width", () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
      assert.equal(written((out) => out.signed(value)).signed(32), value);
    }),
  );
  assert.equal(written((out) => out.signed(2 ** 32 - 1)).signed(33), 2 ** 32 - 1);
  assert.equal(written((out) => out.signed(-(2 ** 32))).signed(33), -(2 ** 32));
});

test("a longer form of a number is read while it fits the most bytes", () => {
  assert.equal(reader(0x83, 0x80, 0x80, 0x80, 0x00).u32(), 3);
  assert.equal(reader(0xff, 0xff, 0xff, 0xff, 0x7f).signed(32), -1);
});

test("bits beyond the width and bytes beyond the most are refused", () => {
  for (const bytes of [
    [0x80, 0x80, 0x80, 0x80, 0x10],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
  ]) {
    assert.throws(() => reader(...bytes).u32(), { name: "InvalidInput" });
  }
  assert.throws(() => reader(0xff, 0xff, 0xff, 0xff, 0x4f).signed(32), { name: "InvalidInput" });
  assert.throws(() => reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).signed(33), {
    name: "InvalidInput",
  });
  const tooLong = [...new Array(9).fill(0x80), 0x02];
  assert.throws(() => reader(...tooLong).skipS64(), { name: "InvalidInput" });
});

test("reading beyond the end names the place", () => {
  assert.throws(() => reader(0x80).u32(), {
    facts: { code: "MALFORMED", offset: 1, reason: "the bytes end too early" },
  });
  assert.throws(() => reader(1, 2).take(3), { name: "InvalidInput" });
});

test("a count beyond the bytes left is refused before anything is kept for it", () => {
  assert.throws(() => reader(0xff, 0xff, 0xff, 0xff, 0x0f).count(), { name: "InvalidInput" });
});
