import type { ByteReader } from "./byteReader.ts";
import { refusedFeature, refusedOpcode } from "./invalidModule.ts";
import { checkLimit, type ModuleLimits } from "./limits.ts";
import { type Opcode, PREFIX_FC, PREFIX_FD } from "./opcode.ts";
import { OPCODES } from "./opcodes.ts";
import { readReferenceType, readValueType } from "./valueTypes.ts";

/** One decoded instruction. The decoder fills the same object again and again: code has hundreds of thousands. */
export type Instruction = {
  /** Index into `OPCODES`. */
  code: number;
  opcode: Opcode;
  /** Where it lies in the module. */
  start: number;
  end: number;
  /** Its first immediate: an index, a label's depth, or a block type. */
  first: number;
  second: number;
  /** The targets of a branch table, the default last. */
  labels: readonly number[];
};

/** Block types that are not an index of a type: no result, or one value type (as a negative number). */
export const EMPTY_BLOCK = -64;

const NO_LABELS: readonly number[] = [];

export function newInstruction(): Instruction {
  const opcode = OPCODES[0x01] as Opcode;
  return { code: 0, opcode, start: 0, end: 0, first: 0, second: 0, labels: NO_LABELS };
}

/** Reads the next instruction into `into`. Throws `InvalidInput` for one that is not on the whitelist. */
export function readInstruction(
  reader: ByteReader,
  into: Instruction,
  limits: ModuleLimits,
  functionIndex?: number,
): void {
  const start = reader.position;
  let code = reader.byte();
  if (code === 0xfc || code === 0xfd) {
    const second = reader.u32();
    const prefix = code;
    code = second < 0x100 ? second + (prefix === 0xfc ? PREFIX_FC : PREFIX_FD) : -1;
    if (OPCODES[code] === undefined) {
      throw refusedOpcode(`0x${prefix.toString(16)} 0x${second.toString(16)}`, start);
    }
  }
  const opcode = OPCODES[code];
  if (opcode === undefined) throw refusedOpcode(`0x${code.toString(16)}`, start);
  into.code = code;
  into.opcode = opcode;
  into.start = start;
  if (opcode.immediate !== "none") readImmediates(reader, into, limits, functionIndex);
  into.end = reader.position;
}

function readImmediates(
  reader: ByteReader,
  into: Instruction,
  limits: ModuleLimits,
  functionIndex: number | undefined,
): void {
  switch (into.opcode.immediate) {
    case "local":
    case "global":
    case "label":
    case "function":
    case "table":
    case "element":
    case "data":
      into.first = reader.u32();
      return;
    case "i32":
      reader.signed(32);
      return;
    case "i64":
      reader.skipS64();
      return;
    case "memarg":
      readMemarg(reader);
      return;
    case "block":
      into.first = readBlockType(reader);
      return;
    case "labels":
      into.labels = readLabels(reader, limits, functionIndex);
      return;
    case "indirect":
    case "tableTable":
    case "elementTable":
      into.first = reader.u32();
      into.second = reader.u32();
      return;
    default:
      readRareImmediates(reader, into);
      return;
  }
}

function readRareImmediates(reader: ByteReader, into: Instruction): void {
  switch (into.opcode.immediate) {
    case "f32":
      reader.take(4);
      return;
    case "f64":
      reader.take(8);
      return;
    case "v128":
    case "lanes":
      reader.take(16);
      return;
    case "lane":
      reader.byte();
      return;
    case "memargLane":
      readMemarg(reader);
      reader.byte();
      return;
    case "memory":
      readMemoryIndex(reader);
      return;
    case "memoryMemory":
      readMemoryIndex(reader);
      readMemoryIndex(reader);
      return;
    case "dataMemory":
      into.first = reader.u32();
      readMemoryIndex(reader);
      return;
    case "referenceType":
      into.first = readReferenceType(reader);
      return;
    case "types":
      if (reader.u32() !== 1) throw reader.malformed("select has other than one type");
      into.first = readValueType(reader);
      return;
    default:
      return;
  }
}

function readMemarg(reader: ByteReader): void {
  const start = reader.position;
  // Bit 6 of the alignment announces a memory index.
  if (reader.u32() >= 64) throw refusedFeature("several memories", start);
  reader.u32();
}

function readMemoryIndex(reader: ByteReader): void {
  const start = reader.position;
  if (reader.byte() !== 0) throw refusedFeature("several memories", start);
}

function readBlockType(reader: ByteReader): number {
  const start = reader.position;
  const type = reader.signed(33);
  if (type >= 0 || type === EMPTY_BLOCK) return type;
  reader.position = start;
  readValueType(reader);
  return type;
}

function readLabels(
  reader: ByteReader,
  limits: ModuleLimits,
  functionIndex: number | undefined,
): readonly number[] {
  const count = reader.count();
  checkLimit(limits, "branchTargets", count + 1, functionIndex);
  const labels: number[] = [];
  for (let i = 0; i <= count; i++) labels.push(reader.u32());
  return labels;
}
