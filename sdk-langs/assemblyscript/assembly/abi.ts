import { Address } from "./address";
import { Bytes, Bytes32 } from "./bytes";
import { write_result } from "./host";
import { i256 } from "./i256";
import { PANIC_OVERFLOW, panic, revertEmpty } from "./revert";
import { u256 } from "./u256";

/** Marks an event's field as a topic; the type is the field's. */
export type Indexed<T> = T;

/** Writes a value of a static type as a word: `bool`, an integer, or a class with `storeWord`. */
export function storeWord<T>(to: usize, value: T): void {
  if (isInteger<T>()) {
    if (isSigned<T>()) memory.fill(to, i64(value) < 0 ? 0xff : 0, 24);
    else memory.fill(to, 0, 24);
    store<u64>(to, bswap<u64>(u64(value)), 24);
  } else {
    // @ts-ignore: static types have it.
    value.storeWord(to);
  }
}

/** Reads a word of storage: what is there is of the type, because only this contract writes it. */
export function loadWord<T>(from: usize): T {
  if (isInteger<T>()) {
    return <T>bswap<u64>(load<u64>(from, 24));
  } else {
    const value = instantiate<T>();
    // @ts-ignore: static types have it.
    value.loadWord(from);
    return value;
  }
}

function isFilled(at: usize, count: i32, byte: u8): bool {
  for (let i = 0; i < count; i++) if (load<u8>(at + i) != byte) return false;
  return true;
}

/** `true` when the word at `at` is an integer of so many bits. */
function fits(at: usize, bits: i32, signed: bool): bool {
  const high = 32 - (bits >> 3);
  return isFilled(at, high, signed && load<i8>(at + high) < 0 ? 0xff : 0);
}

/**
 * Takes values off calldata or return data, one after the other. What does not decode reverts without data, as
 * Solidity's decoder does: too short, dirty bits, an offset or a length outside.
 */
export class Decoder {
  private next: i32 = 0;

  constructor(
    private readonly start: usize,
    private readonly length: i32,
    /** Of an array's decoder: how many elements there are. */
    readonly count: i32 = 0,
  ) {}

  static of(data: Bytes): Decoder {
    return new Decoder(data.start, data.length);
  }

  /** Where the next word lies. */
  word(): usize {
    const at = this.next;
    this.next += 32;
    if (this.next > this.length) revertEmpty();
    return this.start + at;
  }

  /** An integer of the language that stands for one of so many bits. */
  integer<T>(bits: i32): T {
    const at = this.word();
    if (!fits(at, bits, isSigned<T>())) revertEmpty();
    return <T>bswap<u64>(load<u64>(at, 24));
  }

  big(bits: i32): u256 {
    const at = this.word();
    if (!fits(at, bits, false)) revertEmpty();
    return loadWord<u256>(at);
  }

  bigSigned(bits: i32): i256 {
    const at = this.word();
    if (!fits(at, bits, true)) revertEmpty();
    return loadWord<i256>(at);
  }

  boolean(): bool {
    const at = this.word();
    if (!isFilled(at, 31, 0) || load<u8>(at, 31) > 1) revertEmpty();
    return load<u8>(at, 31) == 1;
  }

  address(): Address {
    const account = new Address();
    if (!account.loadWord(this.word())) revertEmpty();
    return account;
  }

  /** `bytes1` to `bytes32`: zeros after the bytes. */
  fixed(size: i32): Bytes32 {
    const at = this.word();
    if (!isFilled(at + size, 32 - size, 0)) revertEmpty();
    return loadWord<Bytes32>(at);
  }

  bytes(): Bytes {
    const tail = this.tuple(1);
    const size = tail.size(tail.length - 32);
    return new Bytes(tail.start + 32, size);
  }

  /** Bytes that are no UTF-8 are not kept: take them as `Bytes`. */
  text(): string {
    return this.bytes().toString();
  }

  /** A dynamic struct, or a fixed array of dynamic elements: its values begin with `words` words. */
  tuple(words: i32): Decoder {
    const offset = this.size(this.length);
    const tail = new Decoder(this.start + offset, this.length - offset);
    if (words > tail.length >> 5) revertEmpty();
    return tail;
  }

  /** `T[]`, each element of `words` words in place. */
  array(words: i32): Decoder {
    const tail = this.tuple(1);
    const count = tail.size((tail.length - 32) / 32 / words);
    return new Decoder(tail.start + 32, tail.length - 32, count);
  }

  /** A value of one of the language's own types, for contracts that decode by hand. */
  take<T>(): T {
    // `if` and `else` throughout: only then the compiler leaves out the branch that does not fit the type.
    if (isString<T>()) {
      return changetype<T>(this.text());
    } else if (isBoolean<T>()) {
      return <T>this.boolean();
    } else if (isInteger<T>()) {
      return this.integer<T>(sizeof<T>() << 3);
    } else if (idof<T>() == idof<Bytes>()) {
      return changetype<T>(this.bytes());
    } else {
      const value = instantiate<T>();
      // @ts-ignore: static types have it.
      if (!value.loadWord(this.word())) revertEmpty();
      return value;
    }
  }

  /** A length or an offset, at most `most`. */
  private size(most: i32): i32 {
    const at = this.word();
    const size = bswap<u64>(load<u64>(at, 24));
    if (!isFilled(at, 24, 0) || size > u64(most)) revertEmpty();
    return i32(size);
  }
}

/** Bytes that grow. Memory is never freed, so what is new is zero. */
class Buffer {
  data: usize;
  capacity: i32;

