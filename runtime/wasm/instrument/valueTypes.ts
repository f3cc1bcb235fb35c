import type { ByteReader } from "./byteReader.ts";
import { refusedFeature } from "./invalidModule.ts";

/** Value types by their byte in the binary format (core specification, section 5.3). */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;

export type FunctionType = {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
};

export function isReference(type: number): boolean {
  return type === FUNCREF || type === EXTERNREF;
}

export function readValueType(reader: ByteReader): number {
  const offset = reader.position;
  const type = reader.byte();
  if ((type >= V128 && type <= I32) || isReference(type)) return type;
  throw refusedFeature(`value type 0x${type.toString(16)}`, offset);
}

export function readReferenceType(reader: ByteReader): number {
  const offset = reader.position;
  const type = reader.byte();
  if (isReference(type)) return type;
  throw refusedFeature(`reference type 0x${type.toString(16)}`, offset);
}

/** What a value takes on the logical stack. */
export function stackBytes(type: number): number {
  return type === V128 ? 16 : 8;
}

export function stackBytesOf(types: readonly number[]): number {
  let bytes = 0;
  for (const type of types) bytes += stackBytes(type);
  return bytes;
}
