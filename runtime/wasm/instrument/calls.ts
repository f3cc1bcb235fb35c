import { OP } from "./coreOps.ts";
import type { FunctionState } from "./functionState.ts";
import type { Instruction } from "./instructions.ts";
import { type FunctionType, I32 } from "./valueTypes.ts";

/** Calls: own functions get gas and stack behind their arguments, the host finds them in globals. */
export function rewriteCall(state: FunctionState, instruction: Instruction): void {
  switch (instruction.code) {
    case OP.call:
      call(state, instruction, false);
      return;
    case OP.returnCall:
      call(state, instruction, true);
      return;
    case OP.callIndirect:
      callIndirect(state, instruction, false);
      return;
    default:
      callIndirect(state, instruction, true);
      return;
  }
}

function call(state: FunctionState, instruction: Instruction, isTail: boolean): void {
  const { parts } = state.context;
  const index = instruction.first;
  const type = parts.types[parts.functions[index] as number];
  if (type === undefined) throw state.reader.malformed(`there is no function ${index}`);
  state.popAll(type.parameters);
  if (index < parts.importedFunctions) {
    callImport(state, index, type, isTail);
    return;
  }
  state.callsOwn = true;
  putMeter(state, isTail);
  const { out } = state.code;
  out.byte(instruction.code);
  out.u32(index);
  afterCall(state, type, isTail);
}

function callImport(
  state: FunctionState,
  index: number,
  type: FunctionType,
  isTail: boolean,
): void {
  const { out } = state.code;
  state.meter.publish(out);
  out.byte(OP.call);
  out.u32(index);
  state.meter.collect(out);
  state.pushAll(type.results);
  if (!isTail) return;
  // The host keeps no frame of ours, so a tail call of it is a call and a return.
  state.meter.pushGas(out);
  out.byte(OP.return);
  state.becomeUnreachable();
}

function callIndirect(state: FunctionState, instruction: Instruction, isTail: boolean): void {
  const { parts } = state.context;
  const type = parts.types[instruction.first];
  if (type === undefined) throw state.reader.malformed(`there is no type ${instruction.first}`);
  state.pop();
  state.popAll(type.parameters);
  state.callsOwn = true;
  const { out } = state.code;
  const place = state.scratch(I32);
  out.byte(OP.localSet);
  out.u32(place);
  putMeter(state, isTail);
  out.byte(OP.localGet);
  out.u32(place);
  out.byte(instruction.code);
  out.u32(parts.types.length + instruction.first);
  out.u32(instruction.second);
  afterCall(state, type, isTail);
}

function putMeter(state: FunctionState, isTail: boolean): void {
  if (isTail) state.tailCalls.push(state.openPatch());
  else state.meter.pushMeter(state.code.out);
}

function afterCall(state: FunctionState, type: FunctionType, isTail: boolean): void {
  if (isTail) {
    state.becomeUnreachable();
    return;
  }
  state.meter.popGas(state.code.out);
  state.pushAll(type.results);
}