  constructor(public length: i32) {
    this.capacity = length;
    this.data = heap.alloc(length);
    memory.fill(this.data, 0, length);
  }

  /** Returns where the new bytes begin. */
  extend(more: i32): i32 {
    const start = this.length;
    this.length += more;
    if (this.length > this.capacity) {
      this.capacity = 2 * this.length;
      const grown = heap.alloc(this.capacity);
      memory.copy(grown, this.data, start);
      this.data = grown;
    }
    memory.fill(this.data + start, 0, more);
    return start;
  }
}

/**
 * Puts values together in the ABI's encoding, one after the other. Opened with the words that they take in place: one
 * for a dynamic value, the sum of its parts for a static array or struct. What is nested is filled before its parent
 * goes on.
 */
export class Encoder {
  private buffer: Buffer;
  private next: i32;
  private end: i32;

  /** Behind a prefix: a selector, the topics of a log, or nothing. */
  constructor(
    private readonly base: i32,
    words: i32,
    buffer: Buffer | null = null,
  ) {
    this.next = base;
    this.end = base + 32 * words;
    this.buffer = buffer ? buffer : new Buffer(base + 32 * words);
  }

  static withSelector(selector: u32, words: i32): Encoder {
    const encoder = new Encoder(4, words);
    store<u32>(encoder.start, bswap<u32>(selector));
    return encoder;
  }

  /** Where the bytes lie, until more are put there. */
  get start(): usize {
    return this.buffer.data;
  }

  finish(): Bytes {
    return new Bytes(this.buffer.data, this.buffer.length);
  }

  /** Where the next word goes. More values than words are a mistake of the contract: it traps. */
  word(): usize {
    const at = this.next;
    if (at == this.end) unreachable();
    this.next += 32;
    return this.buffer.data + at;
  }

  /** Panics when the value has more than so many bits. */
  integer<T>(value: T, bits: i32): void {
    const at = this.word();
    storeWord<T>(at, value);
    if (!fits(at, bits, isSigned<T>())) panic(PANIC_OVERFLOW);
  }

  big(value: u256, bits: i32): void {
    const at = this.word();
    value.storeWord(at);
    if (!fits(at, bits, false)) panic(PANIC_OVERFLOW);
  }

  bigSigned(value: i256, bits: i32): void {
    const at = this.word();
    value.storeWord(at);
    if (!fits(at, bits, true)) panic(PANIC_OVERFLOW);
  }

  boolean(value: bool): void {
    store<u8>(this.word(), value, 31);
  }

  address(value: Address): void {
    value.storeWord(this.word());
  }

  /** Keeps the first `size` bytes. */
  fixed(value: Bytes32, size: i32): void {
    memory.copy(this.word(), value.start, size);
  }

  bytes(value: Bytes): void {
    const tail = this.tail(32, (value.length + 31) >> 5);
    storeWord<u32>(tail.start + tail.base - 32, value.length);
    memory.copy(tail.start + tail.base, value.start, value.length);
  }

  text(value: string): void {
    this.bytes(Bytes.fromString(value));
  }

  /** A dynamic struct, or a fixed array of dynamic elements. */
  tuple(words: i32): Encoder {
    return this.tail(0, words);
  }

  /** `T[]`, each element of `words` words in place. */
  array(count: i32, words: i32): Encoder {
    const elements = this.tail(32, count * words);
    storeWord<u32>(elements.start + elements.base - 32, count);
    return elements;
  }

  /** A value of one of the language's own types, for contracts that encode by hand. */
  add<T>(value: T): Encoder {
    if (isString<T>()) {
      this.text(changetype<string>(value));
    } else if (isReference<T>()) {
      if (idof<T>() == idof<Bytes>()) this.bytes(changetype<Bytes>(value));
      else storeWord<T>(this.word(), value);
    } else {
      storeWord<T>(this.word(), value);
    }
    return this;
  }

  /** Opens words at the end, and puts their offset in place. */
  private tail(skipped: i32, words: i32): Encoder {
    const start = this.buffer.extend(skipped + 32 * words);
    storeWord<u32>(this.word(), start - this.base);
    return new Encoder(start + skipped, words, this.buffer);
  }
}

/** The bytes are the output as they are: for a `@fallback`, which has no type of its own. */
export function respond(output: Bytes): void {
  write_result(output.start, output.length);
}

export function writeOutput(output: Encoder): void {
  const bytes = output.finish();
  write_result(bytes.start, bytes.length);
}

/** A topic: the word of a static value, the hash of a dynamic one. */
export function storeTopic<T>(to: usize, value: T): void {
  if (isString<T>()) {
    Bytes.fromString(changetype<string>(value)).keccak256().storeWord(to);
  } else if (isReference<T>()) {
    if (idof<T>() == idof<Bytes>()) changetype<Bytes>(value).keccak256().storeWord(to);
    else storeWord<T>(to, value);
  } else {
    storeWord<T>(to, value);
  }
}

/** 32 bytes from four big-endian numbers, most significant first: how the transform writes an event's hash. */
export function storeHash(to: usize, first: u64, second: u64, third: u64, fourth: u64): void {
  store<u64>(to, bswap(first));
  store<u64>(to, bswap(second), 8);
  store<u64>(to, bswap(third), 16);
  store<u64>(to, bswap(fourth), 24);
}

/** Leaves a log: an instance of an `@event` class. */
export function emit<T>(event: T): void {
  // @ts-ignore: the transform writes this method.
  event.emitLog();
}
