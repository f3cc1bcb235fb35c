import { loadWord, storeWord } from "./abi";
import { Bytes, Bytes32 } from "./bytes";
import {
  native_keccak256,
  storage_cache_bytes32,
  storage_load_bytes32,
  transient_load_bytes32,
  transient_store_bytes32,
} from "./host";
import { PANIC_EMPTY_ARRAY, PANIC_INDEX, PANIC_OVERFLOW, panic } from "./revert";
import { refuseInView } from "./view";

// Storage in Solidity's layout. The fields of a `@contract` class take the slots 0, 1, … in their order, small ones
// packed; the transform finds slot, offset and width, and passes them to the constructors.

/** The slot of a field. */
export function slotAt(number: u64): Bytes32 {
  const slot = new Bytes32();
  storeWord<u64>(slot.start, number);
  return slot;
}

/** The slot so many further on. */
export function slotPlus(slot: Bytes32, count: u64): Bytes32 {
  const sum = new Bytes32();
  let carry = count;
  for (let i = 31; i >= 0; i--) {
    carry += load<u8>(slot.start + i);
    store<u8>(sum.start + i, u8(carry));
    carry >>= 8;
  }
  return sum;
}

function hashOf(start: usize, length: i32): Bytes32 {
  const hash = new Bytes32();
  native_keccak256(start, length, hash.start);
  return hash;
}

function save(slot: Bytes32, word: usize): void {
  refuseInView();
  storage_cache_bytes32(slot.start, word);
}

/** One value in a slot of its own, or a `string` or `Bytes`. */
export class Cell<T> {
  constructor(private readonly slot: Bytes32, offset: i32 = 0, width: i32 = 32) {}

  get value(): T {
    if (isString<T>()) {
      return changetype<T>(loadBytes(this.slot).toString());
    } else if (isReference<T>() && idof<T>() == idof<Bytes>()) {
      return changetype<T>(loadBytes(this.slot));
    } else {
      const word = heap.alloc(32);
      storage_load_bytes32(this.slot.start, word);
      return loadWord<T>(word);
    }
  }

  set value(value: T) {
    if (isString<T>()) {
      saveBytes(this.slot, Bytes.fromString(changetype<string>(value)));
    } else if (isReference<T>() && idof<T>() == idof<Bytes>()) {
      saveBytes(this.slot, changetype<Bytes>(value));
    } else {
      const word = heap.alloc(32);
      storeWord<T>(word, value);
      save(this.slot, word);
    }
  }

  clear(): void {
    if (isString<T>()) {
      saveBytes(this.slot, new Bytes());
    } else if (isReference<T>() && idof<T>() == idof<Bytes>()) {
      saveBytes(this.slot, new Bytes());
    } else {
      save(this.slot, new Bytes32().start);
    }
  }

  isPacked(): bool {
    return false;
  }
  slots(): u64 {
    return 1;
  }
}

/** A value of `width` bytes, `offset` bytes from its slot's low end, among others. */
export class PackedCell<T> {
  constructor(private readonly slot: Bytes32, private readonly offset: i32, private readonly width: i32) {}

  get value(): T {
    const word = heap.alloc(32);
    storage_load_bytes32(this.slot.start, word);
    const at = word + 32 - this.offset - this.width;
    const value = heap.alloc(32);
    if (isReference<T>() && idof<T>() == idof<Bytes32>()) {
      memory.fill(value, 0, 32);
      memory.copy(value, at, this.width);
    } else {
      memory.fill(value, this.isNegative(at) ? 0xff : 0, 32);
      memory.copy(value + 32 - this.width, at, this.width);
    }
    return loadWord<T>(value);
  }

  set value(value: T) {
    const bytes = heap.alloc(32);
    storeWord<T>(bytes, value);
    const word = heap.alloc(32);
    storage_load_bytes32(this.slot.start, word);
    let from = bytes;
    if (!(isReference<T>() && idof<T>() == idof<Bytes32>())) {
      from += 32 - this.width;
      const fill: u8 = this.isNegative(from) ? 0xff : 0;
      for (let at = bytes; at < from; at++) if (load<u8>(at) != fill) panic(PANIC_OVERFLOW);
    }
    memory.copy(word + 32 - this.offset - this.width, from, this.width);
    save(this.slot, word);
  }

  clear(): void {
    const word = heap.alloc(32);
    storage_load_bytes32(this.slot.start, word);
    memory.fill(word + 32 - this.offset - this.width, 0, this.width);
    save(this.slot, word);
  }

  isPacked(): bool {
    return true;
  }
  slots(): u64 {
    return 1;
  }

  private isNegative(at: usize): bool {
    if (isInteger<T>()) {
      return isSigned<T>() && load<i8>(at) < 0;
    } else {
      return nameof<T>() == "i256" && load<i8>(at) < 0;
    }
  }
}

/** A value that lives until the transaction ends (EIP-1153). */
export class TransientCell<T> {
  constructor(private readonly slot: Bytes32, offset: i32 = 0, width: i32 = 32) {}

  get value(): T {
    const word = heap.alloc(32);
    transient_load_bytes32(this.slot.start, word);
    return loadWord<T>(word);
  }

