import { bigintToBytes, bytesToBigint, concatBytes } from "../types/bytes.ts";
import type { AbiType } from "./abiType.ts";

const WORD_BYTES = 32;
const ZERO_WORD: Uint8Array = new Uint8Array(WORD_BYTES);

/** The bytes are no encoding of the types. */
export class BadAbiValue extends Error {}

/** What is left to read: every byte of a canonical encoding is read once, so that no pointer makes it grow. */
type Source = { readonly bytes: Uint8Array; left: number };

/**
 * Reads values and encodes them anew, as Solidity would, with the zero of their type for those that are not `kept`: two
 * encodings of the same kept values give the same bytes, whatever else they hold. Throws `BadAbiValue`.
 */
export function keepValues(
  types: readonly AbiType[],
  kept: readonly boolean[],
  bytes: Uint8Array,
): Uint8Array {
  const source = { bytes, left: bytes.length };
  let at = 0;
  const parts = types.map((type, i) => {
    const start = at;
    at += headBytes(type);
    return kept[i] ? readAt(source, type, 0, start) : zeroOf(type);
  });
  return joinParts(types, parts);
}

/** The one value of `bytes` in an encoding of it, as a function returns that. Throws `BadAbiValue`. */
export function readBytesValue(bytes: Uint8Array): Uint8Array {
  const value = readAt({ bytes, left: bytes.length }, { kind: "bytes" }, 0, 0);
  return value.subarray(WORD_BYTES, WORD_BYTES + Number(bytesToBigint(value.subarray(0, 32))));
}

/** Whether a word is a value of its type. */
export function isValueOf(type: AbiType, word: Uint8Array): boolean {
  const value = bytesToBigint(word);
  switch (type.kind) {
    case "unsigned":
      return BigInt.asUintN(type.bits, value) === value;
    case "signed":
      return BigInt.asUintN(256, BigInt.asIntN(type.bits, value)) === value;
    case "fixedBytes":
      return word.subarray(type.bytes).every((byte) => byte === 0);
    default:
      return false;
  }
}

/** A value whose head is at `base + at`: its own encoding, without the pointer to it. */
function readAt(source: Source, type: AbiType, base: number, at: number): Uint8Array {
  if (!isDynamic(type)) return readStatic(source, type, base + at);
  const target = base + length(takeWord(source, base + at), source);
  switch (type.kind) {
    case "bytes": {
      const count = length(takeWord(source, target), source);
      const data = take(source, target + WORD_BYTES, count);
      return concatBytes(wordOf(count), data, new Uint8Array(-count & (WORD_BYTES - 1)));
    }
    case "array": {
      const { item, length: fixed } = type;
      const count = fixed ?? length(takeWord(source, target), source);
      const start = fixed === undefined ? target + WORD_BYTES : target;
      const values = readItems(source, sameTypes(item, count, source), start);
      return fixed === undefined ? concatBytes(wordOf(count), values) : values;
    }
    case "tuple":
      return readItems(source, type.items, target);
    default:
      throw new BadAbiValue("broken invariant: a word has no pointer");
  }
}

function readItems(source: Source, types: readonly AbiType[], base: number): Uint8Array {
  let at = 0;
  const parts = types.map((type) => {
    const start = at;
    at += headBytes(type);
    return readAt(source, type, base, start);
  });
  return joinParts(types, parts);
}

function readStatic(source: Source, type: AbiType, at: number): Uint8Array {
  if (type.kind === "array") {
    return readItems(source, sameTypes(type.item, type.length ?? 0, source), at);
  }
  if (type.kind === "tuple") return readItems(source, type.items, at);
  const word = takeWord(source, at);
  if (!isValueOf(type, word)) throw new BadAbiValue(`the word at ${at} is outside of its type`);
  return word;
}

/** Heads, with pointers where values are dynamic, and then those values. */
function joinParts(types: readonly AbiType[], parts: readonly Uint8Array[]): Uint8Array {
  let tail = types.reduce((sum, type) => sum + headBytes(type), 0);
  const heads: Uint8Array[] = [];
  const tails: Uint8Array[] = [];
  types.forEach((type, i) => {
    const part = parts[i] as Uint8Array;
    if (!isDynamic(type)) {
      heads.push(part);
      return;
    }
    heads.push(wordOf(tail));
    tails.push(part);
    tail += part.length;
  });
  return concatBytes(...heads, ...tails);
}

function zeroOf(type: AbiType): Uint8Array {
  if (type.kind === "tuple") return joinParts(type.items, type.items.map(zeroOf));
  if (type.kind !== "array" || type.length === undefined) return ZERO_WORD;
  const items = Array<AbiType>(type.length).fill(type.item);
  return joinParts(items, items.map(zeroOf));
}

function isDynamic(type: AbiType): boolean {
  if (type.kind === "tuple") return type.items.some(isDynamic);
  if (type.kind === "array") return type.length === undefined || isDynamic(type.item);
  return type.kind === "bytes";
}

function headBytes(type: AbiType): number {
  if (isDynamic(type)) return WORD_BYTES;
  if (type.kind === "tuple") return type.items.reduce((sum, item) => sum + headBytes(item), 0);
  return type.kind === "array" ? (type.length ?? 0) * headBytes(type.item) : WORD_BYTES;
}

function sameTypes(item: AbiType, count: number, source: Source): readonly AbiType[] {
  if (count * WORD_BYTES > source.left) throw tooShort();
  return Array<AbiType>(count).fill(item);
}

function takeWord(source: Source, at: number): Uint8Array {
  return take(source, at, WORD_BYTES);
}

function take(source: Source, at: number, count: number): Uint8Array {
  source.left -= count;
  if (source.left < 0 || at + count > source.bytes.length) throw tooShort();
  return source.bytes.subarray(at, at + count);
}

/** A length or a pointer, none of which is longer than what it is in. */
function length(word: Uint8Array, { bytes }: Source): number {
  const value = bytesToBigint(word);
  if (value > BigInt(bytes.length)) throw tooShort();
  return Number(value);
}

function tooShort(): BadAbiValue {
  return new BadAbiValue("its lengths and pointers lead beyond it");
}

function wordOf(value: number): Uint8Array {
  return bigintToBytes(BigInt(value), WORD_BYTES);
}
