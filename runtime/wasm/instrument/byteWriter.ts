const FIRST_CAPACITY = 1024;

/** Grows by doubling; integers are written in their shortest LEB128 form. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  length = 0;

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  put(...values: readonly number[]): void {
    for (const value of values) this.byte(value);
  }

  copy(source: Uint8Array | readonly number[]): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.length);
    this.length += source.length;
  }

  /** A loop beats `subarray` and `set` on the few bytes of an instruction. */
  copyRange(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    const target = this.#bytes;
    let at = this.length;
    for (let i = start; i < end; i++) target[at++] = source[i] as number;
    this.length = at;
  }

  u32(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** Signed; exact for integers up to 2^53. */
  signed(value: number): void {
    let rest = value;
    for (;;) {
      const low = rest - Math.floor(rest / 0x80) * 0x80;
      rest = Math.floor(rest / 0x80);
      if ((rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  text(value: Uint8Array): void {
    this.u32(value.length);
    this.copy(value);
  }

  /** What was written so far; valid until the next write. */
  view(start = 0, end: number = this.length): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  #reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }
}

// One buffer for all fragments: a large function has thousands. `write` must not build fragments itself.
const fragment = new ByteWriter();

/** The bytes that `write` puts. */
export function encoded(write: (out: ByteWriter) => void): Uint8Array {
  fragment.length = 0;
  write(fragment);
  return fragment.finish();
}
