import { ByteReader } from "../wasm/instrument/byteReader.ts";
import { ByteWriter } from "../wasm/instrument/byteWriter.ts";
import { readModule, SECTION } from "../wasm/instrument/sections.ts";
import { INTERPRETER_LIMITS, INTERPRETER_PAGES } from "./limits.ts";

const PREAMBLE_BYTES = 8;
const GLOBAL_EXPORT = 3;
/** Variables of the interpreter's own that it does not export, by number: a snapshot needs them all. */
export const GLOBAL_PREFIX = "php:global";

/**
 * The interpreter as it was published, with a memory that never grows and every variable in sight, so that a snapshot
 * can be put back. Nothing of its code changes.
 */
export function shapeInterpreter(module: Uint8Array): Uint8Array {
  const globals = variables(module);
  const out = new ByteWriter();
  out.copy(module.subarray(0, PREAMBLE_BYTES));
  const reader = new ByteReader(module, PREAMBLE_BYTES);
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    // Names and debug data change nothing that runs.
    if (id === SECTION.custom) continue;
    out.byte(id);
    if (id === SECTION.memory) out.text(memorySection());
    else if (id === SECTION.export) out.text(exportSection(section, globals));
    else out.text(section.take(section.end - section.position));
  }
  return out.finish();
}

/** Indices of the mutable globals that the module defines. */
function variables(module: Uint8Array): readonly number[] {
  const limits = { ...INTERPRETER_LIMITS, memoryPages: Number.MAX_SAFE_INTEGER };
  const { globals, globalTypes } = readModule(module, limits, (_space, index) => index);
  const imported = globalTypes.length - globals.length;
  return globals.flatMap(({ mutable }, i) => (mutable ? [imported + i] : []));
}

function memorySection(): Uint8Array {
  const out = new ByteWriter();
  out.put(1, 1);
  out.u32(INTERPRETER_PAGES);
  out.u32(INTERPRETER_PAGES);
  return out.finish();
}

function exportSection(section: ByteReader, globals: readonly number[]): Uint8Array {
  const out = new ByteWriter();
  out.u32(section.u32() + globals.length);
  out.copy(section.take(section.end - section.position));
  for (const [number, index] of globals.entries()) {
    out.text(new TextEncoder().encode(`${GLOBAL_PREFIX}${number}`));
    out.byte(GLOBAL_EXPORT);
    out.u32(index);
  }
  return out.finish();
}
