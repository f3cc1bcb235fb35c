import { concatenate, fromHex, fromWord, type Hex, toHex, toWord } from "./bytes.ts";
import { PANIC, panic, Revert } from "./revert.ts";
import { decodeText, encodeText } from "./text.ts";

/** A type of the ABI. Decoding throws an empty `Revert` for what Solidity's decoder refuses. */
export type Type<Value> = {
  readonly kind: "word" | "bytes" | "array" | "struct";
  /** As in a signature: `uint256`, `(address,string[])`. */
  readonly name: string;
  /** Whether its place holds an offset. */
  readonly isDynamic: boolean;
  /** How many bytes its place takes. */
  readonly headBytes: number;
  encode(value: Value): Uint8Array;
  /** From where its encoding begins. */
  decode(data: Uint8Array, at: number): Value;
};

/** A type that lies in one word, and in `bytes` bytes of a storage slot. */
export type WordType<Value> = Type<Value> & {
  readonly kind: "word";
  readonly bytes: number;
  /** As an unsigned number of that many bytes. Panics when the value does not fit. */
  toBits(value: Value): bigint;
  /** `undefined` for bits that are no value of the type. */
  fromBits(bits: bigint): Value | undefined;
};

/** `bytes` or `string`. */
export type BytesType<Value> = Type<Value> & {
  readonly kind: "bytes";
  toBytes(value: Value): Uint8Array;
  fromBytes(data: Uint8Array): Value;
};

/** A type of whatever values. */
export type AnyType = Omit<Type<unknown>, "encode"> & { encode(value: never): Uint8Array };
/** Fields by name, in the order in which they stand. */
export type Fields = Readonly<Record<string, AnyType>>;
export type ValueOf<T> = T extends { decode(data: Uint8Array, at: number): infer Value }
  ? Value
  : never;
export type ValuesOf<F> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

export type Address = Hex;

export const WORD_BYTES = 32;
const ADDRESS_BYTES = 20;
const ENUMERATION_MAX = 256;
const WORD_BITS = 256;

export const zeroAddress: Address = `0x${"0".repeat(2 * ADDRESS_BYTES)}`;

/** Where in a word the bytes are, and what the others repeat: zeros, the sign, or zeros behind. */
type Padding = "zeros" | "sign" | "behind";

/** Solidity's unsigned integers as `bigint`; what does not fit panics as Solidity's arithmetic does. */
export function uint(bits: number): WordType<bigint> {
  checkBits("uint", bits);
  const end = 1n << BigInt(bits);
  const toBits = (value: bigint): bigint =>
    value >= 0n && value < end ? value : panic(PANIC.overflow);
  return wordType(`uint${bits}`, bits / 8, "zeros", toBits, (value) => value);
}

/** Solidity's signed integers, as `uint`. */
export function int(bits: number): WordType<bigint> {
  checkBits("int", bits);
  const end = 1n << BigInt(bits - 1);
  const toBits = (value: bigint): bigint =>
    value >= -end && value < end ? BigInt.asUintN(bits, value) : panic(PANIC.overflow);
  return wordType(`int${bits}`, bits / 8, "sign", toBits, (value) => BigInt.asIntN(bits, value));
}

/** `bytes1` to `bytes32`. */
export function fixedBytes(length: number): WordType<Hex> {
  if (!Number.isInteger(length) || length < 1 || length > WORD_BYTES) {
    throw new TypeError(`there is no bytes${length}: lengths are 1 to 32`);
  }
  return wordType(`bytes${length}`, length, "behind", hexBits(length), bitsHex(length));
}

/** Solidity's `enum`: a `uint8` that counts the names; the first is what storage has before it is set. */
export function enumeration<const Names extends readonly [string, ...string[]]>(
  ...names: Names
): WordType<Names[number]> {
  if (names.length > ENUMERATION_MAX || new Set(names).size !== names.length) {
    throw new TypeError(`an enumeration has 1 to ${ENUMERATION_MAX} names, each once`);
  }
  const toBits = (value: Names[number]): bigint => {
    const index = names.indexOf(value);
    return index < 0 ? panic(PANIC.enumeration) : BigInt(index);
  };
  return wordType("uint8", 1, "zeros", toBits, (index) => names[Number(index)]);
}

