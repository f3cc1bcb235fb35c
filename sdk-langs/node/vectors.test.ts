import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, type Hex, keccak256, toHex, utf8 } from "./bytes.ts";
import { decodeTuple, encodeTuple, isArray, isStruct } from "./composites.ts";
import {
  address,
  array,
  bool,
  bytes,
  fixedBytes,
  int,
  Revert,
  string,
  struct,
  uint,
} from "./index.ts";
import type { AnyType } from "./types.ts";

// The vectors of the ABI without a container; test/conformance/parity has them in one.

type Vector = {
  readonly types: readonly string[];
  readonly values: readonly unknown[];
  readonly data: Hex;
};
type Calldata = {
  readonly types: readonly string[];
  readonly data: Hex;
  readonly output: Hex | null;
};
type Vectors = {
  readonly selectors: readonly { readonly signature: string; readonly selector: Hex }[];
  readonly encodings: readonly Vector[];
  readonly calldata: readonly Calldata[];
};

const vectors = JSON.parse(
  readFileSync(new URL("../abi/vectors.json", import.meta.url), "utf8"),
) as Vectors;
const TYPES: Readonly<Record<string, AnyType>> = { address, bool, bytes, string };

/** The type of a name as signatures have it. */
function typeNamed(name: string): AnyType {
  const [, element, length] = /^(.+)\[(\d*)\]$/.exec(name) ?? [];
  if (element !== undefined) {
    const of = typeNamed(element);
    return length === "" ? array(of) : array(of, Number(length));
  }
  if (name.startsWith("(")) {
    return struct(Object.fromEntries(members(name).map((type, at) => [`f${at}`, typeNamed(type)])));
  }
  const [, word, size] = /^(uint|int|bytes)(\d+)$/.exec(name) ?? [];
  if (word === undefined) return TYPES[name] ?? assert.fail(name);
  const make = { uint, int, bytes: fixedBytes }[word as "uint" | "int" | "bytes"];
  return make(Number(size));
}

/** Splits at the commas that lie in no inner parentheses. */
function members(tuple: string): readonly string[] {
  let depth = 0;
  const split = [...tuple.slice(1, -1)].map((character) => {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    return character === "," && depth === 0 ? "\n" : character;
  });
  return split.join("").split("\n");
}

/** A value of the vectors as the SDK has it. */
function sdkValue(type: AnyType, value: unknown): unknown {
  if (isArray(type)) return (value as unknown[]).map((one) => sdkValue(type.element, one));
  if (isStruct(type)) {
    const entries = Object.entries(type.members);
    return Object.fromEntries(
      entries.map(([name, member], at) => [name, sdkValue(member, (value as unknown[])[at])]),
    );
  }
  return /^u?int/.test(type.name) ? BigInt(String(value)) : value;
}

test("selectors are those of the vectors", () => {
  for (const { signature, selector } of vectors.selectors) {
    assert.equal(toHex(keccak256(utf8(signature)).subarray(0, 4)), selector, signature);
  }
});

test("every encoding of the vectors is made and read", () => {
  for (const vector of vectors.encodings) {
    const types = vector.types.map(typeNamed);
    assert.deepEqual(
      types.map(({ name }) => name),
      vector.types,
    );
    const values = types.map((type, at) => sdkValue(type, vector.values[at]));
    assert.equal(toHex(encodeTuple(types, values)), vector.data, vector.types.join());
    assert.deepEqual(decodeTuple(types, fromHex(vector.data)), values);
  }
});

test("calldata that no encoder made is answered or refused as solc's code does", () => {
  for (const { types, data, output } of vectors.calldata) {
    assert.equal(answer(types.map(typeNamed), data), output, `${types.join()} ${data}`);
  }
});

function answer(types: readonly AnyType[], data: Hex): Hex | null {
  try {
    return toHex(encodeTuple(types, decodeTuple(types, fromHex(data))));
  } catch (error) {
    if (error instanceof Revert) return null;
    throw error;
  }
}
