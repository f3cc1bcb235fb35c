import { loadWord, storeWord } from "./abi";
import { Bytes32 } from "./bytes";
import {
  native_keccak256,
  storage_cache_bytes32,
  storage_load_bytes32,
  transient_load_bytes32,
  transient_store_bytes32,
} from "./host";

// Storage in Solidity's layout. The fields of a `@contract` class take the slots 0, 1, … in their order.

/** The slot of a field. */
export function slotAt(number: u64): Bytes32 {
  const slot = new Bytes32();
  storeWord<u64>(slot.start, number);
  return slot;
}

/** One value in a slot of its own; small types are not packed. */
export class Cell<T> {
  constructor(private readonly slot: Bytes32) {}

  get value(): T {
    const word = heap.alloc(32);
    storage_load_bytes32(this.slot.start, word);
    return loadWord<T>(word);
  }

  set value(value: T) {
    const word = heap.alloc(32);
    storeWord<T>(word, value);
    storage_cache_bytes32(this.slot.start, word);
  }
}

/** A value that lives until the transaction ends (EIP-1153). */
export class TransientCell<T> {
  constructor(private readonly slot: Bytes32) {}

  get value(): T {
    const word = heap.alloc(32);
    transient_load_bytes32(this.slot.start, word);
    return loadWord<T>(word);
  }

  set value(value: T) {
    const word = heap.alloc(32);
    storeWord<T>(word, value);
    transient_store_bytes32(this.slot.start, word);
  }
}

/** `mapping(K => …)`: `E` is the `Cell`, or the `Mapping`, that lies at keccak256(key word ++ slot word). */
export class Mapping<K, E> {
  constructor(private readonly slot: Bytes32) {}

  at(key: K): E {
    const preimage = heap.alloc(64);
    storeWord<K>(preimage, key);
    this.slot.storeWord(preimage + 32);
    const slot = new Bytes32();
    native_keccak256(preimage, 64, slot.start);
    return instantiate<E>(slot);
  }
}
