import {
  type Address,
  fromHex,
  type Hash,
  isAddress,
  isHex,
  toAddress,
  toHash,
} from "@delchain/runtime";
import { type RpcError, wrongParams } from "./rpcErrors.ts";

/** One parameter of a method: its name in messages, and how it is read. `where` says which it is. */
export type Param<T> = {
  readonly name: string;
  readonly decode: (value: unknown, where: string) => T;
  /** What stands for a parameter that is left out or `null`; a required one has none. */
  readonly fallback?: { readonly value: T };
};

const QUANTITY = /^0x(?:0|[1-9a-fA-F][0-9a-fA-F]*)$/;
const HASH = /^0x[0-9a-fA-F]{64}$/;

/** The value as a message may show it: short, and never deep. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") {
    return value.length > 80 ? `"${value.slice(0, 80)}…"` : `"${value}"`;
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === null || typeof value === "number" || typeof value === "boolean") return `${value}`;
  return value === undefined ? "nothing" : "an object";
}

export function wrongParam(where: string, wanted: string, value: unknown): RpcError {
  return wrongParams(`${where}: wanted ${wanted}, got ${describeValue(value)}`);
}

/** An integer below 2^`bits`, in hex without leading zeros (execution API specification, `uint`). */
export function decodeQuantity(value: unknown, where: string, bits: 64 | 256 = 256): bigint {
  const wanted = `a quantity (0x and hex digits, no leading zeros, below 2^${bits})`;
  if (typeof value !== "string" || !QUANTITY.test(value)) throw wrongParam(where, wanted, value);
  if (value.length > 2 + bits / 4) throw wrongParam(where, wanted, value);
  return BigInt(value);
}

export function decodeAddress(value: unknown, where: string): Address {
  if (!isAddress(value)) throw wrongParam(where, "an address (0x and 40 hex digits)", value);
  return toAddress(value);
}

export function decodeHash(value: unknown, where: string): Hash {
  if (typeof value !== "string" || !HASH.test(value)) {
    throw wrongParam(where, "32 bytes (0x and 64 hex digits)", value);
  }
  return toHash(value);
}

export function decodeBytes(value: unknown, where: string): Uint8Array {
  if (!isHex(value)) throw wrongParam(where, "bytes (0x and an even number of hex digits)", value);
  return fromHex(value);
}

/** A storage slot: 32 bytes, or, as older clients send it, a quantity. */
function decodeSlot(value: unknown, where: string): Hash {
  if (typeof value === "string" && HASH.test(value)) return toHash(value);
  const slot = decodeQuantity(value, where);
  return toHash(`0x${slot.toString(16).padStart(64, "0")}`);
}

function decodeBoolean(value: unknown, where: string): boolean {
  if (typeof value !== "boolean") throw wrongParam(where, "true or false", value);
  return value;
}

/** A block's transaction position and the like: a quantity that is a safe `number`. */
function decodeIndex(value: unknown, where: string): number {
  const index = decodeQuantity(value, where, 64);
  return index > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(index);
}

export function address(name: string): Param<Address> {
  return { name, decode: decodeAddress };
}

export function hash(name: string): Param<Hash> {
  return { name, decode: decodeHash };
}

export function bytes(name: string): Param<Uint8Array> {
  return { name, decode: decodeBytes };
}

export function slot(name: string): Param<Hash> {
  return { name, decode: decodeSlot };
}

/** At most `limit` slots, each with what it was asked by. */
export function slots(
  name: string,
  limit: number,
): Param<readonly { readonly key: string; readonly slot: Hash }[]> {
  return {
    name,
    decode: (value, where) => {
      if (!Array.isArray(value)) throw wrongParam(where, "a list of slots", value);
      if (value.length > limit) {
        throw wrongParam(where, `at most ${limit} slots`, `a list of ${value.length}`);
      }
      return value.map((key: unknown, i) => ({
        key: String(key),
        slot: decodeSlot(key, `${where}[${i}]`),
      }));
    },
  };
}

/** Text of any length: the body's limit holds, and the method's own. */
export function text(name: string): Param<string> {
  return {
    name,
    decode: (value, where) => {
      if (typeof value !== "string") throw wrongParam(where, "text", value);
      return value;
    },
  };
}

export function index(name: string): Param<number> {
  return { name, decode: decodeIndex };
}

export function quantity(name: string): Param<bigint> {
  return { name, decode: (value, where) => decodeQuantity(value, where) };
}

export function boolean(name: string): Param<boolean> {
  return { name, decode: decodeBoolean };
}

/** The parameter may be left out, and then has this value. */
export function optional<T, D>(param: Param<T>, value: D): Param<T | D> {
  return { ...param, fallback: { value } };
}

/**
 * Reads a request's parameters, in order. Throws the -32602 that names place, name and value, or how many there
 * may be.
 */
export function decodeParams(
  params: readonly Param<unknown>[],
  given: unknown,
): readonly unknown[] {
  const values = given ?? [];
  if (!Array.isArray(values)) {
    throw wrongParams(`params: wanted a list, got ${describeValue(values)}`);
  }
  if (values.length > params.length) {
    throw wrongParams(`params: ${values.length} given, at most ${params.length} wanted`);
  }
  return params.map((param, place) => {
    const value: unknown = values[place];
    const where = `params[${place}] (${param.name})`;
    if (value !== undefined && value !== null) return param.decode(value, where);
    if (param.fallback === undefined) throw wrongParams(`${where} is missing`);
    return param.fallback.value;
  });
}
