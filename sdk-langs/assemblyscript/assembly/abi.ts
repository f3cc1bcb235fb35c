import { Bytes, Bytes32 } from "./bytes";
import { write_result } from "./host";
import { revertEmpty } from "./revert";

/** Marks an event's field as a topic; the type is the field's. */
export type Indexed<T> = T;

/** Writes a value of a static type as a word: `bool`, an unsigned integer, or a class with `storeWord`. */
export function storeWord<T>(to: usize, value: T): void {
  if (isInteger<T>()) {
    if (isSigned<T>()) ERROR("signed integers are not supported");
    memory.fill(to, 0, 24);
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

/** Reads a word of calldata; reverts without data when it is not of the type, as Solidity's decoder does. */
export function decodeWord<T>(from: usize): T {
  if (isInteger<T>()) {
    const value = bswap<u64>(load<u64>(from, 24));
    const high = load<u64>(from) | load<u64>(from, 8) | load<u64>(from, 16);
    const most: u64 = isBoolean<T>() ? 1 : u64.MAX_VALUE >> (64 - (sizeof<T>() << 3));
    if (high != 0 || value > most) revertEmpty();
    return <T>value;
  } else {
    const value = instantiate<T>();
    // @ts-ignore: static types have it.
    if (!value.loadWord(from)) revertEmpty();
    return value;
  }
}

/** A length or an offset of the ABI, at most `most`. */
function decodeLength(from: usize, most: i32): i32 {
  const length = decodeWord<u64>(from);
  if (most < 0 || length > u64(most)) revertEmpty();
  return i32(length);
}

/** Takes arguments off calldata, or values off return data, one after the other. */
export class Decoder {
  // `if` and `else` throughout: only then the compiler leaves out the branch that does not fit the type.
  private next: i32 = 0;

  constructor(
    private readonly start: usize,
    private readonly length: i32,
  ) {}

  take<T>(): T {
    const head = this.next;
    this.next += 32;
    if (this.next > this.length) revertEmpty();
    if (isString<T>()) {
      return changetype<T>(this.bytesAt(head).toString());
    } else if (isReference<T>()) {
      if (idof<T>() == idof<Bytes>()) return changetype<T>(this.bytesAt(head));
      else return decodeWord<T>(this.start + head);
    } else {
      return decodeWord<T>(this.start + head);
    }
  }

  private bytesAt(head: i32): Bytes {
    const offset = decodeLength(this.start + head, this.length - 32);
    const size = decodeLength(this.start + offset, this.length - offset - 32);
    return new Bytes(this.start + offset + 32, size);
  }
}

/** Puts values together in the ABI's encoding, behind a prefix: a selector, the topics of a log, or nothing. */
export class Encoder {
  private data: usize;
  private end: i32;
  private next: i32;

  constructor(
    private readonly prefix: i32,
    heads: i32,
  ) {
    this.next = prefix;
    this.end = prefix + 32 * heads;
    this.data = heap.alloc(this.end);
  }

  static withSelector(selector: u32, heads: i32): Encoder {
    const encoder = new Encoder(4, heads);
    store<u32>(encoder.data, bswap<u32>(selector));
    return encoder;
  }

  add<T>(value: T): Encoder {
    const head = this.next;
    this.next += 32;
    if (isString<T>()) {
      this.tail(head, Bytes.fromString(changetype<string>(value)));
    } else if (isReference<T>()) {
      if (idof<T>() == idof<Bytes>()) this.tail(head, changetype<Bytes>(value));
      else storeWord<T>(this.data + head, value);
    } else {
      storeWord<T>(this.data + head, value);
    }
    return this;
  }

  /** The bytes of the prefix, for who writes topics there. */
  get start(): usize {
    return this.data;
  }

  finish(): Bytes {
    return new Bytes(this.data, this.end);
  }

  private tail(head: i32, bytes: Bytes): void {
    const padded = (bytes.length + 31) & ~31;
    const grown = heap.alloc(this.end + 32 + padded);
    memory.copy(grown, this.data, this.end);
    this.data = grown;
    storeWord<u64>(grown + head, u64(this.end - this.prefix));
    storeWord<u64>(grown + this.end, u64(bytes.length));
    memory.fill(grown + this.end + 32, 0, padded);
    memory.copy(grown + this.end + 32, bytes.start, bytes.length);
    this.end += 32 + padded;
  }
}

/** Writes the one result of a method. */
export function writeResult<T>(value: T): void {
  const bytes = new Encoder(0, 1).add<T>(value).finish();
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
