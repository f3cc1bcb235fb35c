import { invalidModule } from "./invalidModule.ts";
import { RESERVED_PREFIX } from "./meterNames.ts";
import type { Export, Import, ModuleParts } from "./moduleParts.ts";
import { EXTERNREF, type FunctionType } from "./valueTypes.ts";

/** Functions that the host offers: by module, by name, their types. */
export type HostFunctions = Readonly<Record<string, Readonly<Record<string, FunctionType>>>>;

/** Functions that a module must or may export, with the types they must then have. */
export type RequiredExports = {
  readonly required: Readonly<Record<string, FunctionType>>;
  readonly optional: Readonly<Record<string, FunctionType>>;
};

const utf8 = new TextDecoder();

/** Holds a module to the host's functions: nothing else may be imported, and what is called must be there. */
export function checkContractBoundary(
  parts: ModuleParts,
  offered: HostFunctions,
  entries: RequiredExports,
): void {
  for (const item of parts.imports) checkImport(parts, item, offered);
  const functions = new Map<string, FunctionType>();
  for (const item of parts.exports) {
    const name = utf8.decode(item.name);
    checkReserved(name);
    checkHostReferences(parts, item, name);
    const type = exportedFunction(parts, item);
    if (type !== undefined) functions.set(name, type);
  }
  if (
    !parts.exports.some(({ name, kind }) => kind === "memory" && utf8.decode(name) === "memory")
  ) {
    throw refusedExport("memory", "a contract must export its memory under this name");
  }
  for (const [name, wanted] of Object.entries(entries.required)) {
    checkEntry(name, functions.get(name), wanted);
  }
  for (const [name, wanted] of Object.entries(entries.optional)) {
    if (functions.has(name)) checkEntry(name, functions.get(name), wanted);
  }
}

/** Refuses names that instrumentation uses itself. */
export function checkReserved(name: string): void {
  if (!name.startsWith(RESERVED_PREFIX)) return;
  throw refusedExport(name, `names that begin with "${RESERVED_PREFIX}" are the host's`);
}

function checkImport(parts: ModuleParts, item: Import, offered: HostFunctions): void {
  const module = utf8.decode(item.module);
  const name = utf8.decode(item.name);
  const refuse = (reason: string): Error =>
    invalidModule(
      { code: "IMPORT_REFUSED", module, name, reason },
      `the module imports ${module}.${name}: ${reason}`,
    );
  if (item.what.kind !== "function") throw refuse(`a ${item.what.kind} cannot be imported`);
  const functions = Object.hasOwn(offered, module) ? offered[module] : undefined;
  const wanted = functions && Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (wanted === undefined) throw refuse("the host has no such function");
  const declared = parts.types[item.what.type];
  if (declared === undefined || !sameType(declared, wanted)) {
    throw refuse("the host's function has another type");
  }
}

/** A host reference has an identity that differs between machines; none may cross the boundary. */
function checkHostReferences(parts: ModuleParts, item: Export, name: string): void {
  const crossing = exportedTypes(parts, item);
  if (crossing.includes(EXTERNREF)) throw refusedExport(name, "externref may not leave a module");
}

function exportedTypes(parts: ModuleParts, item: Export): readonly (number | undefined)[] {
  if (item.kind === "global") return [parts.globalTypes[item.index]];
  if (item.kind === "table") return [parts.tables[item.index]?.type];
  const type = exportedFunction(parts, item);
  return type === undefined ? [] : [...type.parameters, ...type.results];
}

function exportedFunction(parts: ModuleParts, { kind, index }: Export): FunctionType | undefined {
  if (kind !== "function") return undefined;
  const type = parts.functions[index];
  return type === undefined ? undefined : parts.types[type];
}

function checkEntry(name: string, found: FunctionType | undefined, wanted: FunctionType): void {
  if (found === undefined) throw refusedExport(name, "a contract must export this function");
  if (!sameType(found, wanted))
    throw refusedExport(name, "this function must take and give an i32");
}

function refusedExport(name: string, reason: string): Error {
  return invalidModule(
    { code: "EXPORT_REFUSED", name, reason },
    `the module's export ${name}: ${reason}`,
  );
}

function sameType(left: FunctionType, right: FunctionType): boolean {
  const same = (a: readonly number[], b: readonly number[]): boolean =>
    a.length === b.length && a.every((type, i) => type === b[i]);
  return same(left.parameters, right.parameters) && same(left.results, right.results);
}
