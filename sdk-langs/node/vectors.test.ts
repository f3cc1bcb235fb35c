import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, type Hex, keccak256, toHex, utf8 } from "./bytes.ts";
import { address, bool, bytes, bytes32, Revert, string, uint } from "./index.ts";
import { type AnyType, decodeFields, encodeFields } from "./types.ts";

// The vectors of the ABI, as far as the SDK has their types.

type Vector = {
  readonly types: readonly string[];
  readonly values: readonly (string | boolean)[];
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
const TYPES: Readonly<Record<string, AnyType>> = { address, bool, bytes, bytes32, string };

function typeNamed(name: string): AnyType | undefined {
  const bits = /^uint(\d+)$/.exec(name)?.[1];
  return bits === undefined ? TYPES[name] : uint(Number(bits));
}

/** The types of a vector, or nothing when the SDK lacks one. */
function typesOf({ types }: { readonly types: readonly string[] }): readonly AnyType[] {
  const found = types.flatMap((name) => typeNamed(name) ?? []);
  return found.length === types.length ? found : [];
}

const fieldsOf = (types: readonly AnyType[]) =>
  Object.fromEntries(types.map((type, at) => [`f${at}`, type]));

function toValue({ name }: AnyType, value: unknown): unknown {
  return name.startsWith("uint") ? BigInt(String(value)) : value;
}

test("selectors are those of the vectors", () => {
  for (const { signature, selector } of vectors.selectors) {
    assert.equal(toHex(keccak256(utf8(signature)).subarray(0, 4)), selector, signature);
  }
});

test("every encoding of the vectors is made and read", () => {
  let count = 0;
  for (const vector of vectors.encodings) {
    const types = typesOf(vector);
    if (types.length === 0) continue;
    count++;
    const values = types.map((type, at) => toValue(type, vector.values[at]));
    assert.equal(toHex(encodeFields(types, values)), vector.data, vector.types.join());
    assert.deepEqual(Object.values(decodeFields(fieldsOf(types), fromHex(vector.data))), values);
  }
  assert.ok(count > 20, `${count} vectors`);
});

test("calldata that no encoder made is answered or refused as solc's code does", () => {
  let count = 0;
  for (const vector of vectors.calldata) {
    const types = typesOf(vector);
    if (types.length === 0) continue;
    count++;
    const expected = hasForeignText(types, vector) ? null : vector.output;
    assert.equal(answer(types, vector.data), expected, `${vector.types.join()} ${vector.data}`);
  }
  assert.ok(count > 20, `${count} vectors`);
});

/** Whether a text is no UTF-8: solc passes such bytes on, and no string of JavaScript has them. */
function hasForeignText(types: readonly AnyType[], { data, output }: Calldata): boolean {
  if (output === null) return false;
  const raw = types.map((type) => (type === string ? bytes : type));
  const values = Object.values(decodeFields(fieldsOf(raw), fromHex(data)));
  return types.some((type, at) => {
    const content = Buffer.from(fromHex(type === string ? (values[at] as Hex) : "0x"));
    return !Buffer.from(content.toString()).equals(content);
  });
}

function answer(types: readonly AnyType[], data: Hex): Hex | null {
  try {
    const values = Object.values(decodeFields(fieldsOf(types), fromHex(data)));
    return toHex(encodeFields(types, values));
  } catch (error) {
    if (error instanceof Revert) return null;
    throw error;
  }
}
