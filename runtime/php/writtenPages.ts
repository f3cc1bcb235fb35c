import { ByteReader } from "../wasm/instrument/byteReader.ts";
import { ByteWriter } from "../wasm/instrument/byteWriter.ts";
import {
  type Instruction,
  newInstruction,
  readInstruction,
} from "../wasm/instrument/instructions.ts";
import { refusedFeature } from "../wasm/instrument/invalidModule.ts";
import type { CodeRange } from "../wasm/instrument/moduleParts.ts";
import { PREFIX_FC, PREFIX_FD } from "../wasm/instrument/opcode.ts";
import { readModule, SECTION } from "../wasm/instrument/sections.ts";
import { F32, F64, I32, I64, readValueType } from "../wasm/instrument/valueTypes.ts";
import { INTERPRETER_LIMITS, INTERPRETER_PAGES } from "./limits.ts";

/** A byte for each page of `PAGE_BYTES` that code has written since it was last cleared, in a memory of its own. */
export const WRITTEN_EXPORT = "php:written";
export const PAGE_BITS = 12;
export const PAGE_BYTES: number = 2 ** PAGE_BITS;

const PREAMBLE_BYTES = 8;
/** 2^32 addresses in pages of 4 KiB: any address has its byte, whether memory is there or not. */
const WRITTEN_WASM_PAGES = 16;
const WRITTEN_MEMORY = 1;
const MEMORY_EXPORT = 2;
const WIDEST_STORE_BYTES = 8;

const [FIRST_STORE, LAST_STORE] = [0x36, 0x3e];
const [MEMORY_COPY, MEMORY_FILL] = [PREFIX_FC + 10, PREFIX_FC + 11];
/** They write where no mark is made, or change what no snapshot has: tables, segments, the memory's size. */
const UNMARKED: ReadonlySet<number> = new Set([
  // table.set, memory.grow
  ...[0x26, 0x40],
  // memory.init, data.drop, table.init, elem.drop, table.copy, table.grow, table.fill
  ...[8, 9, 12, 13, 14, 15, 17].map((second) => PREFIX_FC + second),
  // v128.store, and the stores of one lane
  ...[11, 88, 89, 90, 91].map((second) => PREFIX_FD + second),
]);
/** Value types of the stores in order: 32 and 64 bits, f32, f64, then parts of 32 and of 64 bits. */
const STORED = [I32, I64, F32, F64, I32, I32, I64, I64, I64] as const;

/** The locals that barriers use, behind a function's own: an address, a count, and a value of each type. */
const SCRATCH = [I32, I32, I32, I64, F32, F64] as const;
const [ADDRESS, COUNT, FIRST_VALUE] = [0, 1, 2];

const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const I32_CONST = 0x41;
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;
const I32_SHR_U = 0x76;

/**
 * Makes an instrumented module mark the page of every address that its code writes, before it writes. Marks lie in a
 * second memory, which no code of the module's own can name: a guest that has taken over its interpreter may write
 * anywhere in the first and can unmark nothing. It costs no gas: the price of a store holds it. Throws `InvalidInput`
 * for a module that has state beside its memory and its variables.
 */
export function markWrittenPages(module: Uint8Array): Uint8Array {
  // One that is profiled has a table more.
  const tables = INTERPRETER_LIMITS.tables + 1;
  const limits = {
    ...INTERPRETER_LIMITS,
    moduleBytes: INTERPRETER_LIMITS.instrumentedBytes,
    tables,
  };
  const parts = readModule(module, limits, (_space, index) => index);
  const out = new ByteWriter();
  out.copy(module.subarray(0, PREAMBLE_BYTES));
  const reader = new ByteReader(module, PREAMBLE_BYTES);
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    out.byte(id);
    if (id === SECTION.memory) out.text(memories());
    else if (id === SECTION.export) out.text(exportsOf(section));
    else if (id === SECTION.code) {
      const code = new ByteWriter();
      code.u32(parts.code.length);
      for (const [i, range] of parts.code.entries()) {
        const type = parts.types[parts.functions[parts.importedFunctions + i] as number];
        writeFunction(code, module, range, type?.parameters.length ?? 0);
      }
      out.text(code.view());
    } else out.text(section.take(section.end - section.position));
  }
  return out.finish();
}

function memories(): Uint8Array {
  const out = new ByteWriter();
  out.byte(2);
  for (const pages of [INTERPRETER_PAGES, WRITTEN_WASM_PAGES]) {
    out.byte(1);
    out.u32(pages);
    out.u32(pages);
  }
  return out.finish();
}

