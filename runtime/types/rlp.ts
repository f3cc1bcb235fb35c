import { InvalidInput } from "./errors.ts";

/** What RLP carries: byte strings and lists of them (Yellow Paper, appendix B). */
export type RlpItem = Uint8Array | readonly RlpItem[];

export type InvalidRlp = {
  readonly code: "INVALID_RLP";
  /** Where in the bytes. */
  readonly offset: number;
  readonly reason: string;
};

/**
 * Lists within lists that `decodeRlp` follows. The deepest object of ours, a block with its certificates' logs,
 * needs nine; a message of nothing but opening lists would otherwise exhaust the native stack.
 */
export const RLP_DEPTH_MAX = 16;

export function encodeRlp(item: RlpItem): Uint8Array {
  const out = new Uint8Array(encodedLength(item));
  writeItem(item, out, 0);
  return out;
}

/**
 * Decodes exactly one item, whose strings are views into `bytes`. Throws `InvalidInput<InvalidRlp>` for anything
 * but the one canonical encoding: trailing bytes, a length that is not the shortest, a prefixed single byte, a
 * list deeper than `RLP_DEPTH_MAX`. Leading zeros of integers are the reader's to refuse, because RLP does not
 * know which strings are integers.
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const cursor: Cursor = { bytes, offset: 0 };
  const item = readItem(cursor, bytes.length, 0);
  if (cursor.offset !== bytes.length) {
    throw invalid(cursor.offset, `${bytes.length - cursor.offset} bytes follow the item`);
  }
  return item;
}

type Cursor = { readonly bytes: Uint8Array; offset: number };

function readItem(cursor: Cursor, end: number, depth: number): RlpItem {
  const { bytes, offset } = cursor;
  if (offset >= end) throw invalid(offset, "an item is missing");
  const first = bytes[offset] as number;
  if (first < 0x80) {
    cursor.offset = offset + 1;
    return bytes.subarray(offset, offset + 1);
  }
  const isList = first >= 0xc0;
  const length = readLength(cursor, end, first - (isList ? 0xc0 : 0x80));
  const start = cursor.offset;
  if (length > end - start)
    throw invalid(offset, `${length} bytes announced, ${end - start} there`);
  if (isList) return readList(cursor, start + length, depth + 1);
  if (length === 1 && (bytes[start] as number) < 0x80) {
    throw invalid(offset, "a byte under 0x80 stands for itself and takes no prefix");
  }
  cursor.offset = start + length;
  return bytes.subarray(start, start + length);
}

function readList(cursor: Cursor, end: number, depth: number): RlpItem {
  if (depth > RLP_DEPTH_MAX) {
    throw invalid(cursor.offset, `lists are nested deeper than ${RLP_DEPTH_MAX}`);
  }
  const items: RlpItem[] = [];
  while (cursor.offset < end) items.push(readItem(cursor, end, depth));
  return items;
}

/** Moves past the prefix. `code` up to 55 is the length; above, it counts the length's own bytes. */
function readLength(cursor: Cursor, end: number, code: number): number {
  const { bytes, offset } = cursor;
  if (code <= 55) {
    cursor.offset = offset + 1;
    return code;
  }
  const lengthBytes = code - 55;
  // Six bytes count to 2^48, exact in a number and far beyond any message.
  if (lengthBytes > 6) throw invalid(offset, `a length of ${lengthBytes} bytes`);
  if (lengthBytes > end - offset - 1) throw invalid(offset, "the length is cut off");
  let length = 0;
  for (let i = 1; i <= lengthBytes; i++) length = length * 256 + (bytes[offset + i] as number);
  if (bytes[offset + 1] === 0 || length <= 55) {
    throw invalid(offset, "the length is not in its shortest form");
  }
  cursor.offset = offset + 1 + lengthBytes;
  return length;
}

function invalid(offset: number, reason: string): InvalidInput<InvalidRlp> {
  return new InvalidInput(
    { code: "INVALID_RLP", offset, reason },
    `RLP, byte ${offset}: ${reason}`,
  );
}

function isList(item: RlpItem): item is readonly RlpItem[] {
  return Array.isArray(item);
}

function payloadLength(item: RlpItem): number {
  if (!isList(item)) return item.length;
  let length = 0;
  for (const child of item) length += encodedLength(child);
  return length;
}

function encodedLength(item: RlpItem): number {
  const length = payloadLength(item);
  if (!isList(item) && length === 1 && (item[0] as number) < 0x80) return 1;
  return 1 + lengthOfLength(length) + length;
}

function lengthOfLength(length: number): number {
  if (length <= 55) return 0;
  let count = 0;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) count++;
  return count;
}

/** Returns the offset behind what it wrote. */
function writeItem(item: RlpItem, out: Uint8Array, at: number): number {
  if (!isList(item)) {
    if (item.length === 1 && (item[0] as number) < 0x80) {
      out[at] = item[0] as number;
      return at + 1;
    }
    const start = writeLength(item.length, 0x80, out, at);
    out.set(item, start);
    return start + item.length;
  }
  let offset = writeLength(payloadLength(item), 0xc0, out, at);
  for (const child of item) offset = writeItem(child, out, offset);
  return offset;
}

function writeLength(length: number, base: number, out: Uint8Array, at: number): number {
  const count = lengthOfLength(length);
  out[at] = count === 0 ? base + length : base + 55 + count;
  let rest = length;
  for (let i = count; i > 0; i--) {
    out[at + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return at + 1 + count;
}
