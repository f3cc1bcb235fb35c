import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeAbiParameters, parseAbiParameters } from "viem";
import { concatBytes, fromHex, toHex } from "../types/bytes.ts";
import { type AbiParameter, type AbiType, abiTypeName, abiTypeOf } from "./abiType.ts";
import { BadAbiValue, keepValues, readBytesValue } from "./abiValue.ts";

const TEXT = "uint64 a, string b, (int128 x, bytes[] y)[] c, bytes3[2] d, (bool, address) e";
const PARAMETERS = parseAbiParameters(TEXT);
const TYPES = PARAMETERS.map((each) => abiTypeOf(each) as AbiType);
const WORD = `0x${"00".repeat(31)}05`;

const hex = (size?: number) =>
  fc
    .uint8Array(size === undefined ? { maxLength: 70 } : { minLength: size, maxLength: size })
    .map(toHex);
const values = fc.tuple(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.string({ maxLength: 50, unit: "grapheme-ascii" }),
  fc.array(
    fc.record({
      x: fc.bigInt(-(2n ** 127n), 2n ** 127n - 1n),
      y: fc.array(hex(), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
  fc.tuple(hex(3), hex(3)),
  fc.tuple(fc.boolean(), hex(20)),
);
const ZEROS = [0n, "", [], ["0x000000", "0x000000"], [false, `0x${"00".repeat(20)}`]] as const;

const encode = (list: readonly unknown[]): Uint8Array =>
  fromHex(encodeAbiParameters(PARAMETERS, list as never));

test("kept values are encoded as Solidity does, and the others are zero", () => {
  fc.assert(
    fc.property(values, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (list, kept) => {
      const expected = encode(list.map((value, i) => (kept[i] ? value : ZEROS[i])));
      assert.deepEqual(toHex(keepValues(TYPES, kept, encode(list))), toHex(expected));
    }),
    { numRuns: 200 },
  );
});

test("bytes that are no encoding are refused, and never read twice", () => {
  const kept = TYPES.map(() => true);
  fc.assert(
    fc.property(values, fc.nat(), fc.nat(255), (list, at, byte) => {
      const bytes = encode(list);
      bytes[at % bytes.length] = byte;
      try {
        const read = keepValues(TYPES, kept, bytes);
        assert.ok(read.length <= 2 * bytes.length);
      } catch (error) {
        assert.ok(error instanceof BadAbiValue, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test("many pointers to one value are no encoding: what is read does not outgrow what was written", () => {
  const type = abiTypeOf({ type: "bytes[]" }) as AbiType;
  const word = (value: number) => fromHex(`0x${value.toString(16).padStart(64, "0")}`);
  // An array of 100 whose items are all the one item behind them.
  const pointers = Array.from({ length: 100 }, () => word(3_200));
  const bytes = concatBytes(word(32), word(100), ...pointers, word(32), word(7));
  assert.throws(() => keepValues([type], [true], bytes), BadAbiValue);
});

test("a word outside of its type is no value of it", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["uint8", `0x${"00".repeat(30)}0100`],
    ["int8", `0x${"00".repeat(31)}80`],
    ["bool", `0x${"00".repeat(31)}02`],
    ["address", `0x${"00".repeat(11)}01${"00".repeat(20)}`],
    ["bytes3", `0x00000001${"00".repeat(28)}`],
  ];
  for (const [type, bytes] of cases) {
    const types = [abiTypeOf({ type }) as AbiType];
    assert.throws(() => keepValues(types, [true], fromHex(bytes)), BadAbiValue, type);
    // What nobody compares is not looked at.
    assert.deepEqual(keepValues(types, [false], fromHex(bytes)), new Uint8Array(32), type);
  }
});

test("types that no contract returns are unknown", () => {
  const unknown: readonly AbiParameter[] = [
    { type: "uint7" },
    { type: "bytes33" },
    { type: "uint256[0]" },
    { type: "tuple", components: [] },
    { type: "tuple[]" },
    { type: "uint256[1000][1000]" },
    { type: `uint256${"[]".repeat(40)}` },
    { type: 5 },
    {},
  ];
  assert.deepEqual(
    unknown.map(abiTypeOf),
    unknown.map(() => undefined),
  );
  const tuple = { type: "tuple[2]", components: [{ type: "bool" }, { type: "string[]" }] };
  assert.equal(abiTypeName(tuple), "(bool,string[])[2]");
});

test("the bytes that normalize returns are taken out of their encoding", () => {
  const encoded = fromHex(encodeAbiParameters(parseAbiParameters("bytes"), ["0x010203"]));
  assert.deepEqual(toHex(readBytesValue(encoded)), "0x010203");
  assert.throws(() => readBytesValue(encoded.subarray(0, 60)), BadAbiValue);
  assert.throws(() => readBytesValue(fromHex(WORD)), BadAbiValue);
});
