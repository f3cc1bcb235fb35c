import { join } from "node:path/posix";
import { DwarfReader } from "./dwarfReader.ts";
import { codeOffset, customSection } from "./moduleSections.ts";
import type { LineRow, NamedFunction } from "./sourceLines.ts";

// DWARF 2 to 4 (dwarfstd.org), as clang and rustc write it for WebAssembly: .debug_line, section 6.2, and of
// .debug_info, section 7.5, the names of functions. No npm package reads it that anybody keeps.

const END_SEQUENCE = 1;
const SET_ADDRESS = 2;
const COPY = 1;
const ADVANCE_PC = 2;
const ADVANCE_LINE = 3;
const SET_FILE = 4;
const CONST_ADD_PC = 8;
const FIXED_ADVANCE_PC = 9;
const NEWEST_VERSION = 4;

const TAG_SUBPROGRAM = 0x2e;
const TAG_INLINED = 0x1d;
const NAME = 0x03;
const STATEMENTS = 0x10;
const LOW_PC = 0x11;
const HIGH_PC = 0x12;
const RANGES = 0x55;
const CALL_FILE = 0x58;
const CALL_LINE = 0x59;
const FOLDER = 0x1b;
const FILE = 0x3a;
const LINE = 0x3b;

export type DwarfLines = {
  /** By position in the module. */
  readonly rows: readonly LineRow[];
  readonly functions: readonly NamedFunction[];
};

/** A file of one unit, as the compiler named it. */
type Files = readonly string[];

/**
 * The lines of a module that still has its debug sections. `ownFile` answers what the developer calls a file, and
 * `undefined` for one that is none of theirs.
 */
export function readDwarf(
  module: Uint8Array,
  ownFile: (path: string) => string | undefined,
): DwarfLines {
  const line = customSection(module, ".debug_line");
  const info = customSection(module, ".debug_info");
  const abbrev = customSection(module, ".debug_abbrev");
  if (line === undefined || info === undefined || abbrev === undefined) {
    return { rows: [], functions: [] };
  }
  const text = new DwarfReader(customSection(module, ".debug_str") ?? new Uint8Array());
  const ranges = customSection(module, ".debug_ranges") ?? new Uint8Array();
  const rows: LineRow[] = [];
  const functions = new Map<string, NamedFunction>();
  const offset = codeOffset(module);
  for (const unit of readUnits(info, abbrev, text, ranges)) {
    const program: ProgramRow[] = [];
    const files = readLineProgram(line, unit, (...row) => program.push(row));
    const calls = unit.inlined.flatMap((one) => {
      const own = ownFile(files[one.file - 1] ?? "");
      return own === undefined ? [] : [{ ...one, file: own }];
    });
    for (const [at, file, number] of program) {
      // The linker drops functions that nobody calls, and leaves their lines at an address that is none.
      if (at === 0 || at + offset >= module.length) continue;
      const own = file === undefined ? undefined : ownFile(file);
      // Code of an SDK that was inlined counts for the line that calls it; the innermost such call comes last.
      const call = own ?? calls.findLast(({ start, end }) => start <= at && at < end);
      const place = typeof call === "object" ? call : { file: own, line: number };
      rows.push({ position: at + offset, file: place.file, line: place.line });
    }
    for (const { name, file, line: number } of unit.functions) {
      const own = ownFile(files[file - 1] ?? "");
      if (own !== undefined) functions.set(`${own} ${number}`, { name, file: own, line: number });
    }
  }
  // Where one function ends another begins: what begins counts.
  rows.sort((left, right) => left.position - right.position || left.line - right.line);
  return { rows, functions: [...functions.values()] };
}

type Unit = {
  readonly folder: string;
  readonly statements: number | undefined;
  readonly functions: { readonly name: string; readonly file: number; readonly line: number }[];
  /** Calls whose code stands where they were, outer ones first. */
  readonly inlined: {
    readonly start: number;
    readonly end: number;
    readonly file: number;
    readonly line: number;
  }[];
};

type ProgramRow = readonly [address: number, file: string | undefined, line: number];

type Abbreviation = { readonly tag: number; readonly attributes: readonly [number, number][] };

function* readUnits(
  info: Uint8Array,
  abbrev: Uint8Array,
  text: DwarfReader,
  ranges: Uint8Array,
): Generator<Unit> {
  const reader = new DwarfReader(info);
  while (!reader.isAtEnd) {
    const end = reader.u32() + reader.position;
    const version = reader.u16();
    if (version <= NEWEST_VERSION) {
      const abbreviations = readAbbreviations(abbrev, reader.u32());
      const addressBytes = reader.u8();
      yield readUnit(reader, end, { addressBytes, abbreviations, text, ranges });
    }
    reader.position = end;
  }
}

function readAbbreviations(bytes: Uint8Array, at: number): ReadonlyMap<number, Abbreviation> {
  const reader = new DwarfReader(bytes, at);
  const found = new Map<number, Abbreviation>();
  for (let code = reader.unsigned(); code !== 0; code = reader.unsigned()) {
    const tag = reader.unsigned();
    reader.u8();
    const attributes: [number, number][] = [];
    for (;;) {
      const attribute: [number, number] = [reader.unsigned(), reader.unsigned()];
      if (attribute[0] === 0) break;
      attributes.push(attribute);
    }
    found.set(code, { tag, attributes });
  }
  return found;
}

