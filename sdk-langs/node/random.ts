import { concatenate, fromWord, keccak256, toWord, utf8 } from "./bytes.ts";
import { revert } from "./revert.ts";

const WORD_BYTES = 32;
const NUMBERS = 1n << 256n;

/** Random numbers from a call's seed: the same on every host, and in every SDK (sdk-langs/abi/random.json). */
export class RandomStream {
  readonly #seed: Uint8Array;
  #blocks = 0n;
  #drawn: Uint8Array = new Uint8Array();

  constructor(seed: Uint8Array) {
    this.#seed = seed;
  }

  /** Block n of the stream is keccak256("delchain.random" || seed || u64 n); what was drawn is not drawn again. */
  bytes(length: number): Uint8Array {
    while (this.#drawn.length < length) {
      const number = toWord(this.#blocks++).subarray(24);
      const block = keccak256(concatenate([utf8("delchain.random"), this.#seed, number]));
      this.#drawn = concatenate([this.#drawn, block]);
    }
    const bytes = this.#drawn.slice(0, length);
    this.#drawn = this.#drawn.slice(length);
    return bytes;
  }

  uint256(): bigint {
    return fromWord(this.bytes(WORD_BYTES));
  }

  /** 0 to `bound` - 1, each as likely as any other: draws beyond the last whole multiple of the bound are drawn again. */
  below(bound: bigint): bigint {
    if (bound < 1n || bound >= NUMBERS) revert(`a random number below ${bound}`);
    const end = NUMBERS - (NUMBERS % bound);
    for (;;) {
      const drawn = this.uint256();
      if (drawn < end) return drawn % bound;
    }
  }
}
