import { bigintToBytes, concatBytes } from "../types/bytes.ts";

/** `Error(string)`'s selector: the first four bytes of its signature's keccak-256 (Solidity ABI). */
const ERROR_SELECTOR = Uint8Array.of(0x08, 0xc3, 0x79, 0xa0);
const WORD_BYTES = 32;

/** Revert data as Solidity's `require` writes it, so that Ethereum's tools show the message. */
export function encodeRevertReason(message: string): Uint8Array {
  const text = new TextEncoder().encode(message);
  const padding = new Uint8Array((WORD_BYTES - (text.length % WORD_BYTES)) % WORD_BYTES);
  return concatBytes(
    ERROR_SELECTOR,
    bigintToBytes(BigInt(WORD_BYTES), WORD_BYTES),
    bigintToBytes(BigInt(text.length), WORD_BYTES),
    text,
    padding,
  );
}
