import assert from "node:assert/strict";
import { test } from "node:test";
import { RLP } from "@ethereumjs/rlp";
import fc from "fast-check";
import { fromHex, toHex } from "./bytes.ts";
import { InvalidInput } from "./errors.ts";
import { decodeRlp, encodeRlp, RLP_DEPTH_MAX, type RlpItem } from "./rlp.ts";

const items = fc.letrec<{ item: RlpItem }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 5 },
    fc.uint8Array({ maxLength: 3 }),
    fc.uint8Array({ minLength: 50, maxLength: 300 }),
    fc.array(tie("item"), { maxLength: 6 }),
  ),
})).item;

function decodes(bytes: Uint8Array): boolean {
  try {
    decodeRlp(bytes);
    return true;
  } catch (error) {
    assert(error instanceof InvalidInput, String(error));
    return false;
  }
}

test("items encode to the bytes that @ethereumjs/rlp gives, and decode to themselves", () => {
  fc.assert(
    fc.property(items, (item) => {
      const bytes = encodeRlp(item);
      assert.equal(toHex(bytes), toHex(RLP.encode(item as Uint8Array)));
      assert.equal(toHex(encodeRlp(decodeRlp(bytes))), toHex(bytes));
      assert.deepEqual(decodeRlp(bytes), RLP.decode(bytes));
    }),
  );
});

test("strings and lists of 55, 56, 255, 256, 65,535 and 65,536 bytes round-trip", () => {
  for (const length of [0, 1, 55, 56, 255, 256, 65_535, 65_536]) {
    const string = new Uint8Array(length).fill(0xaa);
    assert.deepEqual(decodeRlp(encodeRlp(string)), string);
    const list = Array.from({ length }, () => Uint8Array.of(1));
    assert.deepEqual(decodeRlp(encodeRlp(list)), list);
  }
});

test("whatever decodes is the one encoding of its item", () => {
  fc.assert(
    fc.property(items, fc.nat(), fc.nat(255), (item, position, byte) => {
      const bytes = encodeRlp(item);
      bytes[position % bytes.length] = byte;
      if (decodes(bytes)) assert.equal(toHex(encodeRlp(decodeRlp(bytes))), toHex(bytes));
    }),
    { numRuns: 2_000 },
  );
});

test("every other form of an item is refused", () => {
  const refused = {
    "no bytes": "0x",
    "trailing byte": "0x8000",
    "trailing byte after a list": "0xc000",
    "prefixed single byte": "0x8105",
    "prefixed single byte in a list": "0xc28105",
    "long form of a short string": "0xb80180",
    "long form of a short list": "0xf801c0",
    "leading zero in a length": `0xb90038${"aa".repeat(56)}`,
    "leading zero in a list's length": `0xf90038${"01".repeat(56)}`,
    "string cut off": "0x83aabb",
    "length cut off": "0xb9ff",
    "list cut off": "0xc3aabb",
    "item reaching out of its list": "0xc182aabb",
    "length of eight bytes": "0xbfffffffffffffffff",
    "list length of eight bytes": "0xffffffffffffffffff",
  };
  const accepted = Object.entries(refused).filter(([, hex]) => decodes(fromHex(hex)));
  assert.deepEqual(accepted, []);
});

test("lists nest as deep as the limit and no deeper", () => {
  const nested = (depth: number): RlpItem => (depth === 1 ? [] : [nested(depth - 1)]);
  assert.equal(decodes(encodeRlp(nested(RLP_DEPTH_MAX))), true);
  assert.equal(decodes(encodeRlp(nested(RLP_DEPTH_MAX + 1))), false);
});

test("a message of nothing but opening lists is refused without exhausting the stack", () => {
  const bomb = new Uint8Array(4 * 100_000);
  const view = new DataView(bomb.buffer);
  for (let at = 0; at < bomb.length; at += 4) {
    view.setUint32(at, (0xfa << 24) | (bomb.length - at - 4));
  }
  assert.equal(decodes(bomb), false);
});
