import type { Interpreter, Snapshot } from "../../../runtime/php/interpreter.ts";
import { shapeInterpreter } from "../../../runtime/php/interpreterModule.ts";
import { INTERPRETER_LIMITS, INTERPRETER_PAGES } from "../../../runtime/php/limits.ts";
import { WRITTEN_EXPORT } from "../../../runtime/php/writtenPages.ts";
import { ByteReader } from "../../../runtime/wasm/instrument/byteReader.ts";
import { ByteWriter } from "../../../runtime/wasm/instrument/byteWriter.ts";
import { METER_EXPORTS } from "../../../runtime/wasm/instrument/meterNames.ts";
import { readModule, SECTION } from "../../../runtime/wasm/instrument/sections.ts";
import { F64, I32 } from "../../../runtime/wasm/instrument/valueTypes.ts";

/** What the host reads and writes of a meter, here of no effect: name and type. */
const METER: readonly (readonly [string, number])[] = [
  [METER_EXPORTS.gas, F64],
  [METER_EXPORTS.stack, F64],
  [METER_EXPORTS.pages, F64],
  [METER_EXPORTS.fault, I32],
];
const [MEMORY_EXPORT, GLOBAL_EXPORT] = [2, 3];
const WRITTEN_PAGES = 16;

/** The interpreter with no instruction changed or added: the same host runs it, and what it meters stays as it was. */
export function rawInterpreter(module: Uint8Array): Uint8Array {
  const shaped = shapeInterpreter(module);
  const { globalTypes } = readModule(shaped, INTERPRETER_LIMITS, (_space, index) => index);
  const out = new ByteWriter();
  out.copy(shaped.subarray(0, 8));
  const reader = new ByteReader(shaped, 8);
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    out.byte(id);
    if (id === SECTION.memory) out.text(memories());
    else if (id === SECTION.global) out.text(withMeter(section));
    else if (id === SECTION.export) out.text(withExports(section, globalTypes.length));
    else out.text(section.take(section.end - section.position));
  }
  return out.finish();
}

function memories(): Uint8Array {
  const out = new ByteWriter();
  out.byte(2);
  for (const pages of [INTERPRETER_PAGES, WRITTEN_PAGES]) {
    out.byte(1);
    out.u32(pages);
    out.u32(pages);
  }
  return out.finish();
}

function withMeter(section: ByteReader): Uint8Array {
  const out = new ByteWriter();
  out.u32(section.u32() + METER.length);
  out.copy(section.take(section.end - section.position));
  for (const [, type] of METER) {
    out.put(type, 1);
    if (type === I32) out.put(0x41, 0, 0x0b);
    else out.put(0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b);
  }
  return out.finish();
}

function withExports(section: ByteReader, globals: number): Uint8Array {
  const out = new ByteWriter();
  const text = new TextEncoder();
  out.u32(section.u32() + METER.length + 1);
  out.copy(section.take(section.end - section.position));
  for (const [number, [name]] of METER.entries()) {
    out.text(text.encode(name));
    out.byte(GLOBAL_EXPORT);
    out.u32(globals + number);
  }
  out.text(text.encode(WRITTEN_EXPORT));
  out.put(MEMORY_EXPORT, 1);
  return out.finish();
}

/** Puts a snapshot back into an interpreter that marks nothing: all of it. */
export function restoreAll(guest: Interpreter, snapshot: Snapshot): void {
  const written = guest.exports[WRITTEN_EXPORT] as WebAssembly.Memory;
  new Uint8Array(written.buffer).fill(1);
  guest.restore(snapshot);
}
