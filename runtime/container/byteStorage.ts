import { bigintToBytes, bytesToBigint, concatBytes, fromHex } from "../types/bytes.ts";
import { type Hash, hashFromBytes, keccak256, keccak256Bytes, ZERO_HASH } from "../types/hash.ts";
import { VALUE_BYTES_MAX } from "./limits.ts";

/** Reads and writes words, each at its price. */
export type Words = {
  load(slot: Hash): Hash;
  store(slot: Hash, value: Hash): void;
};

const KEY_DOMAIN = new TextEncoder().encode("delchain.kv");
const SHORT_BYTES_MAX = 31;
const WORD = 32;

/** Where a byte-string key lies (PROTOCOL.md, "HOSTCALL"). */
export function keySlot(key: Uint8Array): Hash {
  return keccak256(concatBytes(KEY_DOMAIN, key));
}

/**
 * The value that lies at `slot` in Solidity's layout of `bytes`; none is empty. `undefined` when the slot holds no
 * such thing, which a contract that also writes plain slots can bring about.
 */
export function loadBytes(words: Words, slot: Hash): Uint8Array | undefined {
  const head = fromHex(words.load(slot));
  const length = lengthOf(head);
  if (length === undefined) return undefined;
  if (length <= SHORT_BYTES_MAX) return head.subarray(0, length);
  const value = new Uint8Array(Math.ceil(length / WORD) * WORD);
  for (const [index, place] of dataSlots(slot, value.length / WORD).entries()) {
    value.set(fromHex(words.load(place)), index * WORD);
  }
  return value.subarray(0, length);
}

/** How many bytes lie at `slot`, for `storeBytes`; `undefined` as above. */
export function storedLength(words: Words, slot: Hash): number | undefined {
  return lengthOf(fromHex(words.load(slot)));
}

/** Replaces the `before` bytes that lie at `slot`, and clears the words that a shorter value no longer needs. */
export function storeBytes(words: Words, slot: Hash, value: Uint8Array, before: number): void {
  words.store(slot, headOf(value));
  const places = dataSlots(slot, Math.max(wordCount(before), wordCount(value.length)));
  for (const [index, place] of places.entries()) {
    const word = new Uint8Array(WORD);
    if (index < wordCount(value.length)) {
      word.set(value.subarray(index * WORD, (index + 1) * WORD));
    }
    words.store(place, hashFromBytes(word));
  }
}

function headOf(value: Uint8Array): Hash {
  if (value.length === 0) return ZERO_HASH;
  if (value.length > SHORT_BYTES_MAX) {
    return hashFromBytes(bigintToBytes(BigInt(2 * value.length + 1), WORD));
  }
  const head = new Uint8Array(WORD);
  head.set(value);
  head[WORD - 1] = 2 * value.length;
  return hashFromBytes(head);
}

function lengthOf(head: Uint8Array): number | undefined {
  const last = head[WORD - 1] as number;
  if (last % 2 === 0) return last / 2 <= SHORT_BYTES_MAX ? last / 2 : undefined;
  const length = (bytesToBigint(head) - 1n) / 2n;
  if (length <= BigInt(SHORT_BYTES_MAX) || length > BigInt(VALUE_BYTES_MAX)) return undefined;
  return Number(length);
}

/** Words outside of the head. */
function wordCount(length: number): number {
  return length <= SHORT_BYTES_MAX ? 0 : Math.ceil(length / WORD);
}

function dataSlots(slot: Hash, count: number): readonly Hash[] {
  if (count === 0) return [];
  const first = bytesToBigint(keccak256Bytes(fromHex(slot)));
  const wrap = 1n << 256n;
  return Array.from({ length: count }, (_, index) =>
    hashFromBytes(bigintToBytes((first + BigInt(index)) % wrap, WORD)),
  );
}