type UnitParts = {
  readonly addressBytes: number;
  readonly abbreviations: ReadonlyMap<number, Abbreviation>;
  readonly text: DwarfReader;
  readonly ranges: Uint8Array;
};

function readUnit(reader: DwarfReader, end: number, parts: UnitParts): Unit {
  const { addressBytes, abbreviations, text, ranges } = parts;
  let folder = "";
  let statements: number | undefined;
  let base = 0;
  const functions: Unit["functions"] = [];
  const inlined: Unit["inlined"] = [];
  let isFirst = true;
  while (reader.position < end) {
    const abbreviation = abbreviations.get(reader.unsigned());
    if (abbreviation === undefined) continue;
    const values = new Map<number, string | number>();
    for (const [attribute, form] of abbreviation.attributes) {
      values.set(attribute, reader.form(form, addressBytes, text));
    }
    if (isFirst) {
      folder = String(values.get(FOLDER) ?? "");
      statements = values.get(STATEMENTS) as number | undefined;
      base = Number(values.get(LOW_PC) ?? 0);
      isFirst = false;
    }
    if (abbreviation.tag === TAG_INLINED) {
      const [file, line] = [Number(values.get(CALL_FILE) ?? 0), Number(values.get(CALL_LINE) ?? 0)];
      for (const range of rangesOf(values, base, ranges)) inlined.push({ ...range, file, line });
    }
    const [name, file, line] = [NAME, FILE, LINE].map((attribute) => values.get(attribute));
    if (abbreviation.tag !== TAG_SUBPROGRAM || typeof name !== "string") continue;
    if (typeof file === "number" && typeof line === "number") functions.push({ name, file, line });
  }
  return { folder, statements, functions, inlined };
}

/** Where an entry's code lies: in one piece, or in a list of them (DWARF 4, section 2.17). */
function* rangesOf(
  values: ReadonlyMap<number, string | number>,
  base: number,
  ranges: Uint8Array,
): Generator<{ readonly start: number; readonly end: number }> {
  const list = values.get(RANGES);
  const low = values.get(LOW_PC);
  if (typeof low === "number") yield { start: low, end: low + Number(values.get(HIGH_PC) ?? 0) };
  if (typeof list !== "number") return;
  const reader = new DwarfReader(ranges, list);
  let from = base;
  while (!reader.isAtEnd) {
    const [start, end] = [reader.u32(), reader.u32()];
    if (start === 0 && end === 0) return;
    if (start === 0xffffffff) from = end;
    else yield { start: from + start, end: from + end };
  }
}

type Emit = (address: number, file: string | undefined, line: number) => void;

/** Runs a unit's line program; answers its files. */
function readLineProgram(bytes: Uint8Array, { folder, statements }: Unit, emit: Emit): Files {
  if (statements === undefined) return [];
  const reader = new DwarfReader(bytes, statements);
  const end = reader.u32() + reader.position;
  const version = reader.u16();
  if (version > NEWEST_VERSION) return [];
  const programStart = reader.u32() + reader.position;
  const minimum = reader.u8();
  if (version === NEWEST_VERSION) reader.u8();
  reader.u8();
  const lineBase = reader.i8();
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  const lengths = Array.from({ length: opcodeBase - 1 }, () => reader.u8());
  const files = readFiles(reader, folder);
  reader.position = programStart;
  const initial = { address: 0, file: 1, line: 1 };
  let state = { ...initial };
  const row = (): void => emit(state.address, files[state.file - 1], state.line);
  const advance = (adjusted: number): void => {
    state.address += minimum * Math.floor(adjusted / lineRange);
  };
  while (reader.position < end) {
    const opcode = reader.u8();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      advance(adjusted);
      state.line += lineBase + (adjusted % lineRange);
      row();
    } else if (opcode === 0) {
      const length = reader.unsigned();
      const next = reader.position + length;
      const extended = reader.u8();
      if (extended === SET_ADDRESS) state.address = reader.u32();
      if (extended === END_SEQUENCE) {
        emit(state.address, undefined, 0);
        state = { ...initial };
      }
      reader.position = next;
    } else if (opcode === COPY) row();
    else if (opcode === ADVANCE_PC) state.address += minimum * reader.unsigned();
    else if (opcode === ADVANCE_LINE) state.line += reader.signed();
    else if (opcode === SET_FILE) state.file = reader.unsigned();
    else if (opcode === CONST_ADD_PC) advance(255 - opcodeBase);
    else if (opcode === FIXED_ADVANCE_PC) state.address += reader.u16();
    else for (let left = lengths[opcode - 1] ?? 0; left > 0; left--) reader.unsigned();
  }
  return files;
}

function readFiles(reader: DwarfReader, folder: string): Files {
  const folders = [folder];
  for (let name = reader.text(); name !== ""; name = reader.text()) folders.push(name);
  const files: string[] = [];
  for (let name = reader.text(); name !== ""; name = reader.text()) {
    const place = folders[reader.unsigned()] ?? "";
    reader.unsigned();
    reader.unsigned();
    const path = place.startsWith("/") ? join(place, name) : join(folder, place, name);
    files.push(name.startsWith("/") ? name : path);
  }
  return files;
}
