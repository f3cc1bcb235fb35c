import { native_keccak256 } from "./host";

/** Bytes somewhere in memory: a view that owns nothing. Nothing is ever freed, so it stays valid for the whole call. */
export class Bytes {
  constructor(
    readonly start: usize = 0,
    readonly length: i32 = 0,
  ) {}

  static allocate(length: i32): Bytes {
    return new Bytes(heap.alloc(length), length);
  }

  static fromString(text: string): Bytes {
    const bytes = String.UTF8.encode(text);
    return new Bytes(changetype<usize>(bytes), bytes.byteLength);
  }

  toString(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }

  keccak256(): Bytes32 {
    const hash = new Bytes32();
    native_keccak256(this.start, this.length, hash.start);
    return hash;
  }
}

/** Solidity's `bytes32`. The fields lie one after the other, so the object itself is the 32 bytes. */
export class Bytes32 {
  private word0: u64 = 0;
  private word1: u64 = 0;
  private word2: u64 = 0;
  private word3: u64 = 0;

  /** Where the bytes lie. */
  get start(): usize {
    return changetype<usize>(this);
  }

  @operator("==") equals(other: Bytes32): bool {
    return memory.compare(this.start, other.start, 32) == 0;
  }

  @operator("!=") differs(other: Bytes32): bool {
    return !this.equals(other);
  }

  storeWord(to: usize): void {
    memory.copy(to, this.start, 32);
  }

  /** `false` for a word that is not of this type; every word is a `bytes32`. */
  loadWord(from: usize): bool {
    memory.copy(this.start, from, 32);
    return true;
  }
}
