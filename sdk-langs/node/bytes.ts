import { createHash } from "node:crypto";

/** Hexadecimal digits with `0x`, in lower case. */
export type Hex = `0x${string}`;

const WORD_BYTES = 32;
const HEX = /^0x(?:[0-9a-fA-F]{2})*$/;

export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytes.toHex()}`;
}

/** Throws `TypeError` for what is no hexadecimal text, or has not so many bytes. */
export function fromHex(hex: Hex, length?: number): Uint8Array {
  if (!HEX.test(hex) || (length !== undefined && hex.length !== 2 + 2 * length)) {
    const bytes = length === undefined ? "bytes" : `${length} bytes`;
    throw new TypeError(`${String(hex).slice(0, 80)} is no hexadecimal text of ${bytes}`);
  }
  return Uint8Array.fromHex(hex.slice(2));
}

/** 32 bytes, the most significant first, two's complement. */
export function toWord(value: bigint): Uint8Array {
  const digits = BigInt.asUintN(256, value)
    .toString(16)
    .padStart(2 * WORD_BYTES, "0");
  return Uint8Array.fromHex(digits);
}

export function fromWord(bytes: Uint8Array): bigint {
  return BigInt(toHex(bytes) === "0x" ? 0 : toHex(bytes));
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Keccak-256 as Ethereum uses it, computed in the container: no host call. */
export function keccak256(data: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash("keccak-256").update(data).digest());
}
