import { concatenate, keccak256, toWord } from "./bytes.ts";
import { host } from "./host.ts";
import type { WordType } from "./types.ts";

/** One value of storage. */
export type Cell<Value> = {
  /** Zero, false or the zero address until it is set. */
  get(): Value;
  set(value: Value): void;
};

/** Solidity's `mapping(Key => Value)`. */
export type Mapping<Key, Value> = {
  get(key: Key): Value;
  set(key: Key, value: Value): void;
};

/** What a field of storage becomes at its slot. */
export type Field<Handle> = (slot: Uint8Array) => Handle;

export function value<Value>(type: WordType<Value>): Field<Cell<Value>> {
  return (slot) => ({
    get: () => type.decode(host.storageGet(slot), 0),
    set: (to) => host.storagePut(slot, type.encode(to)),
  });
}

export function mapping<Key, Value>(
  keys: WordType<Key>,
  values: WordType<Value>,
): Field<Mapping<Key, Value>> {
  const cell = value(values);
  return (slot) => {
    const at = (key: Key): Cell<Value> => cell(keccak256(concatenate([keys.encode(key), slot])));
    return { get: (key) => at(key).get(), set: (key, to) => at(key).set(to) };
  };
}

/** A mapping of mappings: `nested(address, mapping(address, uint256))`. */
export function nested<Key, Handle>(
  keys: WordType<Key>,
  inner: Field<Handle>,
): Field<(key: Key) => Handle> {
  return (slot) => (key) => inner(keccak256(concatenate([keys.encode(key), slot])));
}

/**
 * Gives each field the next slot, in the order in which they stand: where Solidity puts mappings and types of 32 bytes.
 * Smaller types are not packed; each has a slot of its own.
 */
export function storage<Handles>(
  fields: {
    readonly [Name in keyof Handles]: Field<Handles[Name]>;
  },
): Handles {
  const names = Object.keys(fields) as (keyof Handles)[];
  const handles = names.map((name, slot) => [name, fields[name](toWord(BigInt(slot)))]);
  return Object.fromEntries(handles) as Handles;
}
