import { ByteReader } from "./byteReader.ts";
import { ConstantReader } from "./constants.ts";
import { readElements } from "./elements.ts";
import { refusedFeature } from "./invalidModule.ts";
import { checkLimit, type ModuleLimits } from "./limits.ts";
import type {
  CodeRange,
  Export,
  ExportKind,
  Global,
  Import,
  ImportKind,
  ModuleParts,
  SizeRange,
  Table,
} from "./moduleParts.ts";
import { type FunctionType, readReferenceType, readValueType } from "./valueTypes.ts";

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00] as const;
const EXPORT_KINDS: readonly ExportKind[] = ["function", "table", "memory", "global"];
// The order in which sections stand (core specification, section 5.5.2): data count comes before code.
const SECTION_ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

/**
 * Takes a module apart. `referTo` is told of each function that a constant expression or an element segment
 * refers to, and answers with the index to write there.
 */
export function readModule(
  bytes: Uint8Array,
  limits: ModuleLimits,
  referTo: (parts: FunctionSpace, index: number) => number,
): ModuleParts {
  checkLimit(limits, "moduleBytes", bytes.length);
  const sections = splitSections(bytes);
  const read = <T>(id: number, none: T, parse: (reader: ByteReader) => T): T => {
    const reader = sections[id];
    if (reader === undefined) return none;
    const value = parse(reader);
    if (!reader.done) throw reader.malformed(`section ${id} has bytes left over`);
    return value;
  };
  const types = read(SECTION.type, [], (reader) => readTypes(reader, limits));
  const imports = read(SECTION.import, [], (reader) => readImports(reader, limits));
  const imported = countImports(imports);
  const functions = [
    ...imported.functions,
    ...read(SECTION.function, [], (reader) => readList(reader, () => reader.u32())),
  ];
  checkLimit(limits, "functions", functions.length);
  for (const type of functions) {
    if (type >= types.length) throw malformedModule(bytes, `there is no type ${type}`);
  }
  const space: FunctionSpace = { types, functions, importedFunctions: imported.functions.length };
  const constants = new ConstantReader(limits, (index, reader) => {
    if (index >= functions.length) throw reader.malformed(`there is no function ${index}`);
    return referTo(space, index);
  });
  const globals = read(SECTION.global, [], (reader) => readGlobals(reader, constants));
  checkLimit(limits, "globals", imported.globals.length + globals.length);
  const exports = read(SECTION.export, [], (reader) => readExports(reader, limits));
  return {
    bytes,
    ...space,
    imports,
    ...readStorage(read, limits, imported),
    globalTypes: [...imported.globals, ...globals.map(({ type }) => type)],
    globals,
    exports,
    start: read(SECTION.start, undefined, (reader): number | undefined => reader.u32()),
    elements: read(SECTION.element, [], (reader) => readElements(reader, constants, limits)),
    dataCount: read(SECTION.dataCount, undefined, (reader): number | undefined => reader.u32()),
    data: read(SECTION.data, undefined, (reader): Uint8Array | undefined => {
      checkLimit(limits, "dataSegments", new ByteReader(bytes, reader.position, reader.end).u32());
      return reader.take(reader.end - reader.position);
    }),
    code: readCode(sections[SECTION.code], functions.length - imported.functions.length, bytes),
  };
}

/** What a reference to a function needs to know. */
export type FunctionSpace = {
  readonly types: readonly FunctionType[];
  readonly functions: readonly number[];
  readonly importedFunctions: number;
};

type Imported = {
  readonly functions: readonly number[];
  readonly tables: readonly Table[];
  readonly memories: readonly SizeRange[];
  readonly globals: readonly number[];
};

type ReadSection = <T>(id: number, none: T, parse: (reader: ByteReader) => T) => T;

function splitSections(bytes: Uint8Array): readonly (ByteReader | undefined)[] {
  const reader = new ByteReader(bytes);
  for (const expected of PREAMBLE) {
    if (reader.byte() !== expected) throw reader.malformed("this is no WebAssembly of version 1");
  }
  const sections: (ByteReader | undefined)[] = [];
  let place = -1;
  while (!reader.done) {
    const offset = reader.position;
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    // Names and debug data change nothing that runs, and are dropped.
    if (id === SECTION.custom) continue;
    const next = SECTION_ORDER.indexOf(id);
    if (next < 0) throw refusedFeature(`section ${id}`, offset);
    if (next <= place) throw reader.malformed(`section ${id} stands twice or out of order`);
    place = next;
    sections[id] = section;
  }
  return sections;
}

function malformedModule(bytes: Uint8Array, reason: string): Error {
  return new ByteReader(bytes).malformed(reason);
}

function readList<T>(reader: ByteReader, readOne: () => T): T[] {
  const list: T[] = [];
  for (let left = reader.count(); left > 0; left--) list.push(readOne());
  return list;
}

function readTypes(reader: ByteReader, limits: ModuleLimits): FunctionType[] {
  const types = readList(reader, () => {
    const offset = reader.position;
    const form = reader.byte();
    if (form !== 0x60) throw refusedFeature(`type form 0x${form.toString(16)}`, offset);
    const parameters = readList(reader, () => readValueType(reader));
    const results = readList(reader, () => readValueType(reader));
    checkLimit(limits, "signatureValues", parameters.length + results.length);
    return { parameters, results };
  });
  checkLimit(limits, "types", types.length);
  return types;
}

