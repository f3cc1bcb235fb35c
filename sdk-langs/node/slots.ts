import { fromWord, keccak256, toWord } from "./bytes.ts";
import { host, readSlot } from "./host.ts";
import { PANIC, panic } from "./revert.ts";
import { WORD_BYTES } from "./types.ts";

// Words, and parts of words, of storage as Solidity lays them out.

const SLOT_BITS = 256;
/** A string of so many bytes lies in its own slot, beside twice its length. */
const SHORT_BYTES_MAX = 31;

/** A part of a slot, counted in bytes from its low end. */
export type Place = { readonly slot: bigint; readonly offset: number; readonly bytes: number };

export function loadPart({ slot, offset, bytes }: Place): bigint {
  return BigInt.asUintN(8 * bytes, loadSlot(slot) >> BigInt(8 * offset));
}

export function storePart({ slot, offset, bytes }: Place, bits: bigint): void {
  const shift = BigInt(8 * offset);
  const old = bytes === WORD_BYTES ? 0n : loadSlot(slot);
  const others = old ^ (BigInt.asUintN(8 * bytes, old >> shift) << shift);
  storeSlot(slot, others | (bits << shift));
}

export function loadSlot(slot: bigint): bigint {
  return fromWord(readSlot(toWord(slot)));
}

export function storeSlot(slot: bigint, value: bigint): void {
  host.storagePut(toWord(slot), toWord(value));
}

/** The first slot of what does not lie in the slot itself. */
export function contentOf(slot: bigint): bigint {
  return fromWord(keccak256(toWord(slot)));
}

/** Bytes of a `bytes` or `string`. Panics as Solidity does when the slot's length is no length. */
export function loadBytes(slot: bigint): Uint8Array {
  const head = loadSlot(slot);
  const length = lengthOf(head);
  if (length <= SHORT_BYTES_MAX) return toWord(head).subarray(0, length);
  const start = contentOf(slot);
  const data = new Uint8Array(wordsOf(length) * WORD_BYTES);
  for (let i = 0; i < wordsOf(length); i++) {
    data.set(toWord(loadSlot(start + BigInt(i))), i * WORD_BYTES);
  }
  return data.subarray(0, length);
}

export function storeBytes(slot: bigint, data: Uint8Array): void {
  const oldLength = lengthOf(loadSlot(slot));
  const isShort = data.length <= SHORT_BYTES_MAX;
  const words = isShort ? 0 : wordsOf(data.length);
  const oldWords = oldLength <= SHORT_BYTES_MAX ? 0 : wordsOf(oldLength);
  const start = contentOf(slot);
  if (isShort) storeSlot(slot, wordAt(data, 0) | BigInt(2 * data.length));
  else storeSlot(slot, BigInt(2 * data.length + 1));
  for (let i = 0; i < words; i++) storeSlot(start + BigInt(i), wordAt(data, i * WORD_BYTES));
  for (let i = words; i < oldWords; i++) storeSlot(start + BigInt(i), 0n);
}

function lengthOf(head: bigint): number {
  const isLong = (head & 1n) === 1n;
  const length = isLong ? head >> 1n : (head & 0xffn) >> 1n;
  const fits = isLong === length > SHORT_BYTES_MAX;
  return fits ? Number(length) : panic(PANIC.storedBytes);
}

function wordsOf(length: number): number {
  return Math.ceil(length / WORD_BYTES);
}

/** The word that begins there, with zeros behind the end. */
function wordAt(data: Uint8Array, at: number): bigint {
  const part = data.subarray(at, at + WORD_BYTES);
  return fromWord(part) << BigInt(SLOT_BITS - 8 * part.length);
}
