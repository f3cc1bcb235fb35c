import type { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";
import type { ConstantReader } from "./constants.ts";
import { refusedFeature } from "./invalidModule.ts";
import { checkLimit, type ModuleLimits } from "./limits.ts";
import { readReferenceType } from "./valueTypes.ts";

// Bits of an element segment's first field (core specification, section 5.5.12).
const NOT_ACTIVE = 1;
const EXPLICIT = 2;
const EXPRESSIONS = 4;

/** Element segments, encoded again with the functions' new indices. */
export function readElements(
  reader: ByteReader,
  constants: ConstantReader,
  limits: ModuleLimits,
): Uint8Array[] {
  const count = reader.count();
  checkLimit(limits, "elementSegments", count);
  const segments: Uint8Array[] = [];
  for (let i = 0; i < count; i++) segments.push(readSegment(reader, constants, limits));
  return segments;
}

function readSegment(
  reader: ByteReader,
  constants: ConstantReader,
  limits: ModuleLimits,
): Uint8Array {
  const out = new ByteWriter();
  const offset = reader.position;
  const flags = reader.u32();
  if (flags > 7) throw refusedFeature(`element segment kind ${flags}`, offset);
  out.u32(flags);
  if ((flags & NOT_ACTIVE) === 0) {
    if (flags & EXPLICIT) out.u32(reader.u32());
    out.copy(constants.read(reader));
  }
  if (flags & (NOT_ACTIVE | EXPLICIT)) {
    out.byte(flags & EXPRESSIONS ? readReferenceType(reader) : readElementKind(reader));
  }
  const items = reader.count();
  checkLimit(limits, "tableElements", items);
  out.u32(items);
  for (let i = 0; i < items; i++) {
    if (flags & EXPRESSIONS) out.copy(constants.read(reader));
    else out.u32(constants.readFunctionIndex(reader));
  }
  return out.finish();
}

function readElementKind(reader: ByteReader): number {
  const offset = reader.position;
  const kind = reader.byte();
  if (kind !== 0) throw refusedFeature(`element kind ${kind}`, offset);
  return kind;
}
