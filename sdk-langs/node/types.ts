import { concatenate, fromHex, fromWord, type Hex, toHex, toWord, utf8 } from "./bytes.ts";
import { PANIC, panic, Revert } from "./revert.ts";

/** A type of the ABI. Decoding throws an empty `Revert` for what Solidity's decoder refuses. */
export type Type<Value> = {
  /** As in a signature: `uint256`. */
  readonly name: string;
  /** Whether its place in arguments holds an offset. */
  readonly isDynamic: boolean;
  encode(value: Value): Uint8Array;
  /** From where its encoding begins. */
  decode(bytes: Uint8Array, at: number): Value;
};

/** A type that lies in one word: what storage, topics and mapping keys are made of. */
export type WordType<Value> = Type<Value> & { readonly isDynamic: false };

export type Address = Hex;

const WORD_BYTES = 32;
const ADDRESS_BYTES = 20;

export const zeroAddress: Address = `0x${"0".repeat(2 * ADDRESS_BYTES)}`;

/** Solidity's unsigned integers as `bigint`; encoding what does not fit panics as Solidity's arithmetic does. */
export function uint(bits: number): WordType<bigint> {
  if (bits < 8 || bits > 256 || bits % 8 !== 0) {
    throw new TypeError(`there is no uint${bits}: bits are 8 to 256 in steps of 8`);
  }
  const end = 1n << BigInt(bits);
  return wordType(
    `uint${bits}`,
    (value) => (value >= 0n && value < end ? toWord(value) : panic(PANIC.overflow)),
    (word) => {
      const value = fromWord(word);
      return value < end ? value : undefined;
    },
  );
}

export const uint256: WordType<bigint> = uint(256);
export const uint64: WordType<bigint> = uint(64);
export const uint8: WordType<bigint> = uint(8);

export const bool: WordType<boolean> = wordType(
  "bool",
  (value) => toWord(value ? 1n : 0n),
  (word) => {
    const value = fromWord(word);
    return value > 1n ? undefined : value === 1n;
  },
);

export const address: WordType<Address> = wordType(
  "address",
  (value) => {
    const word = new Uint8Array(WORD_BYTES);
    word.set(fromHex(value, ADDRESS_BYTES), WORD_BYTES - ADDRESS_BYTES);
    return word;
  },
  (word) => (fromWord(word) >> 160n === 0n ? toHex(word.subarray(12)) : undefined),
);

export const bytes32: WordType<Hex> = wordType("bytes32", (value) => fromHex(value, 32), toHex);

export const bytes: Type<Hex> = dynamicType("bytes", (value) => fromHex(value), toHex);

/** Text that is no UTF-8 is refused. */
export const string: Type<string> = dynamicType("string", utf8, (data) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Revert();
  }
});

function wordType<Value>(
  name: string,
  encode: (value: Value) => Uint8Array,
  read: (word: Uint8Array) => Value | undefined,
): WordType<Value> {
  const decode = (data: Uint8Array, at: number): Value => {
    const value = read(slice(data, at, WORD_BYTES));
    if (value === undefined) throw new Revert();
    return value;
  };
  return { name, isDynamic: false, encode, decode };
}

function dynamicType<Value>(
  name: string,
  toBytes: (value: Value) => Uint8Array,
  fromBytes: (data: Uint8Array) => Value,
): Type<Value> {
  return {
    name,
    isDynamic: true,
    encode(value) {
      const data = toBytes(value);
      const padding = new Uint8Array((WORD_BYTES - (data.length % WORD_BYTES)) % WORD_BYTES);
      return concatenate([toWord(BigInt(data.length)), data, padding]);
    },
    decode(data, at) {
      const length = smallNumber(slice(data, at, WORD_BYTES), data.length);
      return fromBytes(slice(data, at + WORD_BYTES, length));
    },
  };
}

/** A type of whatever values. */
export type AnyType = {
  readonly name: string;
  readonly isDynamic: boolean;
  encode(value: never): Uint8Array;
  decode(bytes: Uint8Array, at: number): unknown;
};
/** Fields by name, in the order in which they stand. */
export type Fields = Readonly<Record<string, AnyType>>;
export type ValueOf<T> = T extends Type<infer Value> ? Value : never;
export type ValuesOf<F> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

/** The ABI's encoding of a tuple: words, and offsets to what is dynamic. */
export function encodeFields(types: readonly AnyType[], values: readonly unknown[]): Uint8Array {
  const heads: Uint8Array[] = [];
  const tails: Uint8Array[] = [];
  let end = WORD_BYTES * types.length;
  for (const [index, type] of types.entries()) {
    const encoded = type.encode(values[index] as never);
    heads.push(type.isDynamic ? toWord(BigInt(end)) : encoded);
    if (type.isDynamic) {
      tails.push(encoded);
      end += encoded.length;
    }
  }
  return concatenate([...heads, ...tails]);
}

export function decodeFields(fields: Fields, data: Uint8Array): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [index, [name, type]] of Object.entries(fields).entries()) {
    const at = WORD_BYTES * index;
    const start = type.isDynamic ? smallNumber(slice(data, at, WORD_BYTES), data.length) : at;
    values[name] = type.decode(data, start);
  }
  return values;
}

function slice(data: Uint8Array, at: number, length: number): Uint8Array {
  if (at + length > data.length) throw new Revert();
  return data.subarray(at, at + length);
}

/** An offset or a length: none reaches past the data. */
function smallNumber(word: Uint8Array, limit: number): number {
  const value = fromWord(word);
  if (value > BigInt(limit)) throw new Revert();
  return Number(value);
}
