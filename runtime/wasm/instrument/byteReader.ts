import { invalidModule } from "./invalidModule.ts";

/**
 * Reads a module front to back. Integers are LEB128 as the specification has them (core specification, section
 * 5.2.2): at most ceil(bits / 7) bytes, unused bits equal to the sign. Every violation throws `InvalidInput`.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;

  constructor(bytes: Uint8Array, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  byte(): number {
    if (this.position >= this.end) throw this.malformed("the bytes end too early");
    return this.bytes[this.position++] as number;
  }

  u32(): number {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      // Beyond 2^31 a shift would go negative, so the last group is added.
      if (shift === 28) {
        if (byte > 0x0f) throw this.malformed("an integer does not fit 32 bits");
        return result + byte * 0x1000_0000;
      }
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
  }

  /** A signed integer of up to 33 bits, as block types and `i32.const` carry them. */
  signed(bits: 32 | 33): number {
    let result = 0;
    let scale = 1;
    const lastIndex = Math.ceil(bits / 7) - 1;
    for (let index = 0; ; index++, scale *= 128) {
      const byte = this.byte();
      if (index === lastIndex) this.checkLastByte(byte, bits - 7 * lastIndex);
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return byte & 0x40 ? result - scale * 128 : result;
    }
  }

  /** Steps over a 64-bit signed integer: nobody here needs its value. */
  skipS64(): void {
    for (let index = 0; ; index++) {
      const byte = this.byte();
      if (index === 9) this.checkLastByte(byte, 1);
      if (byte < 0x80) return;
    }
  }

  take(length: number): Uint8Array {
    if (length > this.end - this.position) throw this.malformed("the bytes end too early");
    const start = this.position;
    this.position += length;
    return this.bytes.subarray(start, this.position);
  }

  /** A vector's length; each entry takes a byte at least, so a count beyond the bytes left is a lie. */
  count(): number {
    const count = this.u32();
    if (count > this.end - this.position) throw this.malformed("a count is beyond the bytes left");
    return count;
  }

  /** A reader of the next `length` bytes; this one steps over them. */
  slice(length: number): ByteReader {
    const start = this.position;
    this.take(length);
    return new ByteReader(this.bytes, start, start + length);
  }

  malformed(reason: string): Error {
    const offset = this.position;
    return invalidModule(
      { code: "MALFORMED", offset, reason },
      `the module is malformed at byte ${offset}: ${reason}`,
    );
  }

  /** The last byte of a signed integer has `bits` bits of value; the rest repeat the sign. */
  checkLastByte(byte: number, bits: number): void {
    const sign = byte >> (bits - 1);
    const ones = 0x7f >> (bits - 1);
    if (sign !== 0 && sign !== ones) throw this.malformed("an integer does not fit its width");
  }
}
