import { bigintToBytes, concatBytes } from "../types/bytes.ts";
import { keccak256Bytes } from "../types/hash.ts";

const WORD_BYTES = 32;

/** Bytes that a seed of 32 bytes decides: keccak-256 of the seed and a counter, one after another. */
export class RandomStream {
  readonly #seed: Uint8Array;
  #words = 0n;

  constructor(seed: Uint8Array) {
    this.#seed = seed;
  }

  /** The next bytes; what is left of their last word is dropped. */
  take(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += WORD_BYTES) {
      const counter = bigintToBytes(this.#words++, WORD_BYTES);
      const word = keccak256Bytes(concatBytes(this.#seed, counter));
      bytes.set(word.subarray(0, length - at), at);
    }
    return bytes;
  }
}
