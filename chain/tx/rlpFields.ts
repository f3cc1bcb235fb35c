import {
  type Address,
  addressFromBytes,
  bigintToBytes,
  bytesToBigint,
  EMPTY_BYTES,
  type Hash,
  hashFromBytes,
  InvalidInput,
  type RlpItem,
} from "@delchain/runtime";

/** A field of a decoded list that is not what its object's definition says. */
export type InvalidField = {
  readonly code: "INVALID_FIELD";
  readonly field: string;
  readonly reason: string;
};

/** Exactly `count` items, or at most `count.max`. Like all readers here, throws `InvalidInput<InvalidField>`. */
export function readList(
  item: RlpItem | undefined,
  field: string,
  count: number | { readonly max: number },
): readonly RlpItem[] {
  if (item === undefined || item instanceof Uint8Array) throw invalidField(field, "is not a list");
  const { length } = item;
  if (typeof count === "number") {
    if (length !== count) throw invalidField(field, `has ${length} items instead of ${count}`);
  } else if (length > count.max) {
    throw invalidField(field, `has ${length} items, over ${count.max}`);
  }
  return item;
}

export function readBytes(item: RlpItem | undefined, field: string, max: number): Uint8Array {
  if (!(item instanceof Uint8Array)) throw invalidField(field, "is not a byte string");
  if (item.length > max) throw invalidField(field, `has ${item.length} bytes, over ${max}`);
  return item;
}

export function readFixedBytes(
  item: RlpItem | undefined,
  field: string,
  length: number,
): Uint8Array {
  const bytes = readBytes(item, field, length);
  if (bytes.length !== length) {
    throw invalidField(field, `has ${bytes.length} bytes instead of ${length}`);
  }
  return bytes;
}

/** Unsigned, big-endian, no leading zeros: zero is the empty string (Yellow Paper, appendix B). */
export function readInteger(item: RlpItem | undefined, field: string, bytesMax: number): bigint {
  if (!(item instanceof Uint8Array)) throw invalidField(field, "is not a byte string");
  if (item[0] === 0) throw invalidField(field, "has leading zeros");
  if (item.length > bytesMax) {
    throw invalidField(field, `has ${item.length} bytes; it must be under 2^${bytesMax * 8}`);
  }
  return bytesToBigint(item);
}

export function readAddress(item: RlpItem | undefined, field: string): Address {
  return addressFromBytes(readFixedBytes(item, field, 20));
}

/** `undefined` for the empty string. */
export function readOptionalAddress(item: RlpItem | undefined, field: string): Address | undefined {
  return item instanceof Uint8Array && item.length === 0 ? undefined : readAddress(item, field);
}

export function readHash(item: RlpItem | undefined, field: string): Hash {
  return hashFromBytes(readFixedBytes(item, field, 32));
}

/** Well-formed UTF-8. A byte order mark is text like any other, so that the text has no second encoding. */
export function readText(item: RlpItem | undefined, field: string, bytesMax: number): string {
  const bytes = readBytes(item, field, bytesMax);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidField(field, "is not UTF-8");
  }
}

/** The bytes of an integer that `readInteger` reads back. */
export function integerBytes(value: bigint): Uint8Array {
  return value === 0n ? EMPTY_BYTES : bigintToBytes(value, (value.toString(16).length + 1) >> 1);
}

function invalidField(field: string, reason: string): InvalidInput<InvalidField> {
  return new InvalidInput({ code: "INVALID_FIELD", field, reason }, `${field} ${reason}`);
}
