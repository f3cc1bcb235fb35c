import { concatenate, keccak256, toWord } from "./bytes.ts";
import { Revert } from "./revert.ts";
import {
  type AnyType,
  type BytesType,
  type Fields,
  padWords,
  smallNumber,
  type Type,
  type ValueOf,
  type ValuesOf,
  WORD_BYTES,
} from "./types.ts";

/** `T[]`, or `T[length]`. */
export type ArrayType<Element extends AnyType, Length extends number | undefined> = Type<
  readonly ValueOf<Element>[]
> & {
  readonly kind: "array";
  readonly element: Element;
  readonly length: Length;
};

export type StructType<Members extends Fields> = Type<ValuesOf<Members>> & {
  readonly kind: "struct";
  readonly members: Members;
};

/** Values of a list of types, in the order in which they stand. */
export type ListOf<Types extends readonly AnyType[]> = {
  readonly [At in keyof Types]: ValueOf<Types[At]>;
};

/** An array of any length. */
export function array<Element extends AnyType>(element: Element): ArrayType<Element, undefined>;
/** An array of this length. */
export function array<Element extends AnyType>(
  element: Element,
  length: number,
): ArrayType<Element, number>;
export function array<Element extends AnyType>(
  element: Element,
  length?: number,
): ArrayType<Element, number | undefined> {
  if (length !== undefined && (!Number.isInteger(length) || length < 1)) {
    throw new TypeError(`there is no ${element.name}[${length}]: a length is at least 1`);
  }
  const isDynamic = length === undefined || element.isDynamic;
  const repeated = (count: number): readonly AnyType[] => Array(count).fill(element);
  return {
    kind: "array",
    name: `${element.name}[${length ?? ""}]`,
    element,
    length,
    isDynamic,
    headBytes: isDynamic ? WORD_BYTES : (length ?? 0) * element.headBytes,
    encode(values) {
      if (length !== undefined && values.length !== length) {
        throw new TypeError(`${values.length} values are no ${element.name}[${length}]`);
      }
      const encoded = encodeTuple(repeated(values.length), values);
      return length === undefined ? concatenate([toWord(BigInt(values.length)), encoded]) : encoded;
    },
    decode(data, at) {
      const count = length ?? smallNumber(data, at);
      const start = length === undefined ? at + WORD_BYTES : at;
      // A length that the data cannot hold is refused before anything of that length is made.
      if (start + count * element.headBytes > data.length) throw new Revert();
      return decodeTuple(repeated(count), data, start) as readonly ValueOf<Element>[];
    },
  };
}

/** Solidity's `struct`, as an object. */
export function struct<const Members extends Fields>(members: Members): StructType<Members> {
  const names = Object.keys(members);
  const types = Object.values(members);
  const isDynamic = types.some((type) => type.isDynamic);
  return {
    kind: "struct",
    name: `(${types.map(({ name }) => name).join(",")})`,
    members,
    isDynamic,
    headBytes: isDynamic ? WORD_BYTES : headBytesOf(types),
    encode: (value) =>
      encodeTuple(
        types,
        names.map((name) => value[name as keyof Members]),
      ),
    decode(data, at) {
      const values = decodeTuple(types, data, at);
      return Object.fromEntries(names.map((name, i) => [name, values[i]])) as ValuesOf<Members>;
    },
  };
}

export function isArray(type: {
  readonly kind: string;
}): type is ArrayType<AnyType, number | undefined> {
  return type.kind === "array";
}

export function isStruct(type: { readonly kind: string }): type is StructType<Fields> {
  return type.kind === "struct";
}

export function isBytes(type: { readonly kind: string }): type is BytesType<unknown> {
  return type.kind === "bytes";
}

/** The ABI's encoding of a tuple: words, and offsets to what is dynamic. */
export function encodeTuple(types: readonly AnyType[], values: readonly unknown[]): Uint8Array {
  const heads: Uint8Array[] = [];
  const tails: Uint8Array[] = [];
  let end = headBytesOf(types);
  for (const [index, type] of types.entries()) {
    const encoded = type.encode(values[index] as never);
    heads.push(type.isDynamic ? toWord(BigInt(end)) : encoded);
    if (type.isDynamic) {
      tails.push(encoded);
      end += encoded.length;
    }
  }
  return concatenate([...heads, ...tails]);
}

/** Offsets count from `start`, where the tuple begins. */
export function decodeTuple(
  types: readonly AnyType[],
  data: Uint8Array,
  start = 0,
): readonly unknown[] {
  let head = start;
  return types.map((type) => {
    const at = type.isDynamic ? start + smallNumber(data, head) : head;
    head += type.headBytes;
    return type.decode(data, at);
  });
}

/** What an indexed field leaves in a log: a word itself, of anything else the hash of its content. */
export function encodeTopic(type: AnyType, value: unknown): Uint8Array {
  if (type.kind === "word") return type.encode(value as never);
  return keccak256(isBytes(type) ? type.toBytes(value) : inPlace(type, value));
}

/** All values behind one another, in whole words, without offsets and lengths. */
function inPlace(type: AnyType, value: unknown): Uint8Array {
  if (isBytes(type)) return padWords(type.toBytes(value));
  if (isArray(type)) {
    const values = value as readonly unknown[];
    return concatenate(values.map((one) => inPlace(type.element, one)));
  }
  if (isStruct(type)) {
    const values = value as Readonly<Record<string, unknown>>;
    const members = Object.entries(type.members);
    return concatenate(members.map(([name, member]) => inPlace(member, values[name])));
  }
  return type.encode(value as never);
}

function headBytesOf(types: readonly AnyType[]): number {
  return types.reduce((sum, type) => sum + type.headBytes, 0);
}
