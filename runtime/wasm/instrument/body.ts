import { ByteReader } from "./byteReader.ts";
import { type ByteWriter, encoded } from "./byteWriter.ts";
import { rewriteCall } from "./calls.ts";
import { OP } from "./coreOps.ts";
import { FunctionState, type RewriteContext } from "./functionState.ts";
import { type Instruction, newInstruction, readInstruction } from "./instructions.ts";
import { checkLimit } from "./limits.ts";
import type { CodeRange } from "./moduleParts.ts";
import { rewriteControl, skipUnreachable } from "./structure.ts";
import { rewriteValue } from "./values.ts";
import { type FunctionType, I64, readValueType, stackBytes, stackBytesOf } from "./valueTypes.ts";

/** What an engine keeps in a frame beside its values: return address, instance, spilled registers. */
const FRAME_BASE_BYTES = 96;

/** Gas and stack go into each call and gas comes back out, on top of what the module itself puts there. */
const CALL_OPERAND_BYTES = 24;

/** A run of locals of one type, as the binary format lists them. */
type LocalGroup = { readonly count: number; readonly type: number };

/**
 * Rewrites function `index`: its type gains gas and stack as last parameters and gas as last result, so that
 * both travel in registers. Returns its code with its size before it.
 */
export function rewriteFunction(
  context: RewriteContext,
  index: number,
  type: FunctionType,
  range: CodeRange,
): Uint8Array {
  checkLimit(context.limits, "functionBytes", range.end - range.start, index);
  const reader = new ByteReader(context.parts.bytes, range.start, range.end);
  const groups = readLocalGroups(reader, context, index, type.parameters.length);
  const localTypes = [...type.parameters];
  for (const { count, type: local } of groups) {
    for (let i = 0; i < count; i++) localTypes.push(local);
  }
  const state = new FunctionState(context, index, type, reader, localTypes);
  const entry = state.openPatch();
  state.beginSegment();
  state.spend(localInk(context, groups), reader.position);
  readCode(state);
  const entryInk = state.finishSegments();
  state.nans.finish();
  const frameBytes = measureFrame(state);
  checkLimit(context.limits, "frameBytes", frameBytes, index);
  for (const patch of state.tailCalls) {
    patch.code = encoded((out) => state.meter.pushMeterOfCaller(out, frameBytes));
  }
  entry.code = encoded((out) => {
    state.markEntry(out);
    // A function that calls none of this module's own cannot be the one that recurses; its frame is smaller
    // than the reserve that the host keeps below the logical stack.
    if (state.callsOwn) state.meter.enter(out, entryInk, frameBytes);
    else state.meter.charge(out, entryInk);
  });
  return writeFunction(state, groups);
}

function readLocalGroups(
  reader: ByteReader,
  { limits }: RewriteContext,
  index: number,
  parameters: number,
): readonly LocalGroup[] {
  let total = parameters;
  const groups: LocalGroup[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const count = reader.u32();
    total += count;
    checkLimit(limits, "locals", total, index);
    groups.push({ count, type: readValueType(reader) });
  }
  return groups;
}

function localInk({ weights }: RewriteContext, groups: readonly LocalGroup[]): number {
  let slots = 0;
  for (const { count, type } of groups) slots += (count * stackBytes(type)) / 8;
  return slots * weights.localSlot;
}

function measureFrame(state: FunctionState): number {
  return (
    FRAME_BASE_BYTES +
    CALL_OPERAND_BYTES +
    stackBytesOf(state.localTypes) +
    stackBytesOf(state.scratchTypes) +
    2 * stackBytes(I64) +
    state.operands.maxBytes
  );
}

function readCode(state: FunctionState): void {
  const { reader, controls, context } = state;
  const { prices, limits } = context;
  const instruction = newInstruction();
  // Results leave by the function's label as by the end of its body.
  const { results } = state.type;
  controls.open({ kind: OP.end, height: 0, parameters: [], results, joined: false });
  while (controls.depth > 0) {
    readInstruction(reader, instruction, limits, state.index);
    if (state.unreachable && skipUnreachable(state, instruction)) continue;
    state.spend(prices[instruction.code] as number, instruction.start);
    state.markInstruction(instruction);
    rewriteInstruction(state, instruction);
  }
  if (!reader.done) throw reader.malformed("a function has bytes behind its end");
}

function rewriteInstruction(state: FunctionState, instruction: Instruction): void {
  const { code } = instruction;
  if (code <= OP.return) rewriteControl(state, instruction);
  else if (code <= OP.returnCallIndirect) rewriteCall(state, instruction);
  else rewriteValue(state, instruction);
}

function writeFunction(state: FunctionState, groups: readonly LocalGroup[]): Uint8Array {
  const { results } = state.type;
  const body = encoded((out) => {
    writeLocals(out, groups, state.scratchTypes);
    // Branches to the function's label end here, so that gas can be put behind the results.
    out.byte(OP.block);
    writeBlockType(out, state, results);
    state.code.writeTo(out);
    state.meter.pushGas(out);
    out.byte(OP.end);
  });
  return encoded((out) => out.text(body));
}

function writeLocals(
  out: ByteWriter,
  groups: readonly LocalGroup[],
  scratchTypes: readonly number[],
): void {
  out.u32(groups.length + scratchTypes.length);
  for (const { count, type } of groups) {
    out.u32(count);
    out.byte(type);
  }
  for (const type of scratchTypes) out.put(1, type);
}

function writeBlockType(out: ByteWriter, state: FunctionState, results: readonly number[]): void {
  const [only] = results;
  if (only === undefined) out.byte(0x40);
  else if (results.length === 1) out.byte(only);
  else out.signed(state.context.additions.type([], results));
}
