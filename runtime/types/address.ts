import type { Brand } from "./brand.ts";
import { bigintToBytes, fromHex, type Hex, toHex } from "./bytes.ts";
import { keccak256Bytes } from "./hash.ts";
import { encodeRlp } from "./rlp.ts";

/** Twenty bytes in lower-case hex, so that equal accounts are equal map keys. */
export type Address = Brand<Hex, "Address">;

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

export const ZERO_ADDRESS: Address = `0x${"00".repeat(20)}` as Address;

export function isAddress(text: unknown): text is Hex {
  return typeof text === "string" && ADDRESS.test(text);
}

/** Checks the form, not EIP-55's capitals, and lowers them. Throws a `TypeError` that names the text. */
export function toAddress(text: string): Address {
  if (!ADDRESS.test(text)) throw new TypeError(`not a 20-byte address: ${text.slice(0, 80)}`);
  return text.toLowerCase() as Address;
}

export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length !== 20) throw new RangeError(`an address is 20 bytes, not ${bytes.length}`);
  return toHex(bytes) as Address;
}

export function addressToBytes(address: Address): Uint8Array {
  return fromHex(address);
}

/** Where a creation transaction or `CREATE` puts its contract (Yellow Paper, section 7). */
export function contractAddress(creator: Address, nonce: bigint): Address {
  const nonceBytes =
    nonce === 0n
      ? new Uint8Array(0)
      : bigintToBytes(nonce, Math.ceil(nonce.toString(16).length / 2));
  return addressFromBytes(keccak256Bytes(encodeRlp([fromHex(creator), nonceBytes])).subarray(12));
}
