import fc from "fast-check";
import { type AbiParameter, bytesToHex } from "viem";

const ITEMS_MAX = 4;

/** Values of an ABI type as viem takes them; edges of numbers and of storage's words come often. */
export function abiValue(parameter: AbiParameter): fc.Arbitrary<unknown> {
  const { type } = parameter;
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array !== null) {
    const [, item = "", length = ""] = array;
    const size = { minLength: Number(length || 0), maxLength: Number(length || ITEMS_MAX) };
    return fc.array(abiValue({ ...parameter, type: item }), size);
  }
  const number = /^(u?)int(\d+)$/.exec(type);
  if (number !== null) return integer(number[1] === "", Number(number[2]));
  const bytes = /^bytes(\d+)$/.exec(type);
  if (bytes !== null) return hex(Number(bytes[1]), Number(bytes[1]));
  switch (type) {
    case "tuple":
      return fc.record(
        Object.fromEntries(componentsOf(parameter).map((one) => [one.name ?? "", abiValue(one)])),
      );
    case "bool":
      return fc.boolean();
    case "address":
      return fc.oneof(fc.constant(`0x${"b0".repeat(20)}`), hex(20, 20));
    case "bytes":
      return fc.oneof(hex(0, 100), hex(31, 33));
    case "string":
      return fc.oneof(
        fc.constantFrom("", "a", "ü€😀", "x".repeat(31), "x".repeat(32), "x".repeat(65)),
        fc.string({ unit: "grapheme", maxLength: 40 }),
      );
    default:
      throw new Error(`no values of ${type} here`);
  }
}

function componentsOf(parameter: AbiParameter): readonly AbiParameter[] {
  return "components" in parameter ? parameter.components : [];
}

function hex(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength, maxLength }).map((bytes) => bytesToHex(bytes));
}

/** viem has a `number` up to 48 bits and a `bigint` above. */
function integer(isSigned: boolean, bits: number): fc.Arbitrary<number | bigint> {
  const max = 2n ** BigInt(isSigned ? bits - 1 : bits) - 1n;
  const min = isSigned ? -max - 1n : 0n;
  const edges = [0n, 1n, 2n, max, max - 1n, min, min + 1n];
  const value = fc.oneof(
    fc.constantFrom(...edges),
    fc.bigInt({ min: isSigned ? -5n : 0n, max: 5n }),
    fc.bigInt({ min, max }),
  );
  return bits <= 48 ? value.map(Number) : value;
}