function readName(reader: ByteReader, limits: ModuleLimits): Uint8Array {
  const name = reader.take(reader.u32());
  checkLimit(limits, "nameBytes", name.length);
  return name;
}

function readImports(reader: ByteReader, limits: ModuleLimits): Import[] {
  const imports = readList(reader, () => ({
    module: readName(reader, limits),
    name: readName(reader, limits),
    what: readImportKind(reader),
  }));
  checkLimit(limits, "imports", imports.length);
  return imports;
}

function readImportKind(reader: ByteReader): ImportKind {
  const offset = reader.position;
  const kind = reader.byte();
  if (kind === 0) return { kind: "function", type: reader.u32() };
  if (kind === 1) return { kind: "table", table: readTable(reader) };
  if (kind === 2) return { kind: "memory", size: readSizeRange(reader) };
  if (kind === 3) {
    return { kind: "global", type: readValueType(reader), mutable: readMutability(reader) };
  }
  throw refusedFeature(`import kind ${kind}`, offset);
}

function countImports(imports: readonly Import[]): Imported {
  const functions: number[] = [];
  const tables: Table[] = [];
  const memories: SizeRange[] = [];
  const globals: number[] = [];
  for (const { what } of imports) {
    if (what.kind === "function") functions.push(what.type);
    else if (what.kind === "table") tables.push(what.table);
    else if (what.kind === "memory") memories.push(what.size);
    else globals.push(what.type);
  }
  return { functions, tables, memories, globals };
}

function readSizeRange(reader: ByteReader): SizeRange {
  const offset = reader.position;
  const flags = reader.byte();
  if (flags > 1) throw refusedFeature("shared or 64-bit memory, or a page size", offset);
  const min = reader.u32();
  return { min, max: flags === 1 ? reader.u32() : undefined };
}

function readTable(reader: ByteReader): Table {
  const offset = reader.position;
  // 0x40 0x00 announces a table with an initial value (typed function references).
  if (reader.bytes[offset] === 0x40) throw refusedFeature("a table with an initial value", offset);
  return { type: readReferenceType(reader), size: readSizeRange(reader) };
}

/** Tables and memories, with room to grow cut to the limits. */
function readStorage(
  read: ReadSection,
  limits: ModuleLimits,
  imported: Imported,
): Pick<ModuleParts, "tables" | "importedTables" | "memories" | "importedMemories"> {
  const tables = read(SECTION.table, [] as Table[], (reader) =>
    readList(reader, () => readTable(reader)),
  );
  const memories = read(SECTION.memory, [] as SizeRange[], (reader) =>
    readList(reader, () => readSizeRange(reader)),
  );
  checkLimit(limits, "tables", imported.tables.length + tables.length);
  if (imported.memories.length + memories.length > 1) throw refusedFeature("several memories", 0);
  for (const { size } of tables) checkLimit(limits, "tableElements", size.min);
  for (const { min } of memories) checkLimit(limits, "memoryPages", min);
  const cut = (size: SizeRange, max: number): SizeRange => ({
    min: size.min,
    max: Math.min(size.max ?? max, max),
  });
  return {
    tables: [
      ...imported.tables,
      ...tables.map(({ type, size }) => ({ type, size: cut(size, limits.tableElements) })),
    ],
    importedTables: imported.tables.length,
    memories: [...imported.memories, ...memories.map((size) => cut(size, limits.memoryPages))],
    importedMemories: imported.memories.length,
  };
}

function readMutability(reader: ByteReader): boolean {
  const byte = reader.byte();
  if (byte > 1) throw reader.malformed("a global is neither constant nor variable");
  return byte === 1;
}

function readGlobals(reader: ByteReader, constants: ConstantReader): Global[] {
  return readList(reader, () => ({
    type: readValueType(reader),
    mutable: readMutability(reader),
    init: constants.read(reader),
  }));
}

function readExports(reader: ByteReader, limits: ModuleLimits): Export[] {
  const exports = readList(reader, () => {
    const name = readName(reader, limits);
    const offset = reader.position;
    const kind = EXPORT_KINDS[reader.byte()];
    if (kind === undefined) throw refusedFeature("an export of another kind", offset);
    return { name, kind, index: reader.u32() };
  });
  checkLimit(limits, "exports", exports.length);
  return exports;
}

function readCode(
  reader: ByteReader | undefined,
  expected: number,
  bytes: Uint8Array,
): readonly CodeRange[] {
  const ranges: CodeRange[] = [];
  if (reader !== undefined) {
    for (let left = reader.count(); left > 0; left--) {
      const body = reader.slice(reader.u32());
      ranges.push({ start: body.position, end: body.end });
    }
    if (!reader.done) throw reader.malformed("the code section has bytes left over");
  }
  if (ranges.length !== expected) {
    throw malformedModule(bytes, `${expected} functions are declared and ${ranges.length} defined`);
  }
  return ranges;
}
