import { concatenate, fromWord, keccak256, toWord } from "./bytes.ts";
import { type ArrayType, isArray, isBytes, isStruct, type StructType } from "./composites.ts";
import { PANIC, panic } from "./revert.ts";
import {
  contentOf,
  loadBytes,
  loadPart,
  loadSlot,
  storeBytes,
  storePart,
  storeSlot,
} from "./slots.ts";
import {
  type AnyType,
  type BytesType,
  type Fields,
  type ValueOf,
  type ValuesOf,
  WORD_BYTES,
  type WordType,
} from "./types.ts";

/** A value of storage. */
export type Cell<Value> = {
  /** Zero, false, empty or the first name until it is set. */
  get(): Value;
  set(value: Value): void;
  /** Solidity's `delete`. */
  clear(): void;
};

/** Solidity's `mapping(Key => …)`. */
export type Mapping<Key, Handle> = {
  at(key: Key): Handle;
} & (Handle extends Cell<infer Value>
  ? {
      get(key: Key): Value;
      set(key: Key, value: Value): void;
    }
  : unknown);

/** An array in storage. An index that is not there panics with 0x32. */
export type List<Element> = Cell<readonly ValueOf<Element>[]> & {
  length(): bigint;
  at(index: bigint): HandleOf<Element>;
};

/** An array that grows and shrinks. Taking from an empty one panics with 0x31. */
export type GrowingList<Element> = List<Element> & {
  push(value: ValueOf<Element>): void;
  pop(): void;
};

/** A struct in storage: all of it, or member by member. */
export type Members<Of> = Cell<ValuesOf<Of>> & {
  readonly fields: { readonly [Name in keyof Of]: HandleOf<Of[Name]> };
};

export type MappingField<Key, Field> = {
  readonly kind: "mapping";
  readonly keys: Key;
  readonly values: Field;
};

/** What can stand in storage: a type, or a mapping to what can. */
export type Field = AnyType | MappingField<AnyType, unknown>;

/** What a field becomes at its place. */
export type HandleOf<F> =
  F extends MappingField<infer Key, infer Value>
    ? Mapping<ValueOf<Key>, HandleOf<Value>>
    : F extends ArrayType<infer Element, infer Length>
      ? undefined extends Length
        ? GrowingList<Element>
        : List<Element>
      : F extends StructType<infer Of>
        ? Members<Of>
        : Cell<ValueOf<F>>;

type Position = { readonly slot: bigint; readonly offset: number };

export function mapping<
  Key extends WordType<never> | BytesType<never> | AnyType,
  Value extends Field,
>(keys: Key, values: Value): MappingField<Key, Value> {
  return { kind: "mapping", keys, values };
}

/** Gives each field its place, in the order in which they stand, small ones packed as Solidity packs them. */
export function storage<const Declared extends Readonly<Record<string, Field>>>(
  declared: Declared,
): { readonly [Name in keyof Declared]: HandleOf<Declared[Name]> } {
  return handlesOf(declared, 0n) as { [Name in keyof Declared]: HandleOf<Declared[Name]> };
}

function handlesOf(fields: Readonly<Record<string, Field>>, start: bigint): object {
  const { positions } = layOut(Object.values(fields));
  const handles = Object.entries(fields).map(([name, field], i) => {
    const { slot, offset } = positions[i] as Position;
    return [name, handleAt(field, { slot: start + slot, offset })];
  });
  return Object.fromEntries(handles);
}

/** Places of fields from slot 0 on, and how many slots they take. */
function layOut(fields: readonly Field[]): {
  readonly positions: readonly Position[];
  readonly slots: bigint;
} {
  let slot = 0n;
  let used = 0;
  const positions = fields.map((field) => {
    const bytes = bytesOf(field);
    if (used + bytes > WORD_BYTES) {
      slot += 1n;
      used = 0;
    }
    const position = { slot, offset: used };
    // What has slots of its own fills its last one, so that the next field begins a slot.
    slot += slotsOf(field) - 1n;
    used += bytes;
    return position;
  });
  return { positions, slots: used === 0 ? slot : slot + 1n };
}

/** How much of a slot a field takes that shares it with others; all of it where it does not. */
function bytesOf(field: Field): number {
  return field.kind === "word" ? (field as WordType<unknown>).bytes : WORD_BYTES;
}

