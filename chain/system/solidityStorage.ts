import {
  type Address,
  addressFromBytes,
  type BlockExecution,
  bigintToBytes,
  concatBytes,
  fromHex,
  type Hash,
  type Hex,
  hashFromBytes,
  keccak256,
} from "@delchain/runtime";

// Where Solidity keeps things (Solidity documentation, "Layout of State Variables in Storage").

/** What storage is read from: a state between blocks, or a block under construction. */
export type StorageReader = Pick<BlockExecution, "storage">;

/**
 * Slots of mappings that are remembered, 2 MB: the same few are asked for with each call of a contract, and hashing
 * them was a twelfth of the chain's thread while one is busy.
 */
export const MAPPING_SLOTS_KNOWN = 8_192;
const knownSlots = new Map<string, Hash>();

/** The slot of `mapping[key]`, of the mapping at `slot`. */
export function mappingSlot(key: Hex, slot: bigint | Hash): Hash {
  const name = `${key} ${slot}`;
  const known = knownSlots.get(name);
  if (known !== undefined) return known;
  const keyBytes = fromHex(key);
  const padded = new Uint8Array(32);
  padded.set(keyBytes, 32 - keyBytes.length);
  const found = keccak256(concatBytes(padded, bigintToBytes(BigInt(slot), 32)));
  if (knownSlots.size >= MAPPING_SLOTS_KNOWN) knownSlots.clear();
  knownSlots.set(name, found);
  return found;
}

/** The slot of an array's first element, of the array at `slot`. */
export function arraySlot(slot: bigint): Hash {
  return keccak256(bigintToBytes(slot, 32));
}

export function nextSlot(slot: Hash, count: bigint): Hash {
  return toWord(BigInt(slot) + count);
}

export function toWord(value: bigint): Hash {
  return hashFromBytes(bigintToBytes(BigInt.asUintN(256, value), 32));
}

/** An address in the last twenty bytes of a word. */
export function wordToAddress(word: Hash): Address {
  return addressFromBytes(fromHex(word).subarray(12));
}

/** Fields that share a slot, from the lowest bits on, each with its width in bits. */
export function packWord(fields: readonly (readonly [value: bigint, bits: number])[]): Hash {
  let word = 0n;
  let offset = 0n;
  for (const [value, bits] of fields) {
    word |= BigInt.asUintN(bits, value) << offset;
    offset += BigInt(bits);
  }
  return toWord(word);
}

/** The reverse of `packWord`. */
export function unpackWord<const Widths extends readonly number[]>(
  word: Hash,
  widths: Widths,
): { readonly [Place in keyof Widths]: bigint } {
  let rest = BigInt(word);
  const fields = widths.map((bits) => {
    const field = BigInt.asUintN(bits, rest);
    rest >>= BigInt(bits);
    return field;
  });
  return fields as { [Place in keyof Widths]: bigint };
}
