import type { Weights } from "../weights.ts";
import type { Additions } from "./additions.ts";
import type { ByteReader } from "./byteReader.ts";
import { type ByteWriter, encoded } from "./byteWriter.ts";
import { type Patch, PatchedCode } from "./codePatches.ts";
import { type Control, ControlStack, labelTypes } from "./control.ts";
import type { Instruction } from "./instructions.ts";
import type { ModuleLimits } from "./limits.ts";
import type { Marks } from "./marks.ts";
import { MeterCode, type MeterGlobals } from "./metering.ts";
import type { ModuleParts } from "./moduleParts.ts";
import { type NanMark, NanRules } from "./nans.ts";
import type { Shape } from "./opcode.ts";
import { OperandStack } from "./operands.ts";
import type { FunctionType } from "./valueTypes.ts";

/** What every function of a module shares while it is rewritten. */
export type RewriteContext = {
  readonly parts: ModuleParts;
  readonly limits: ModuleLimits;
  readonly weights: Weights;
  /** Ink of one instruction, by index into `OPCODES`. */
  readonly prices: Float64Array;
  readonly additions: Additions;
  readonly globals: MeterGlobals;
  /** Where the module tells a profiler how far it has come; never in a module that decides anything. */
  readonly marks: Marks | undefined;
};

/** One function while it is rewritten: what was read, what was written, what is on its stacks. */
export class FunctionState {
  readonly context: RewriteContext;
  readonly index: number;
  readonly type: FunctionType;
  readonly reader: ByteReader;
  /** Types of parameters and locals as the module numbers them. */
  readonly localTypes: number[];
  readonly operands: OperandStack = new OperandStack();
  readonly controls: ControlStack = new ControlStack();
  readonly code: PatchedCode = new PatchedCode();
  readonly meter: MeterCode;
  readonly nans: NanRules;
  /** Types of the locals that the pass adds behind the module's own. */
  readonly scratchTypes: number[] = [];
  /** Where a tail call hands back its frame, once the frame's size is known. */
  readonly tailCalls: Patch[] = [];
  /** Calls an own function, so that its frame must be counted. */
  callsOwn = false;
  /** The code read now can never run; it is checked and dropped. */
  unreachable = false;
  /** Blocks that were opened in unreachable code and are still open. */
  unreachableDepth = 0;
  #segment: Patch | undefined;
  #segmentInk = 0;
  #segmentMark: number | undefined;
  #entryInk: number | undefined;
  #entryMark: number | undefined;

  constructor(
    context: RewriteContext,
    index: number,
    type: FunctionType,
    reader: ByteReader,
    localTypes: number[],
  ) {
    this.context = context;
    this.index = index;
    this.type = type;
    this.reader = reader;
    this.localTypes = localTypes;
    const parameters = type.parameters.length;
    this.meter = new MeterCode(context.globals, { gas: parameters, stack: parameters + 1 }, () =>
      context.additions.function({ kind: "fault" }),
    );
    this.nans = new NanRules(parameters, (wanted) => this.scratch(wanted));
  }

  /** Where local `index` lies now that gas and stack stand behind the parameters. */
  newLocal(index: number): number {
    return index < this.type.parameters.length ? index : index + 2;
  }

  localType(index: number): number {
    const type = this.localTypes[index];
    if (type === undefined) throw this.reader.malformed(`there is no local ${index}`);
    return type;
  }

  /** A local of the pass's own, one of each type; no value stays in it from one instruction to the next. */
  scratch(type: number): number {
    let place = this.scratchTypes.indexOf(type);
    if (place < 0) place = this.scratchTypes.push(type) - 1;
    return this.localTypes.length + 2 + place;
  }

  copy({ start, end }: Instruction): void {
    this.code.out.copyRange(this.reader.bytes, start, end);
  }

  openPatch(): Patch {
    return this.code.open(this.controls.loopDepth);
  }

  /** Takes a value off, and tells how it is used. Returns its type. */
  pop(tolerates?: Shape): number {
    if (this.operands.height <= this.controls.innermost.height) {
      throw this.reader.malformed("an operand is missing");
    }
    this.nans.use(this.operands.mark(), tolerates);
    return this.operands.pop();
  }

  /** Takes a value off without using it, and returns what is known of its NaN bits. */
  popUnused(): { readonly type: number; readonly mark: NanMark | undefined } {
    if (this.operands.height <= this.controls.innermost.height) {
      throw this.reader.malformed("an operand is missing");
    }
    const mark = this.operands.mark();
    return { type: this.operands.pop(), mark };
  }

  popAll(types: readonly number[]): void {
    for (let i = 0; i < types.length; i++) this.pop();
  }

  pushAll(types: readonly number[]): void {
    for (const type of types) this.operands.push(type);
  }

  /** The values that leave with a branch, or stay if it is not taken. */
  useTop(types: readonly number[]): void {
    const room = this.operands.height - this.controls.innermost.height;
    if (types.length > room) throw this.reader.malformed("an operand is missing");
    for (let below = 0; below < types.length; below++) {
      this.nans.use(this.operands.mark(below));
      this.operands.clearMark(below);
    }
  }

  branchTo(label: number): Control {
    const control = this.controls.target(label, this.reader);
    this.useTop(labelTypes(control));
    return control;
  }

  /** Adds to what the code since the last `beginSegment` costs: an instruction's price, and where it lies. */
  spend(ink: number, position: number): void {
    this.#segmentInk += ink;
    this.context.marks?.add(position, ink);
  }

  /** Tells the profiler of an instruction within its segment, if it is one to tell of. */
  markInstruction(instruction: Instruction): void {
    const { marks } = this.context;
    const mark = marks?.within(instruction);
    if (mark !== undefined) this.#writeMark(this.code.out, mark);
  }

  /** The entry's mark, before the first charge. */
  markEntry(out: ByteWriter): void {
    if (this.#entryMark !== undefined) this.#writeMark(out, this.#entryMark);
  }

  #writeMark(out: ByteWriter, mark: number): void {
    this.context.marks?.write(out, mark, this.type.parameters.length);
  }

  /**
   * A segment runs from its first instruction to its last or not at all (but for traps, which take all gas), so
   * it is paid for at its start. Calls do not end one: what comes after them is paid before.
   */
  beginSegment(): void {
    this.#endSegment();
    this.#segment = this.openPatch();
    this.#segmentMark = this.context.marks?.begin();
  }

  /** Nothing that follows can run, up to the next `else` or `end` of this block. */
  becomeUnreachable(): void {
    this.operands.cutTo(this.controls.innermost.height);
    this.unreachable = true;
  }

  /** Closes the last segment; returns the ink of the first, which is paid with the frame. */
  finishSegments(): number {
    this.#endSegment();
    return this.#entryInk ?? 0;
  }

  #endSegment(): void {
    const ink = this.#segmentInk;
    this.#segmentInk = 0;
    if (this.#segment === undefined) return;
    const mark = this.#segmentMark;
    if (this.#entryInk === undefined) {
      this.#entryInk = ink;
      this.#entryMark = mark;
    } else if (ink > 0) {
      this.#segment.code = encoded((out) => {
        if (mark !== undefined) this.#writeMark(out, mark);
        this.meter.charge(out, ink);
      });
    }
  }
}
