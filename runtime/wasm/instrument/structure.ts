import type { Control } from "./control.ts";
import { OP } from "./coreOps.ts";
import type { FunctionState } from "./functionState.ts";
import { EMPTY_BLOCK, type Instruction } from "./instructions.ts";
import { checkLimit } from "./limits.ts";

const NOTHING: readonly number[] = [];

/** Blocks and branches: where a segment of the charge ends and the next begins. */
export function rewriteControl(state: FunctionState, instruction: Instruction): void {
  switch (instruction.code) {
    case OP.unreachable:
      state.meter.trap(state.code.out);
      state.becomeUnreachable();
      return;
    case OP.nop:
      return;
    case OP.block:
    case OP.loop:
    case OP.if:
      openBlock(state, instruction);
      return;
    case OP.else:
      openElse(state, instruction);
      return;
    case OP.end:
      closeBlock(state, instruction);
      return;
    case OP.br:
      state.branchTo(instruction.first);
      state.copy(instruction);
      state.becomeUnreachable();
      return;
    case OP.brIf:
      state.pop();
      state.branchTo(instruction.first);
      state.copy(instruction);
      state.beginSegment();
      return;
    case OP.brTable:
      state.pop();
      for (const label of instruction.labels) state.branchTo(label);
      state.copy(instruction);
      state.becomeUnreachable();
      return;
    default:
      // OP.return: the gas goes behind the results.
      state.useTop(state.type.results);
      state.meter.pushGas(state.code.out);
      state.copy(instruction);
      state.becomeUnreachable();
      return;
  }
}

/**
 * Steps over an instruction that can never run: it is decoded, so the whitelist holds for it too, and dropped.
 * Returns `false` for the `else` or `end` with which code may run again.
 */
export function skipUnreachable(state: FunctionState, instruction: Instruction): boolean {
  const { code } = instruction;
  if (code === OP.block || code === OP.loop || code === OP.if) state.unreachableDepth++;
  else if (code === OP.end && state.unreachableDepth > 0) state.unreachableDepth--;
  else if (code === OP.end || code === OP.else) return state.unreachableDepth > 0;
  return true;
}

function openBlock(state: FunctionState, instruction: Instruction): void {
  const { code } = instruction;
  const { parameters, results } = blockTypes(state, instruction.first);
  if (code === OP.if) state.pop();
  state.useTop(parameters);
  const height = state.operands.height - parameters.length;
  // Both ways of an `if` meet at its end.
  state.controls.open({ kind: code, height, parameters, results, joined: code === OP.if });
  checkLimit(state.context.limits, "nesting", state.controls.depth, state.index);
  state.copy(instruction);
  if (code !== OP.block) state.beginSegment();
}

function blockTypes(
  state: FunctionState,
  type: number,
): { readonly parameters: readonly number[]; readonly results: readonly number[] } {
  if (type === EMPTY_BLOCK) return { parameters: NOTHING, results: NOTHING };
  // A value type's byte read as a signed integer is 128 less.
  if (type < 0) return { parameters: NOTHING, results: [type + 128] };
  const found = state.context.parts.types[type];
  if (found === undefined) throw state.reader.malformed(`there is no type ${type}`);
  return found;
}

function leaveBranch(state: FunctionState, control: Control): void {
  if (!state.unreachable) state.useTop(control.results);
  state.unreachable = false;
  state.operands.cutTo(control.height);
}

function openElse(state: FunctionState, instruction: Instruction): void {
  const control = state.controls.innermost;
  if (control.kind !== OP.if) throw state.reader.malformed("an else stands without an if");
  leaveBranch(state, control);
  state.pushAll(control.parameters);
  state.copy(instruction);
  state.beginSegment();
}

function closeBlock(state: FunctionState, instruction: Instruction): void {
  const wasUnreachable = state.unreachable;
  leaveBranch(state, state.controls.innermost);
  const control = state.controls.close();
  state.copy(instruction);
  if (state.controls.depth === 0) return;
  state.pushAll(control.results);
  if (control.joined || wasUnreachable) state.beginSegment();
}
