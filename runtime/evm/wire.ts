import type { Address } from "../types/address.ts";
import { EMPTY_BYTES } from "../types/bytes.ts";
import type { Hash } from "../types/hash.ts";

// Integers of fixed width are little-endian, 128- and 256-bit words big-endian (engine/src/wire.rs).

const U64_BITS = 64n;
const U64_MAX = (1n << U64_BITS) - 1n;

/** Writes an unsigned integer of at most 256 bits; a wider one loses its high bits, so check before. */
export function writeWord(memory: Buffer, value: bigint, offset: number): void {
  memory.fill(0, offset, offset + 24);
  let rest = value;
  let at = offset + 24;
  // Most values are short, and each round makes garbage.
  while (rest > U64_MAX) {
    memory.writeBigUInt64BE(rest & U64_MAX, at);
    rest >>= U64_BITS;
    at -= 8;
  }
  memory.writeBigUInt64BE(rest, at);
}

export function writeHalfWord(memory: Buffer, value: bigint, offset: number): void {
  memory.writeBigUInt64BE(value >> U64_BITS, offset);
  memory.writeBigUInt64BE(value & U64_MAX, offset + 8);
}

export function readWord(memory: Buffer, offset: number): bigint {
  let value = 0n;
  for (let at = offset; at < offset + 32; at += 8) {
    const limb = memory.readBigUInt64BE(at);
    value = value === 0n ? limb : (value << U64_BITS) | limb;
  }
  return value;
}

/** The digits after `0x`, two to a byte. */
export function writeHex(memory: Buffer, hex: string, offset: number): void {
  memory.write(hex.slice(2), offset, "hex");
}

export function readAddress(memory: Buffer, offset: number): Address {
  return `0x${memory.toString("hex", offset, offset + 20)}` as Address;
}

export function readHash(memory: Buffer, offset: number): Hash {
  return `0x${memory.toString("hex", offset, offset + 32)}` as Hash;
}

/** Bytes of their own, which outlive the instance's next call. */
export function copyBytes(memory: Buffer, offset: number, length: number): Uint8Array {
  if (length === 0) return EMPTY_BYTES;
  const copy = new Uint8Array(length);
  copy.set(memory.subarray(offset, offset + length));
  return copy;
}

/** Walks a stretch of the instance's memory; everything that it returns is a copy. */
export class WireReader {
  readonly #memory: Buffer;
  #offset: number;
  readonly #end: number;

  constructor(memory: Buffer, offset: number, length: number) {
    this.#memory = memory;
    this.#offset = offset;
    this.#end = offset + length;
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#end;
  }

  #advance(length: number): number {
    const offset = this.#offset;
    this.#offset += length;
    return offset;
  }

  u8(): number {
    return this.#memory.readUInt8(this.#advance(1));
  }

  u32(): number {
    return this.#memory.readUInt32LE(this.#advance(4));
  }

  u64(): bigint {
    return this.#memory.readBigUInt64LE(this.#advance(8));
  }

  word(): bigint {
    return readWord(this.#memory, this.#advance(32));
  }

  address(): Address {
    return readAddress(this.#memory, this.#advance(20));
  }

  hash(): Hash {
    return readHash(this.#memory, this.#advance(32));
  }

  sized(): Uint8Array {
    const length = this.u32();
    return copyBytes(this.#memory, this.#advance(length), length);
  }

  text(): string {
    const length = this.u32();
    const offset = this.#advance(length);
    return this.#memory.toString("latin1", offset, offset + length);
  }
}