function slotsOf(field: Field): bigint {
  if (isStruct(field)) return layOut(Object.values(field.members)).slots;
  if (!isArray(field) || field.length === undefined) return 1n;
  const { slot } = elementAt(field.element, 0n, BigInt(field.length) - 1n);
  return slot + slotsOf(field.element);
}

function elementAt(element: AnyType, start: bigint, index: bigint): Position {
  const bytes = bytesOf(element);
  if (bytes === WORD_BYTES) return { slot: start + index * slotsOf(element), offset: 0 };
  const perSlot = BigInt(Math.floor(WORD_BYTES / bytes));
  return { slot: start + index / perSlot, offset: Number(index % perSlot) * bytes };
}

function handleAt(field: Field, position: Position): unknown {
  if (field.kind === "mapping") return mappingAt(field as MappingField<AnyType, Field>, position);
  if (isArray(field)) return listAt(field, position);
  if (isStruct(field)) return membersAt(field, position);
  if (isBytes(field)) return bytesAt(field, position);
  return wordAt(field as WordType<unknown>, position);
}

/** A handle to a value of a type, whichever it is. */
function cellAt(type: AnyType, position: Position): Cell<unknown> {
  return handleAt(type, position) as Cell<unknown>;
}

function wordAt(type: WordType<unknown>, position: Position): Cell<unknown> {
  const place = { ...position, bytes: type.bytes };
  return {
    get: () => type.fromBits(loadPart(place)) ?? panic(PANIC.enumeration),
    set: (value) => storePart(place, type.toBits(value)),
    clear: () => storePart(place, 0n),
  };
}

function bytesAt(type: BytesType<unknown>, { slot }: Position): Cell<unknown> {
  return {
    get: () => type.fromBytes(loadBytes(slot)),
    set: (value) => storeBytes(slot, type.toBytes(value)),
    clear: () => storeBytes(slot, new Uint8Array()),
  };
}

function mappingAt({ keys, values }: MappingField<AnyType, Field>, { slot }: Position) {
  const at = (key: unknown): unknown => {
    const bytes = isBytes(keys) ? keys.toBytes(key) : keys.encode(key as never);
    const hash = keccak256(concatenate([bytes, toWord(slot)]));
    return handleAt(values, { slot: fromWord(hash), offset: 0 });
  };
  return {
    at,
    get: (key: unknown) => (at(key) as Cell<unknown>).get(),
    set: (key: unknown, value: unknown) => (at(key) as Cell<unknown>).set(value),
  };
}

function membersAt({ members }: StructType<Fields>, { slot }: Position) {
  const fields = handlesOf(members, slot) as Readonly<Record<string, Cell<unknown>>>;
  const entries = Object.entries(fields);
  return {
    fields,
    get: () => Object.fromEntries(entries.map(([name, cell]) => [name, cell.get()])),
    set: (value: Readonly<Record<string, unknown>>) => {
      for (const [name, cell] of entries) cell.set(value[name]);
    },
    clear: () => {
      for (const [, cell] of entries) cell.clear();
    },
  };
}

function listAt(
  { element, length: fixed }: ArrayType<AnyType, number | undefined>,
  { slot }: Position,
) {
  const start = fixed === undefined ? contentOf(slot) : slot;
  const length = (): bigint => (fixed === undefined ? loadSlot(slot) : BigInt(fixed));
  const cell = (index: bigint): Cell<unknown> => cellAt(element, elementAt(element, start, index));
  const at = (index: bigint): unknown =>
    index >= 0n && index < length() ? cell(index) : panic(PANIC.index);
  /** Leaves so many elements, and nothing of the others. */
  const resize = (to: bigint): void => {
    for (let i = to; i < length(); i++) cell(i).clear();
    if (fixed === undefined) storeSlot(slot, to);
  };
  return {
    length,
    at,
    get: () => Array.from({ length: Number(length()) }, (_, i) => cell(BigInt(i)).get()),
    set: (values: readonly unknown[]) => {
      resize(BigInt(values.length));
      for (const [i, value] of values.entries()) (at(BigInt(i)) as Cell<unknown>).set(value);
    },
    clear: () => resize(0n),
    push: (value: unknown) => {
      const end = length();
      storeSlot(slot, end + 1n);
      cell(end).set(value);
    },
    pop: () => (length() === 0n ? panic(PANIC.emptyArray) : resize(length() - 1n)),
  };
}
