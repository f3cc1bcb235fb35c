import { InvalidInput } from "@delchain/runtime";

/** What a program or a library asks of the loader. */
export type ElfNeeds = {
  /** The loader's path; `undefined` for libraries and static programs. */
  readonly interpreter: string | undefined;
  /** Names of the libraries to load with it, as in `libc.so.6`. */
  readonly libraries: readonly string[];
};

const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const SEGMENT_LOAD = 1;
const SEGMENT_DYNAMIC = 2;
const SEGMENT_INTERPRETER = 3;
const TAG_END = 0n;
const TAG_NEEDED = 1n;
const TAG_STRING_TABLE = 5n;
const DYNAMIC_ENTRY_BYTES = 16;

type Segment = {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
};

/** Reads a 64-bit little-endian ELF file (System V ABI, chapter 5). Throws `InvalidInput` for anything else. */
export function readElf(path: string, bytes: Uint8Array): ElfNeeds {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isElf = file.length >= 64 && file.readUInt32BE() === MAGIC;
  if (!isElf || file[4] !== CLASS_64 || file[5] !== LITTLE_ENDIAN) {
    throw new InvalidInput({ code: "elf", path }, `${path} is no 64-bit little-endian ELF file`);
  }
  const segments = readSegments(file);
  const interpreter = segments.find(({ type }) => type === SEGMENT_INTERPRETER);
  const dynamic = segments.find(({ type }) => type === SEGMENT_DYNAMIC);
  return {
    interpreter: interpreter && textAt(file, interpreter.offset),
    libraries: dynamic === undefined ? [] : readLibraries(file, segments, dynamic),
  };
}

function readSegments(file: Buffer): readonly Segment[] {
  const start = Number(file.readBigUInt64LE(32));
  const entryBytes = file.readUInt16LE(54);
  const count = file.readUInt16LE(56);
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * entryBytes;
    return {
      type: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: Number(file.readBigUInt64LE(at + 16)),
      size: Number(file.readBigUInt64LE(at + 32)),
    };
  });
}

function readLibraries(
  file: Buffer,
  segments: readonly Segment[],
  dynamic: Segment,
): readonly string[] {
  const names: number[] = [];
  let table = 0;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += DYNAMIC_ENTRY_BYTES) {
    const tag = file.readBigInt64LE(at);
    const value = Number(file.readBigUInt64LE(at + 8));
    if (tag === TAG_END) break;
    if (tag === TAG_NEEDED) names.push(value);
    if (tag === TAG_STRING_TABLE) table = offsetOf(segments, value);
  }
  return names.map((name) => textAt(file, table + name));
}

/** Where an address of the loaded program lies in the file. */
function offsetOf(segments: readonly Segment[], address: number): number {
  const holder = segments.find(
    (segment) =>
      segment.type === SEGMENT_LOAD &&
      address >= segment.address &&
      address < segment.address + segment.size,
  );
  return holder === undefined ? 0 : address - holder.address + holder.offset;
}

function textAt(file: Buffer, at: number): string {
  return file.toString("latin1", at, file.indexOf(0, at));
}