function exportsOf(section: ByteReader): Uint8Array {
  const out = new ByteWriter();
  out.u32(section.u32() + 1);
  out.copy(section.take(section.end - section.position));
  out.text(new TextEncoder().encode(WRITTEN_EXPORT));
  out.put(MEMORY_EXPORT, WRITTEN_MEMORY);
  return out.finish();
}

// One buffer for all functions: there are 24,000.
const body = new ByteWriter();

function writeFunction(
  out: ByteWriter,
  module: Uint8Array,
  { start, end }: CodeRange,
  parameters: number,
): void {
  body.length = 0;
  const reader = new ByteReader(module, start, end);
  const scratch = parameters + copyLocals(reader);
  let copied = reader.position;
  const instruction = newInstruction();
  while (!reader.done) {
    readInstruction(reader, instruction, INTERPRETER_LIMITS);
    if (!writesMemory(instruction)) continue;
    body.copyRange(module, copied, instruction.start);
    writeBarrier(module, instruction, scratch);
    copied = instruction.start;
  }
  body.copyRange(module, copied, end);
  out.u32(body.length);
  out.copy(body.view());
}

/** The function's own locals and ours behind them; answers how many its own are. */
function copyLocals(reader: ByteReader): number {
  let total = 0;
  const groups = reader.count();
  body.u32(groups + SCRATCH.length);
  for (let left = groups; left > 0; left--) {
    const count = reader.u32();
    total += count;
    body.u32(count);
    body.byte(readValueType(reader));
  }
  for (const type of SCRATCH) body.put(1, type);
  return total;
}

/** Throws `InvalidInput` for what has no barrier here, which the pinned interpreter does not have. */
function writesMemory({ code, opcode, start }: Instruction): boolean {
  if (UNMARKED.has(code)) throw refusedFeature(`${opcode.name} in an interpreter`, start);
  return (
    (code >= FIRST_STORE && code <= LAST_STORE) || code === MEMORY_COPY || code === MEMORY_FILL
  );
}

function writeBarrier(module: Uint8Array, instruction: Instruction, scratch: number): void {
  if (instruction.code > LAST_STORE) writeRangeBarrier(scratch);
  else writeStoreBarrier(module, instruction, scratch);
}

/** (address, value) stays on the stack; the page of the address is marked, which stands for the next one too. */
function writeStoreBarrier(
  module: Uint8Array,
  { code, start, end }: Instruction,
  scratch: number,
): void {
  const value = scratch + FIRST_VALUE + valueLocal(STORED[code - FIRST_STORE] ?? I32);
  local(LOCAL_SET, value);
  local(LOCAL_TEE, scratch + ADDRESS);
  local(LOCAL_GET, scratch + ADDRESS);
  const immediates = new ByteReader(module, start + 1, end);
  immediates.u32();
  const offset = immediates.u32();
  if (offset + WIDEST_STORE_BYTES > PAGE_BYTES) {
    body.byte(I32_CONST);
    // As the signed number with the same 32 bits.
    body.signed(offset | 0);
    body.byte(I32_ADD);
  }
  shiftToPage();
  // i32.store8 with no alignment, in the second memory, at no offset.
  body.put(I32_CONST, 1, 0x3a, 0x40, WRITTEN_MEMORY, 0);
  local(LOCAL_GET, value);
}

/** (address, source or value, count) stays on the stack; all pages from the first to the last are marked. */
function writeRangeBarrier(scratch: number): void {
  const [address, count, second] = [scratch + ADDRESS, scratch + COUNT, scratch + FIRST_VALUE];
  local(LOCAL_SET, count);
  local(LOCAL_SET, second);
  local(LOCAL_TEE, address);
  local(LOCAL_GET, address);
  shiftToPage();
  body.put(I32_CONST, 1);
  local(LOCAL_GET, address);
  local(LOCAL_GET, count);
  body.byte(I32_ADD);
  shiftToPage();
  local(LOCAL_GET, address);
  shiftToPage();
  body.put(I32_SUB, I32_CONST, 1, I32_ADD);
  // memory.fill of the second memory.
  body.put(0xfc, 0x0b, WRITTEN_MEMORY);
  local(LOCAL_GET, second);
  local(LOCAL_GET, count);
}

function valueLocal(type: number): number {
  return SCRATCH.indexOf(type as (typeof SCRATCH)[number], FIRST_VALUE) - FIRST_VALUE;
}

function local(opcode: number, index: number): void {
  body.byte(opcode);
  body.u32(index);
}

function shiftToPage(): void {
  body.put(I32_CONST, PAGE_BITS, I32_SHR_U);
}
