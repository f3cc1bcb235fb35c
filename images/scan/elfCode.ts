/** Machine code of an ELF file, with what is known of where functions begin. */
export type ElfCode = {
  readonly sections: readonly CodeSection[];
  /** Addresses where functions begin, in order. */
  readonly starts: readonly number[];
  /** Where functions end, by the address where they begin; there too when that is not known. */
  readonly ends: ReadonlyMap<number, number>;
  /** By the address where it begins. */
  readonly symbols: ReadonlyMap<number, string>;
};

export type CodeSection = {
  readonly name: string;
  readonly address: number;
  readonly bytes: Buffer;
};

const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const MACHINE_X86_64 = 62;
const HEADER_BYTES = 64;
const SECTION_PROGRAM = 1;
const SECTION_SYMBOLS = 2;
const SECTION_DYNAMIC_SYMBOLS = 11;
/** Zeros that the kernel makes: of no bytes in the file. */
const SECTION_EMPTY = 8;
const FLAG_CODE = 4n;
const SEGMENT_LOAD = 1;
const SEGMENT_CODE = 1;
const SYMBOL_BYTES = 24;
const SYMBOL_FUNCTION = 2;
/** Names of C++ functions are longer, and cut. */
const NAME_BYTES_MAX = 256;
/** Linked programs have some 40. */
const SECTIONS_MAX = 256;
/** Functions of one file; Node has 200,000. */
const FUNCTIONS_MAX = 2_000_000;

type Section = {
  readonly name: number;
  readonly type: number;
  readonly flags: bigint;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
};

/** Whether a file begins as 64-bit ELF for x86-64 does. */
export function isElfCode(head: Buffer): boolean {
  return (
    head.length >= HEADER_BYTES &&
    head.readUInt32BE() === MAGIC &&
    head[4] === CLASS_64 &&
    head[5] === LITTLE_ENDIAN &&
    head.readUInt16LE(18) === MACHINE_X86_64
  );
}

/**
 * Reads the executable sections of a 64-bit ELF file for x86-64 (System V ABI, AMD64 supplement), or its executable
 * segments where it has no sections. Throws `RangeError` for a file that points outside of itself.
 */
export function readElfCode(file: Buffer): ElfCode {
  const sections = readSections(file);
  const stored = sections.filter(({ type }) => type !== SECTION_EMPTY);
  checkSum(
    file,
    stored.map(({ size }) => size),
    "sections",
  );
  const names = sections[file.readUInt16LE(62)];
  const nameOf = ({ name }: Section): string => (names ? textAt(file, names.offset + name) : "");
  const marked = sections
    .filter(({ type, flags }) => type === SECTION_PROGRAM && (flags & FLAG_CODE) !== 0n)
    .map((section) => ({
      name: nameOf(section),
      address: section.address,
      bytes: part(file, section.offset, section.size),
    }));
  const code = marked.length > 0 ? marked : codeSegments(file);
  const symbols = new Map<number, string>();
  const functions = new Map<number, number>();
  for (const section of sections) {
    if (nameOf(section) === ".eh_frame") addFrames(file, section, code, functions);
    if (section.type === SECTION_SYMBOLS || section.type === SECTION_DYNAMIC_SYMBOLS) {
      addSymbols(file, section, sections[section.link], symbols, functions);
    }
  }
  const starts = [...functions.keys()].sort((a, b) => a - b);
  return { sections: code, starts, ends: functions, symbols };
}

function readSections(file: Buffer): readonly Section[] {
  const start = Number(file.readBigUInt64LE(40));
  const [bytes, count] = [file.readUInt16LE(58), file.readUInt16LE(60)];
  if (start === 0) return [];
  if (count > SECTIONS_MAX) throw new RangeError(`it has ${count} sections, over ${SECTIONS_MAX}`);
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * bytes;
    return {
      name: file.readUInt32LE(at),
      type: file.readUInt32LE(at + 4),
      flags: file.readBigUInt64LE(at + 8),
      address: Number(file.readBigUInt64LE(at + 16)),
      offset: Number(file.readBigUInt64LE(at + 24)),
      size: Number(file.readBigUInt64LE(at + 32)),
      link: file.readUInt32LE(at + 40),
    };
  });
}

function codeSegments(file: Buffer): readonly CodeSection[] {
  const start = Number(file.readBigUInt64LE(32));
  const [bytes, count] = [file.readUInt16LE(54), file.readUInt16LE(56)];
  const segments: CodeSection[] = [];
  for (let at = start; at < start + bytes * count; at += bytes) {
    if (file.readUInt32LE(at) !== SEGMENT_LOAD) continue;
    if ((file.readUInt32LE(at + 4) & SEGMENT_CODE) === 0) continue;
    const [offset, size] = [at + 8, at + 32].map((place) => Number(file.readBigUInt64LE(place)));
    segments.push({
      name: "",
      address: Number(file.readBigUInt64LE(at + 16)),
      bytes: part(file, offset ?? 0, size ?? 0),
    });
  }
  checkSum(
    file,
    segments.map((segment) => segment.bytes.length),
    "executable segments",
  );
  return segments;
}

/** Else a small file could have any amount of code in it. */
function checkSum(file: Buffer, sizes: readonly number[], what: string): void {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > file.length) throw new RangeError(`its ${what} overlap`);
}

function addSymbols(
  file: Buffer,
  { offset, size }: Section,
  strings: Section | undefined,
  symbols: Map<number, string>,
  functions: Map<number, number>,
): void {
  const table = part(file, offset, size);
  for (
    let at = 0;
    at + SYMBOL_BYTES <= table.length && symbols.size < FUNCTIONS_MAX;
    at += SYMBOL_BYTES
  ) {
    const address = Number(table.readBigUInt64LE(at + 8));
    if (((table[at + 4] as number) & 0xf) !== SYMBOL_FUNCTION || address === 0) continue;
    const bytes = Number(table.readBigUInt64LE(at + 16));
    // Hand-written code may have a name and no length.
    if (!functions.has(address) || bytes > 0) functions.set(address, address + bytes);
    symbols.set(address, strings ? textAt(file, strings.offset + table.readUInt32LE(at)) : "");
  }
}

/**
 * Compilers describe every function for exceptions, also where symbols have been stripped (`.eh_frame`, Linux Standard Base).
 * Read in the one form that they write for this processor: relative addresses in 4 bytes. One of another form describes
 * no code, and is left out.
 */
function addFrames(
  file: Buffer,
  { offset, size, address }: Section,
  code: readonly CodeSection[],
  functions: Map<number, number>,
): void {
  const table = part(file, offset, size);
  for (let at = 0; at + 16 <= table.length && functions.size < FUNCTIONS_MAX; ) {
    const bytes = table.readUInt32LE(at);
    if (bytes === 0 || bytes === 0xffff_ffff) return;
    const isFunction = table.readUInt32LE(at + 4) !== 0;
    const start = address + at + 8 + table.readInt32LE(at + 8);
    const end = start + table.readUInt32LE(at + 12);
    const holds = (section: CodeSection): boolean =>
      start >= section.address && end <= section.address + section.bytes.length;
    if (isFunction && code.some(holds)) functions.set(start, end);
    at += 4 + bytes;
  }
}

function part(file: Buffer, offset: number, size: number): Buffer {
  if (offset + size > file.length) throw new RangeError("a section lies outside of its file");
  return file.subarray(offset, offset + size);
}

function textAt(file: Buffer, at: number): string {
  const name = file.subarray(at, at + NAME_BYTES_MAX);
  const end = name.indexOf(0);
  return name.toString("latin1", 0, end < 0 ? name.length : end);
}
