import type { Address, Hash, Hex } from "@delchain/runtime";

/**
 * Where each thing lies in the database: one letter, then fixed-width bytes, numbers big-endian, so that keys of
 * a kind are neighbours and sort as their parts do. README.md says what lies under each and why.
 */
export type Key = Uint8Array;

const ADDRESS_BYTES = 20;
const HASH_BYTES = 32;
const LETTER_BYTES = 1;
const NUMBER_BYTES = 8;

export const KEY_KINDS = {
  meta: "m",
  account: "a",
  slot: "s",
  code: "c",
  node: "t",
  header: "h",
  block: "b",
  receipts: "r",
  undo: "u",
  blockHash: "k",
  blockNumber: "n",
  transaction: "x",
  order: "o",
} as const;

export type KeyKind = keyof typeof KEY_KINDS;

export const META_KEY: Key = Buffer.from(KEY_KINDS.meta);

export function accountKey(address: Address): Key {
  const key = newKey("account", ADDRESS_BYTES);
  writeHex(key, LETTER_BYTES, address);
  return key;
}

export function slotKey(address: Address, slot: Hash): Key {
  const key = newKey("slot", ADDRESS_BYTES + HASH_BYTES);
  writeHex(key, LETTER_BYTES, address);
  writeHex(key, LETTER_BYTES + ADDRESS_BYTES, slot);
  return key;
}

/** What all slots of an account begin with. */
export function slotPrefix(address: Address): Key {
  const key = newKey("slot", ADDRESS_BYTES);
  writeHex(key, LETTER_BYTES, address);
  return key;
}

/** The slot that a slot's key ends with. */
export function slotOfKey(key: Key): Hash {
  const offset = LETTER_BYTES + ADDRESS_BYTES;
  return `0x${Buffer.from(key.buffer, key.byteOffset + offset, HASH_BYTES).toString("hex")}` as Hash;
}

export function codeKey(hash: Hash): Key {
  return hashKey("code", hash);
}

/** A node of the commitment, under the key that the commitment chose. */
export function nodeKey(node: Uint8Array): Key {
  const key = newKey("node", node.length);
  key.set(node, LETTER_BYTES);
  return key;
}

export function nodeOfKey(key: Key): Uint8Array {
  return key.subarray(LETTER_BYTES);
}

type NumberedKind = "header" | "block" | "receipts" | "undo" | "blockHash";

export function numberKey(kind: NumberedKind, number: bigint): Key {
  const key = newKey(kind, NUMBER_BYTES);
  key.writeBigUInt64BE(number, LETTER_BYTES);
  return key;
}

type HashedKind = "code" | "blockNumber" | "transaction" | "order";

export function hashKey(kind: HashedKind, hash: Hash): Key {
  const key = newKey(kind, HASH_BYTES);
  writeHex(key, LETTER_BYTES, hash);
  return key;
}

function newKey(kind: KeyKind, bytes: number): Buffer {
  const key = Buffer.alloc(LETTER_BYTES + bytes);
  key.write(KEY_KINDS[kind], 0, "latin1");
  return key;
}

function writeHex(key: Uint8Array, offset: number, hex: Hex): void {
  (key as Buffer).write(hex.slice(2), offset, "hex");
}
