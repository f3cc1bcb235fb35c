import type { Weights } from "../weights.ts";
import type { AddedFunction, Additions } from "./additions.ts";
import { ByteWriter } from "./byteWriter.ts";
import { OP } from "./coreOps.ts";
import { getNumber, type MeterGlobals, setNumber } from "./metering.ts";
import { FAULTS } from "./meterNames.ts";
import type { ModuleParts } from "./moduleParts.ts";
import { type FunctionType, I32, I64 } from "./valueTypes.ts";

const I32_CONST = 0x41;
const I64_CONST = 0x42;
const EMPTY = 0x40;

/** The type index and the code of a function that the pass adds. */
export type AddedCode = { readonly type: number; readonly body: Uint8Array };

export type AddedContext = {
  readonly parts: ModuleParts;
  readonly additions: Additions;
  readonly globals: MeterGlobals;
  readonly weights: Weights;
  /** Pages that may be open in one transaction. */
  readonly transactionPages: number;
  /** The module tells a profiler how far it has come, through a table of its own (marks.ts). */
  readonly isProfiled: boolean;
};

export function buildAdded(context: AddedContext, added: AddedFunction): AddedCode {
  switch (added.kind) {
    case "thunk":
      return buildThunk(context, added.target);
    case "wrapper":
      return buildWrapper(context, added.target);
    case "fault":
      return buildFault(context);
    case "grow":
      return buildGrow(context);
  }
}

function typeOf(parts: ModuleParts, index: number): FunctionType {
  return parts.types[parts.functions[index] as number] as FunctionType;
}

function pushParameters(out: ByteWriter, type: FunctionType): void {
  for (let i = 0; i < type.parameters.length; i++) get(out, i);
}

function get(out: ByteWriter, local: number): void {
  out.byte(OP.localGet);
  out.u32(local);
}

function setGlobal(out: ByteWriter, index: number): void {
  out.byte(OP.globalSet);
  out.u32(index);
}

function call(out: ByteWriter, index: number): void {
  out.byte(OP.call);
  out.u32(index);
}

/** (parameters, gas, stack) -> (results, gas), around an imported function. */
function buildThunk({ parts, globals }: AddedContext, target: number): AddedCode {
  const type = typeOf(parts, target);
  const out = new ByteWriter();
  out.u32(0);
  get(out, type.parameters.length);
  setNumber(out, globals.gas);
  get(out, type.parameters.length + 1);
  setNumber(out, globals.stack);
  pushParameters(out, type);
  call(out, target);
  getNumber(out, globals.gas);
  out.byte(OP.end);
  return {
    type: parts.types.length + (parts.functions[target] as number),
    body: out.finish(),
  };
}

/** (parameters) -> (results), around an own function: gas and stack come from the globals. */
function buildWrapper({ parts, globals }: AddedContext, target: number): AddedCode {
  const type = typeOf(parts, target);
  const out = new ByteWriter();
  out.u32(0);
  pushParameters(out, type);
  getNumber(out, globals.gas);
  getNumber(out, globals.stack);
  call(out, target);
  setNumber(out, globals.gas);
  out.byte(OP.end);
  return { type: parts.functions[target] as number, body: out.finish() };
}

/** (gas) -> (): negative gas is out of gas, else it was the stack. */
function buildFault({ additions, globals }: AddedContext): AddedCode {
  const out = new ByteWriter();
  out.u32(0);
  out.put(I32_CONST, FAULTS.stack);
  get(out, 0);
  // i64.lt_s 0 is 1 for negative gas, and FAULTS.stack - 1 is FAULTS.gas.
  out.put(I64_CONST, 0, 0x53, 0x6b);
  setGlobal(out, globals.fault);
  out.put(OP.unreachable, OP.end);
  return { type: additions.type([I64], []), body: out.finish() };
}

/**
 * (pages, gas) -> (previous size or -1, gas). Fails at the declared maximum and at the transaction's, and only
 * there; a refusal by the engine itself is noted as the machine's trouble. Page n of the transaction costs
 * `page + n * pageSlope`, so k pages on top of n cost `k * (page + n * slope) + slope * k * (k - 1) / 2`.
 */
function buildGrow(context: AddedContext): AddedCode {
  const { additions, globals, parts } = context;
  const out = new ByteWriter();
  const type = additions.type([I32, I64], [I32, I64]);
  if (parts.importedMemories > 0) {
    // Another module's memory has a maximum of its own, which only the engine knows.
    out.u32(0);
    get(out, 0);
    out.put(OP.memoryGrow, 0);
    get(out, 1);
    out.byte(OP.end);
    return { type, body: out.finish() };
  }
  // Local 2: pages asked for, as i64.
  out.put(1, 1, I64);
  get(out, 0);
  out.put(0xad, OP.localSet, 2);
  writeGrowBounds(out, context);
  writeGrowPrice(out, context);
  get(out, 0);
  out.put(OP.memoryGrow, 0, OP.localTee, 0, I32_CONST, 0x7f, 0x46, OP.if, EMPTY);
  out.put(I32_CONST, FAULTS.engine);
  setGlobal(out, globals.fault);
  out.put(OP.unreachable, OP.end);
  getNumber(out, globals.pages);
  get(out, 2);
  out.byte(0x7c);
  setNumber(out, globals.pages);
  get(out, 0);
  get(out, 1);
  out.byte(OP.end);
  return { type, body: out.finish() };
}

/** size + pages > max, or open + pages > the transaction's: answers -1. */
function writeGrowBounds(
  out: ByteWriter,
  { globals, parts, transactionPages }: AddedContext,
): void {
  out.put(0x3f, 0, 0xad);
  get(out, 2);
  out.put(0x7c, I64_CONST);
  out.signed(parts.memories[0]?.max ?? 0);
  out.byte(0x55);
  getNumber(out, globals.pages);
  get(out, 2);
  out.put(0x7c, I64_CONST);
  out.signed(transactionPages);
  out.put(0x55, 0x72, OP.if, EMPTY, I32_CONST, 0x7f);
  get(out, 1);
  out.put(OP.return, OP.end);
}

function writeGrowPrice(out: ByteWriter, { additions, globals, weights }: AddedContext): void {
  get(out, 1);
  get(out, 2);
  out.byte(I64_CONST);
  out.signed(weights.page);
  getNumber(out, globals.pages);
  out.byte(I64_CONST);
  out.signed(weights.pageSlope);
  out.put(0x7e, 0x7c, 0x7e, 0x7d);
  get(out, 2);
  get(out, 2);
  // Shifting right by one divides k * (k - 1) by 2.
  out.put(I64_CONST, 1, 0x7d, 0x7e, I64_CONST, 1, 0x88, I64_CONST);
  out.signed(weights.pageSlope);
  out.put(0x7e, 0x7d, OP.localTee, 1, I64_CONST, 0, 0x53, OP.if, EMPTY);
  get(out, 1);
  call(out, additions.function({ kind: "fault" }));
  out.put(OP.unreachable, OP.end);
}
