import { createKeccak } from "hash-wasm";
import type { Brand } from "./brand.ts";
import { fromHex, type Hex, toHex } from "./bytes.ts";

/** Thirty-two bytes in lower-case hex: a hash, a storage slot or a storage word. */
export type Hash = Brand<Hex, "Hash">;

export const ZERO_HASH: Hash = `0x${"00".repeat(32)}` as Hash;

// hash-wasm is 7 to 10 times noble's speed; tests hold it to noble byte by byte.
const keccak = await createKeccak(256);

export function keccak256Bytes(data: Uint8Array): Uint8Array {
  return keccak.init().update(data).digest("binary");
}

export function keccak256(data: Uint8Array): Hash {
  return `0x${keccak.init().update(data).digest("hex")}` as Hash;
}

/** The hash of no code, which accounts without code carry (Yellow Paper, section 4.1). */
export const EMPTY_CODE_HASH: Hash = keccak256(new Uint8Array(0));

/** The root of a trie without entries: keccak-256 of RLP's empty string. */
export const EMPTY_ROOT: Hash = keccak256(Uint8Array.of(0x80));

export function toHash(text: string): Hash {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) {
    throw new TypeError(`not 32 bytes of hex: ${text.slice(0, 80)}`);
  }
  return text.toLowerCase() as Hash;
}

export function hashFromBytes(bytes: Uint8Array): Hash {
  if (bytes.length !== 32) throw new RangeError(`a hash is 32 bytes, not ${bytes.length}`);
  return toHex(bytes) as Hash;
}

export function hashToBytes(hash: Hash): Uint8Array {
  return fromHex(hash);
}
