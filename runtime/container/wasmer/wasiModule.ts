import { InvalidInput } from "../../types/errors.ts";

/**
 * WASI functions that a contract may import (WASI preview 1). No files, sockets, threads, clock or random: what a
 * contract may know is in its CALL, so those of another kind would only make two hosts differ.
 */
const WASI_IMPORTS: ReadonlySet<string> = new Set([
  "args_get",
  "args_sizes_get",
  "environ_get",
  "environ_sizes_get",
  "fd_close",
  "fd_fdstat_get",
  "fd_fdstat_set_flags",
  "fd_prestat_dir_name",
  "fd_prestat_get",
  "fd_read",
  "fd_seek",
  "fd_write",
  "proc_exit",
  "sched_yield",
]);
const WASI = "wasi_snapshot_preview1";

/** Bounds what a host compiles; a static C program is some kilobytes, an interpreter a few megabytes. */
export const MODULE_BYTES_MAX: number = 16 * 1024 * 1024;
/** A table entry is a pointer: 8 MiB at most. */
const TABLE_ENTRIES_MAX = 1_000_000;
const PAGE_BYTES = 65_536;
const SECTIONS_MAX = 1_000;

const TYPE_SECTION = 1;
const IMPORT_SECTION = 2;
const TABLE_SECTION = 4;
const MEMORY_SECTION = 5;
const LAST_MVP_SECTION = 12;
const FUNCTION_TYPE = 0x60;
const FUNCTION_IMPORT = 0;
const REFERENCE_TYPES: ReadonlySet<number> = new Set([0x70, 0x6f]);
const HAS_MAXIMUM = 1;

export type InvalidModule = { readonly code: "WASI_MODULE"; readonly limit: string };

/**
 * Checks a WASI program and returns it with its memory held to `memoryBytes`, whatever it declares itself. Throws
 * `InvalidInput<InvalidModule>` that names what is in the way; V8 checks the rest when it compiles the module.
 */
export function boundModule(module: Uint8Array, memoryBytes: number): Uint8Array {
  if (module.length > MODULE_BYTES_MAX) {
    throw refuse(`${module.length} bytes`, `a module has at most ${MODULE_BYTES_MAX}`);
  }
  const reader = new Reader(module, 8);
  const parts: Uint8Array[] = [module.subarray(0, 8)];
  for (let count = 0; !reader.done; count++) {
    if (count > SECTIONS_MAX) throw refuse("sections", `there are at most ${SECTIONS_MAX}`);
    const start = reader.at;
    const id = reader.byte();
    const size = reader.u32();
    const body = reader.bytes(size);
    if (id === MEMORY_SECTION) parts.push(boundMemory(body, Math.floor(memoryBytes / PAGE_BYTES)));
    else parts.push(module.subarray(start, reader.at));
    checkSection(id, body);
  }
  return Buffer.concat(parts);
}

function checkSection(id: number, body: Uint8Array): void {
  if (id > LAST_MVP_SECTION)
    throw refuse(`section ${id}`, "exceptions and later proposals are out");
  if (id === TYPE_SECTION) checkTypes(body);
  if (id === IMPORT_SECTION) checkImports(body);
  if (id === TABLE_SECTION) checkTables(body);
}

/** Structures and arrays would live in the host's own heap, which no memory limit of the program covers. */
function checkTypes(body: Uint8Array): void {
  const reader = new Reader(body, 0);
  const count = reader.u32();
  for (let i = 0; i < count; i++) {
    const form = reader.byte();
    if (form !== FUNCTION_TYPE) throw refuse(`type form ${form}`, "only function types are taken");
    reader.bytes(reader.u32());
    reader.bytes(reader.u32());
  }
}

function checkImports(body: Uint8Array): void {
  const reader = new Reader(body, 0);
  const count = reader.u32();
  for (let i = 0; i < count; i++) {
    const module = reader.name();
    const name = reader.name();
    const kind = reader.byte();
    if (kind !== FUNCTION_IMPORT || module !== WASI || !WASI_IMPORTS.has(name)) {
      throw refuse(
        `import ${module}.${name}`,
        `a contract has no files, network, threads, clock or random; time and seed are in its CALL. Taken are ${[...WASI_IMPORTS].join(", ")}`,
      );
    }
    reader.u32();
  }
}

function checkTables(body: Uint8Array): void {
  const reader = new Reader(body, 0);
  const count = reader.u32();
  if (count > 1) throw refuse(`${count} tables`, "a module has one at most");
  if (count === 0) return;
  const type = reader.byte();
  if (!REFERENCE_TYPES.has(type))
    throw refuse(`table of type ${type}`, "only funcref and externref");
  const flags = reader.byte();
  if (flags > HAS_MAXIMUM) throw refuse("its table", "shared and 64-bit tables are out");
  const minimum = reader.u32();
  // Without a maximum V8 stops a table at ten million entries, which is what one host may be made to hold.
  const most = flags === HAS_MAXIMUM ? Math.max(minimum, reader.u32()) : minimum;
  if (most > TABLE_ENTRIES_MAX) {
    throw refuse(`a table of ${most} entries`, `the limit is ${TABLE_ENTRIES_MAX}`);
  }
}

/** The memory section with its maximum lowered to `pages`, or given one. */
function boundMemory(body: Uint8Array, pages: number): Uint8Array {
  const reader = new Reader(body, 0);
  const count = reader.u32();
  if (count > 1) throw refuse(`${count} memories`, "a module has one at most");
  if (count === 0) return Uint8Array.of(MEMORY_SECTION, 1, 0);
  const flags = reader.byte();
  if (flags > HAS_MAXIMUM) throw refuse("memory", "shared and 64-bit memories are out");
  const minimum = reader.u32();
  const declared = flags === HAS_MAXIMUM ? reader.u32() : pages;
  if (minimum > pages) {
    throw refuse(
      `memory of ${minimum} pages`,
      `the manifest's memoryBytes hold ${pages} pages of 64 KiB`,
    );
  }
  const limits = [1, HAS_MAXIMUM, ...leb128(minimum), ...leb128(Math.min(declared, pages))];
  return Uint8Array.of(MEMORY_SECTION, ...leb128(limits.length), ...limits);
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.at++];
    if (value === undefined)
      throw refuse("its length", "the module ends in the middle of a section");
    return value;
  }

  /** LEB128 of at most five bytes (WebAssembly specification, section 5.2.2). */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw refuse("an integer", "no integer has more than five bytes");
  }

  bytes(size: number): Uint8Array {
    if (this.at + size > this.#bytes.length) {
      throw refuse("its length", "the module ends in the middle of a section");
    }
    this.at += size;
    return this.#bytes.subarray(this.at - size, this.at);
  }

  name(): string {
    return Buffer.from(this.bytes(this.u32())).toString("utf8");
  }
}

function refuse(what: string, rule: string): InvalidInput<InvalidModule> {
  return new InvalidInput(
    { code: "WASI_MODULE", limit: rule },
    `the WASI module is refused for ${what}: ${rule}`,
  );
}
