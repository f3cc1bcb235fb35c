/** `0x` and lower-case digits, two to a byte. */
export type Hex = `0x${string}`;

export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);

const HEX = /^0x(?:[0-9a-fA-F]{2})*$/;

/** What no digit stands for: it shows in both halves of a byte. */
const NO_DIGIT = 0x100;
/** By character code. */
const DIGITS: Uint16Array = new Uint16Array(0x10000).fill(NO_DIGIT);
for (const [value, digits] of [..."0123456789abcdef"].entries()) {
  for (const digit of [digits, digits.toUpperCase()]) DIGITS[digit.charCodeAt(0)] = value;
}

export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytes.toHex()}`;
}

/**
 * Throws a `TypeError` that names the text when it is no hex of whole bytes. Words and addresses are most of what a
 * block reads and writes, and the digits of one by a table are a third of the time that `Uint8Array.fromHex` takes.
 */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, (text.length >> 1) - 1));
  let seen = text.length % 2 === 0 && text.startsWith("0x") ? 0 : NO_DIGIT;
  for (let i = 0, at = 2; i < bytes.length; i++, at += 2) {
    const high = DIGITS[text.charCodeAt(at)] as number;
    const low = DIGITS[text.charCodeAt(at + 1)] as number;
    seen |= high | low;
    bytes[i] = (high << 4) | low;
  }
  if (seen >= NO_DIGIT) throw new TypeError(`not hex of whole bytes: ${text.slice(0, 80)}`);
  return bytes;
}

export function isHex(text: unknown): text is Hex {
  return typeof text === "string" && HEX.test(text);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** Unsigned and lexicographic: below zero, zero or above zero, as `Array.sort` wants it. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = (left[i] as number) - (right[i] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && compareBytes(left, right) === 0;
}

/** Big-endian, exactly `length` bytes. Throws a `RangeError` for a value that is negative or does not fit. */
export function bigintToBytes(value: bigint, length: number): Uint8Array {
  const digits = value.toString(16);
  if (value < 0n || digits.length > length * 2) {
    throw new RangeError(`${value} does not fit ${length} bytes`);
  }
  return fromHex(`0x${digits.padStart(length * 2, "0")}`);
}

/** Big-endian; no bytes are zero. */
export function bytesToBigint(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(toHex(bytes));
}