export const uint8: WordType<bigint> = uint(8);
export const uint16: WordType<bigint> = uint(16);
export const uint32: WordType<bigint> = uint(32);
export const uint64: WordType<bigint> = uint(64);
export const uint128: WordType<bigint> = uint(128);
export const uint256: WordType<bigint> = uint(256);
export const int8: WordType<bigint> = int(8);
export const int16: WordType<bigint> = int(16);
export const int32: WordType<bigint> = int(32);
export const int64: WordType<bigint> = int(64);
export const int128: WordType<bigint> = int(128);
export const int256: WordType<bigint> = int(256);
export const bytes4: WordType<Hex> = fixedBytes(4);
export const bytes32: WordType<Hex> = fixedBytes(32);

export const bool: WordType<boolean> = wordType(
  "bool",
  1,
  "zeros",
  (value) => (value ? 1n : 0n),
  (bits) => (bits > 1n ? undefined : bits === 1n),
);

export const address: WordType<Address> = wordType(
  "address",
  ADDRESS_BYTES,
  "zeros",
  hexBits(ADDRESS_BYTES),
  bitsHex(ADDRESS_BYTES),
);

export const bytes: BytesType<Hex> = bytesType("bytes", (value) => fromHex(value), toHex);

/** What is no UTF-8 comes back as it was, but has no characters that could be told apart (text.ts). */
export const string: BytesType<string> = bytesType("string", encodeText, decodeText);

function checkBits(name: string, bits: number): void {
  if (bits >= 8 && bits <= WORD_BITS && bits % 8 === 0) return;
  throw new TypeError(`there is no ${name}${bits}: bits are 8 to 256 in steps of 8`);
}

function hexBits(length: number): (value: Hex) => bigint {
  return (value) => fromWord(fromHex(value, length));
}

function bitsHex(length: number): (bits: bigint) => Hex {
  return (bits) => `0x${bits.toString(16).padStart(2 * length, "0")}`;
}

function wordType<Value>(
  name: string,
  size: number,
  padding: Padding,
  toBits: (value: Value) => bigint,
  fromBits: (bits: bigint) => Value | undefined,
): WordType<Value> {
  const bits = 8 * size;
  const behind = BigInt(padding === "behind" ? WORD_BITS - bits : 0);
  const padded = (value: bigint): bigint =>
    padding === "sign" ? BigInt.asUintN(WORD_BITS, BigInt.asIntN(bits, value)) : value << behind;
  return {
    kind: "word",
    name,
    bytes: size,
    isDynamic: false,
    headBytes: WORD_BYTES,
    toBits,
    fromBits,
    encode: (value) => toWord(padded(toBits(value))),
    decode(data, at) {
      const word = fromWord(slice(data, at, WORD_BYTES));
      const own = BigInt.asUintN(bits, word >> behind);
      const value = padded(own) === word ? fromBits(own) : undefined;
      if (value === undefined) throw new Revert();
      return value;
    },
  };
}

function bytesType<Value>(
  name: string,
  toBytes: (value: Value) => Uint8Array,
  fromBytes: (data: Uint8Array) => Value,
): BytesType<Value> {
  return {
    kind: "bytes",
    name,
    isDynamic: true,
    headBytes: WORD_BYTES,
    toBytes,
    fromBytes,
    encode(value) {
      const data = toBytes(value);
      return concatenate([toWord(BigInt(data.length)), padWords(data)]);
    },
    decode(data, at) {
      const length = smallNumber(data, at);
      return fromBytes(slice(data, at + WORD_BYTES, length));
    },
  };
}

/** With zeros up to a whole number of words. */
export function padWords(data: Uint8Array): Uint8Array {
  const padding = (WORD_BYTES - (data.length % WORD_BYTES)) % WORD_BYTES;
  return padding === 0 ? data : concatenate([data, new Uint8Array(padding)]);
}

export function slice(data: Uint8Array, at: number, length: number): Uint8Array {
  if (at + length > data.length) throw new Revert();
  return data.subarray(at, at + length);
}

/** An offset or a length: none reaches past the data. */
export function smallNumber(data: Uint8Array, at: number): number {
  const value = fromWord(slice(data, at, WORD_BYTES));
  if (value > BigInt(data.length)) throw new Revert();
  return Number(value);
}
