import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex, isHex, toHex } from "./bytes.ts";

test("hex is what Buffer makes of any bytes, and reads back in either case", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = toHex(bytes);
      assert.equal(text, `0x${Buffer.from(bytes).toString("hex")}`);
      assert.deepEqual(fromHex(text), bytes);
      assert.deepEqual(fromHex(`0x${text.slice(2).toUpperCase()}`), bytes);
    }),
  );
});

test("what is no hex of whole bytes is refused and named, whatever it is", () => {
  const odd = [
    "",
    "0",
    "0x",
    "0X00",
    "0x0",
    "0xg0",
    "0x0g",
    "0x-1",
    "0x 1",
    "00",
    "0x0\u0130",
    "0x\uff110",
  ];
  for (const text of odd.filter((each) => !isHex(each))) {
    assert.throws(
      () => fromHex(text),
      (error) => error instanceof TypeError && error.message.endsWith(`: ${text}`),
      JSON.stringify(text),
    );
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 8 }), (text) => {
      if (isHex(`0x${text}`)) fromHex(`0x${text}`);
      else assert.throws(() => fromHex(`0x${text}`), TypeError);
    }),
  );
});
