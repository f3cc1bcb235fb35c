import { type AddedContext, buildAdded } from "./addedCode.ts";
import { ByteWriter } from "./byteWriter.ts";
import { METER_EXPORTS } from "./meterNames.ts";
import type { Export, ExportKind, Import, ModuleParts, SizeRange, Table } from "./moduleParts.ts";
import { SECTION } from "./sections.ts";
import { F64, FUNCREF, type FunctionType, I32, I64 } from "./valueTypes.ts";

const EXPORT_CODES: Readonly<Record<ExportKind, number>> = {
  function: 0,
  table: 1,
  memory: 2,
  global: 3,
};
const END = 0x0b;
/** One function, which the host puts there. */
const PROFILER_TABLE: Table = { type: FUNCREF, size: { min: 1, max: 1 } };

/** Writes the instrumented module: the original parts, rewritten code, and what was added. */
export function encodeModule(context: AddedContext, code: readonly Uint8Array[]): Uint8Array {
  const { parts, additions } = context;
  const exports = exportList(context);
  // Building may ask for more of them, so the list is walked while it grows.
  const added = [];
  for (let i = 0; i < additions.functions.length; i++) {
    added.push(buildAdded(context, additions.functions[i] as (typeof additions.functions)[number]));
  }
  const own = parts.functions.slice(parts.importedFunctions);
  const functionTypes = [
    ...own.map((type) => parts.types.length + type),
    ...added.map(({ type }) => type),
  ];
  const out = new ByteWriter();
  out.put(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  writeList(out, SECTION.type, allTypes(context), writeType);
  writeList(out, SECTION.import, parts.imports, writeImport);
  writeList(out, SECTION.function, functionTypes, (to, type) => to.u32(type));
  const tables = parts.tables.slice(parts.importedTables);
  const allTables = context.isProfiled ? [...tables, PROFILER_TABLE] : tables;
  writeList(out, SECTION.table, allTables, writeTable);
  writeList(out, SECTION.memory, parts.memories.slice(parts.importedMemories), writeSize);
  writeGlobals(out, parts);
  writeList(out, SECTION.export, exports, writeExport);
  writeList(out, SECTION.element, elementList(context), (to, bytes) => to.copy(bytes));
  if (parts.dataCount !== undefined) {
    writeSection(out, SECTION.dataCount, (to) => to.u32(parts.dataCount as number));
  }
  writeList(out, SECTION.code, [...code, ...added.map(({ body }) => sized(body))], (to, bytes) =>
    to.copy(bytes),
  );
  if (parts.data !== undefined) {
    writeSection(out, SECTION.data, (to) => to.copy(parts.data as Uint8Array));
  }
  return out.finish();
}

function allTypes({ parts, additions }: AddedContext): readonly FunctionType[] {
  const metered = parts.types.map(({ parameters, results }) => ({
    parameters: [...parameters, I64, I64],
    results: [...results, I64],
  }));
  return [...parts.types, ...metered, ...additions.types];
}

/** Own functions are exported through wrappers; the meter's globals and the start function join them. */
function exportList({ parts, additions, globals, isProfiled }: AddedContext): readonly Export[] {
  const shown = (index: number): number =>
    index < parts.importedFunctions
      ? index
      : additions.function({ kind: "wrapper", target: index });
  const named = (name: string): Uint8Array => new TextEncoder().encode(name);
  const list: Export[] = parts.exports.map((item) =>
    item.kind === "function" ? { ...item, index: shown(item.index) } : item,
  );
  for (const name of ["gas", "stack", "pages", "fault"] as const) {
    list.push({ name: named(METER_EXPORTS[name]), kind: "global", index: globals[name] });
  }
  if (isProfiled) {
    list.push({ name: named(METER_EXPORTS.profiler), kind: "table", index: parts.tables.length });
  }
  if (parts.start !== undefined) {
    list.push({ name: named(METER_EXPORTS.start), kind: "function", index: shown(parts.start) });
  }
  return list;
}

function elementList({ parts, additions }: AddedContext): readonly Uint8Array[] {
  if (additions.declared.size === 0) return parts.elements;
  const declaration = new ByteWriter();
  // A declarative segment of functions.
  declaration.put(3, 0);
  declaration.u32(additions.declared.size);
  for (const index of additions.declared) declaration.u32(index);
  return [...parts.elements, declaration.finish()];
}

function sized(body: Uint8Array): Uint8Array {
  const out = new ByteWriter();
  out.text(body);
  return out.finish();
}

function writeSection(out: ByteWriter, id: number, write: (to: ByteWriter) => void): void {
  const content = new ByteWriter();
  write(content);
  out.byte(id);
  out.text(content.view());
}

function writeList<T>(
  out: ByteWriter,
  id: number,
  items: readonly T[],
  write: (to: ByteWriter, item: T) => void,
): void {
  if (items.length === 0) return;
  writeSection(out, id, (to) => {
    to.u32(items.length);
    for (const item of items) write(to, item);
  });
}

function writeType(out: ByteWriter, { parameters, results }: FunctionType): void {
  out.byte(0x60);
  out.text(Uint8Array.from(parameters));
  out.text(Uint8Array.from(results));
}

function writeSize(out: ByteWriter, { min, max }: SizeRange): void {
  out.byte(max === undefined ? 0 : 1);
  out.u32(min);
  if (max !== undefined) out.u32(max);
}

function writeTable(out: ByteWriter, { type, size }: Table): void {
  out.byte(type);
  writeSize(out, size);
}

function writeImport(out: ByteWriter, { module, name, what }: Import): void {
  out.text(module);
  out.text(name);
  switch (what.kind) {
    case "function":
      out.byte(0);
      out.u32(what.type);
      return;
    case "table":
      out.byte(1);
      writeTable(out, what.table);
      return;
    case "memory":
      out.byte(2);
      writeSize(out, what.size);
      return;
    case "global":
      out.put(3, what.type, what.mutable ? 1 : 0);
  }
}

function writeExport(out: ByteWriter, { name, kind, index }: Export): void {
  out.text(name);
  out.byte(EXPORT_CODES[kind]);
  out.u32(index);
}

/** The module's own globals, then gas, stack and pages as f64 and the fault as i32, all zero. */
function writeGlobals(out: ByteWriter, { globals }: ModuleParts): void {
  writeSection(out, SECTION.global, (to) => {
    to.u32(globals.length + 4);
    for (const { type, mutable, init } of globals) {
      to.put(type, mutable ? 1 : 0);
      to.copy(init);
    }
    for (let i = 0; i < 3; i++) to.put(F64, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, END);
    to.put(I32, 1, 0x41, 0, END);
  });
}
