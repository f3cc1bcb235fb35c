import { OP } from "./coreOps.ts";
import type { FunctionState } from "./functionState.ts";
import type { Instruction } from "./instructions.ts";
import { mayBeNan, type NanMark, NEVER_NAN } from "./nans.ts";
import { FUNCREF, I32 } from "./valueTypes.ts";

/** Everything that neither branches nor calls. */
export function rewriteValue(state: FunctionState, instruction: Instruction): void {
  switch (instruction.code) {
    case OP.localGet:
    case OP.localSet:
    case OP.localTee:
      rewriteLocal(state, instruction);
      return;
    case OP.drop:
      state.popUnused();
      state.copy(instruction);
      return;
    case OP.select:
      rewriteSelect(state, instruction, undefined);
      return;
    case OP.selectTyped:
      rewriteSelect(state, instruction, instruction.first);
      return;
    case OP.globalGet:
    case OP.globalSet:
      rewriteGlobal(state, instruction);
      return;
    case OP.memoryGrow:
      growMemory(state);
      return;
    case OP.refFunc:
      referToFunction(state, instruction);
      return;
    case OP.refNull:
      state.copy(instruction);
      state.operands.push(instruction.first);
      return;
    case OP.f32Const:
    case OP.f64Const:
    case OP.v128Const:
      state.copy(instruction);
      pushConstant(state, instruction);
      return;
    case OP.memoryInit:
    case OP.memoryCopy:
    case OP.memoryFill:
      chargeByLength(state, state.context.weights.bulkByte);
      rewritePlain(state, instruction);
      return;
    case OP.tableInit:
    case OP.tableCopy:
    case OP.tableGrow:
    case OP.tableFill:
      chargeByLength(state, state.context.weights.tableElement);
      rewritePlain(state, instruction);
      return;
    default:
      rewritePlain(state, instruction);
      return;
  }
}

/** Operands off, result on, bytes as they were. */
function rewritePlain(state: FunctionState, instruction: Instruction): void {
  const { operands, result, nan } = instruction.opcode;
  for (let i = 0; i < operands.length; i++) state.pop(nan.tolerates);
  state.copy(instruction);
  if (result === undefined) return;
  let mark: NanMark | undefined;
  if (nan.makes) mark = { kind: "made", shape: nan.makes, patch: state.openPatch() };
  else if (nan.neverNan) mark = NEVER_NAN;
  state.operands.push(result, mark);
}

function rewriteLocal(state: FunctionState, { code, first }: Instruction): void {
  const type = state.localType(first);
  const { out } = state.code;
  const tracked = mayBeNan(type);
  let mark: NanMark | undefined;
  if (code !== OP.localGet) {
    mark = state.popUnused().mark;
    if (tracked) state.nans.write(first, mark);
    // What was read from a local and written again has been made canonical.
    if (mark?.kind === "read") mark = undefined;
  }
  out.byte(code);
  out.u32(state.newLocal(first));
  if (code === OP.localSet) return;
  if (code === OP.localGet && tracked && first >= state.type.parameters.length) {
    mark = { kind: "read", local: first, patch: state.openPatch() };
  }
  state.operands.push(type, mark);
}

function rewriteSelect(
  state: FunctionState,
  instruction: Instruction,
  declared: number | undefined,
): void {
  state.pop();
  state.pop();
  const type = state.pop();
  state.copy(instruction);
  state.operands.push(declared ?? type);
}

function rewriteGlobal(state: FunctionState, instruction: Instruction): void {
  // The module's own globals only: those that the pass adds lie behind them.
  const type = state.context.parts.globalTypes[instruction.first];
  if (type === undefined) throw state.reader.malformed(`there is no global ${instruction.first}`);
  if (instruction.code === OP.globalSet) state.pop();
  state.copy(instruction);
  if (instruction.code === OP.globalGet) state.operands.push(type);
}

function growMemory(state: FunctionState): void {
  if (state.context.parts.memories.length === 0) throw state.reader.malformed("there is no memory");
  const { out } = state.code;
  state.pop();
  state.meter.pushGas(out);
  out.byte(OP.call);
  out.u32(state.context.additions.function({ kind: "grow" }));
  state.meter.popGas(out);
  state.operands.push(I32);
}

function referToFunction(state: FunctionState, { first }: Instruction): void {
  const { parts, additions } = state.context;
  if (first >= parts.functions.length)
    throw state.reader.malformed(`there is no function ${first}`);
  const { out } = state.code;
  out.byte(OP.refFunc);
  out.u32(additions.declare(parts, first));
  state.operands.push(FUNCREF);
}

function chargeByLength(state: FunctionState, weight: number): void {
  state.meter.chargeByLength(state.code.out, weight, state.scratch(I32));
}

function pushConstant(state: FunctionState, { opcode, end }: Instruction): void {
  const { bytes } = state.reader;
  const type = opcode.result as number;
  const width = opcode.immediate === "v128" ? 16 : opcode.immediate === "f64" ? 8 : 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset + end - width, width);
  let isNan = false;
  // A vector must be free of NaNs whichever way it is read.
  if (width !== 8)
    for (let i = 0; i < width; i += 4) isNan ||= Number.isNaN(view.getFloat32(i, true));
  if (width !== 4)
    for (let i = 0; i < width; i += 8) isNan ||= Number.isNaN(view.getFloat64(i, true));
  state.operands.push(type, isNan ? undefined : NEVER_NAN);
}