  set value(value: T) {
    const word = heap.alloc(32);
    storeWord<T>(word, value);
    refuseInView();
    transient_store_bytes32(this.slot.start, word);
  }
}

/** `mapping(K => …)`: `E` is the storage that lies at keccak256(key word ++ slot word). */
export class Mapping<K, E> {
  constructor(private readonly slot: Bytes32, offset: i32 = 0, private readonly width: i32 = 32) {}

  at(key: K): E {
    let slot: Bytes32;
    if (isString<K>()) {
      slot = this.slotOf(Bytes.fromString(changetype<string>(key)));
    } else if (isReference<K>() && idof<K>() == idof<Bytes>()) {
      slot = this.slotOf(changetype<Bytes>(key));
    } else {
      const preimage = heap.alloc(64);
      storeWord<K>(preimage, key);
      this.slot.storeWord(preimage + 32);
      slot = hashOf(preimage, 64);
    }
    return instantiate<E>(slot, 0, this.width);
  }

  private slotOf(key: Bytes): Bytes32 {
    const preimage = heap.alloc(key.length + 32);
    memory.copy(preimage, key.start, key.length);
    this.slot.storeWord(preimage + key.length);
    return hashOf(preimage, key.length + 32);
  }

  /** A mapping does not know its keys: nothing is cleared, as in Solidity. */
  clear(): void {}
  isPacked(): bool {
    return false;
  }
  slots(): u64 {
    return 1;
  }
}

/** `T[]`: `E` is the storage of an element. An index out of range panics as Solidity's does. */
export class List<E> {
  constructor(private readonly slot: Bytes32, offset: i32 = 0, private readonly width: i32 = 32) {}

  get length(): u64 {
    const word = heap.alloc(32);
    storage_load_bytes32(this.slot.start, word);
    return loadWord<u64>(word);
  }

  at(index: u64): E {
    if (index >= this.length) panic(PANIC_INDEX);
    return this.element(index);
  }

  /** Makes the list longer by one element, which it returns. */
  push(): E {
    const length = this.length;
    this.resize(length + 1);
    return this.element(length);
  }

  pop(): void {
    const length = this.length;
    if (length == 0) panic(PANIC_EMPTY_ARRAY);
    // @ts-ignore: storage has it.
    this.element(length - 1).clear();
    this.resize(length - 1);
  }

  clear(): void {
    const length = this.length;
    // @ts-ignore: storage has it.
    for (let i: u64 = 0; i < length; i++) this.element(i).clear();
    this.resize(0);
  }

  isPacked(): bool {
    return false;
  }
  slots(): u64 {
    return 1;
  }

  private element(index: u64): E {
    const first = hashOf(this.slot.start, 32);
    // The class alone says it, so no instance is needed.
    const kind = changetype<E>(0);
    // @ts-ignore: storage has it.
    if (kind.isPacked()) {
      const each = u64(32 / this.width);
      const offset = i32(index % each) * this.width;
      return instantiate<E>(slotPlus(first, index / each), offset, this.width);
    }
    // @ts-ignore: storage has it.
    return instantiate<E>(slotPlus(first, index * kind.slots()), 0, this.width);
  }

  private resize(length: u64): void {
    const word = heap.alloc(32);
    storeWord<u64>(word, length);
    save(this.slot, word);
  }
}

/** How many slots beside its own a stored string takes, by the word in its own. */
function dataSlots(word: usize): u64 {
  return (load<u8>(word, 31) & 1) == 0 ? 0 : (loadWord<u64>(word) / 2 + 31) / 32;
}

/** To 31 bytes lie in the slot beside twice the length, longer ones from the hash of the slot on. */
function loadBytes(slot: Bytes32): Bytes {
  const word = heap.alloc(32);
  storage_load_bytes32(slot.start, word);
  const count = dataSlots(word);
  if (count == 0) return new Bytes(word, load<u8>(word, 31) / 2);
  const data = heap.alloc(32 * usize(count));
  const first = hashOf(slot.start, 32);
  for (let i: u64 = 0; i < count; i++) {
    storage_load_bytes32(slotPlus(first, i).start, data + 32 * usize(i));
  }
  return new Bytes(data, i32(loadWord<u64>(word) / 2));
}

function saveBytes(slot: Bytes32, value: Bytes): void {
  const word = heap.alloc(32);
  storage_load_bytes32(slot.start, word);
  const before = dataSlots(word);
  memory.fill(word, 0, 32);
  if (value.length < 32) {
    memory.copy(word, value.start, value.length);
    store<u8>(word, u8(2 * value.length), 31);
  } else {
    storeWord<u64>(word, 2 * u64(value.length) + 1);
  }
  const after = dataSlots(word);
  save(slot, word);
  if (before == 0 && after == 0) return;
  const first = hashOf(slot.start, 32);
  for (let i: u64 = 0; i < max(before, after); i++) {
    const left = value.length - 32 * i32(i);
    const part = heap.alloc(32);
    memory.fill(part, 0, 32);
    if (i < after) memory.copy(part, value.start + 32 * usize(i), min(left, 32));
    save(slotPlus(first, i), part);
  }
}
