import { readUnsigned } from "./moduleSections.ts";

/** Walks a debug section; integers are little-endian. */
export class DwarfReader {
  position: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = position;
  }

  get isAtEnd(): boolean {
    return this.position >= this.#bytes.length;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  i8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  unsigned(): number {
    const { value, end } = readUnsigned(this.#bytes, this.position);
    this.position = end;
    return value;
  }

  signed(): number {
    const start = this.position;
    const value = this.unsigned();
    const bits = 7 * (this.position - start);
    const isNegative = ((this.#bytes[this.position - 1] as number) & 0x40) !== 0;
    return isNegative ? value - 2 ** bits : value;
  }

  /** Up to a zero byte, and past it. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.position);
    const text = new TextDecoder().decode(this.#bytes.subarray(this.position, end));
    this.position = end + 1;
    return text;
  }

  /** The value of an attribute (DWARF 4, section 7.5.4): a text, a number, or 0 for one that nobody here asks for. */
  form(form: number, addressBytes: number, texts: DwarfReader): string | number {
    switch (form) {
      case 0x01: // address
        return addressBytes === 4 ? this.u32() : this.#skip(addressBytes);
      case 0x0b: // data1
      case 0x0c: // flag
      case 0x11: // ref1
        return this.u8();
      case 0x05: // data2
      case 0x12: // ref2
        return this.u16();
      case 0x06: // data4
      case 0x13: // ref4
      case 0x17: // sec_offset
      case 0x10: // ref_addr
        return this.u32();
      case 0x07: // data8
      case 0x14: // ref8
      case 0x20: // ref_sig8
        return this.#skip(8);
      case 0x0d: // sdata
        return this.signed();
      case 0x0f: // udata
      case 0x15: // ref_udata
        return this.unsigned();
      case 0x08: // string
        return this.text();
      case 0x0e: // strp
        texts.position = this.u32();
        return texts.text();
      case 0x0a: // block1
        return this.#skip(this.u8());
      case 0x03: // block2
        return this.#skip(this.u16());
      case 0x04: // block4
        return this.#skip(this.u32());
      case 0x09: // block
      case 0x18: // exprloc
        return this.#skip(this.unsigned());
      case 0x19: // flag_present
        return 1;
      case 0x16: // indirect
        return this.form(this.unsigned(), addressBytes, texts);
      default:
        throw new Error(`debug data has form 0x${form.toString(16)}, which DWARF 4 has not`);
    }
  }

  #skip(length: number): 0 {
    this.#advance(length);
    return 0;
  }

  #advance(length: number): number {
    const at = this.position;
    this.position += length;
    return at;
  }
}
