import { type ByteWriter, encoded } from "./byteWriter.ts";
import type { Patch } from "./codePatches.ts";
import type { Shape } from "./opcode.ts";
import { F32, F64, V128 } from "./valueTypes.ts";

/**
 * Engines, and the tiers of one engine, give NaNs different bits; a contract must never see which. After float
 * arithmetic a NaN is therefore replaced by the canonical one, but only where bits can be seen: a sum that feeds
 * another sum needs nothing, because its NaN comes out of the last sum as some NaN, whatever its bits were.
 *
 * A mark travels with a value on the simulated operand stack and says what may be known of its NaN bits.
 */
export type NanMark =
  /** Computed: a NaN has unknown bits, and `patch` is where it can be made canonical. */
  | { readonly kind: "made"; readonly shape: Shape; readonly patch: Patch }
  /** Read from a local that is not a parameter. */
  | { readonly kind: "read"; readonly local: number; readonly patch: Patch }
  | { readonly kind: "neverNan" };

export const NEVER_NAN: NanMark = { kind: "neverNan" };

type FloatLocal = {
  /** Values written that may be NaNs of unknown bits. */
  readonly writes: { readonly shape: Shape; readonly patch: Patch }[];
  /** Reads, with the shape in which the reader does not care for NaN bits. */
  readonly reads: { readonly tolerates: Shape | undefined; readonly patch: Patch }[];
  /** Something else was written: bits that must survive (a NaN from memory keeps its payload). */
  preserves: boolean;
};

/** Decides for one function where NaNs are made canonical. */
export class NanRules {
  readonly #locals = new Map<number, FloatLocal>();
  readonly #parameters: number;
  readonly #scratch: (type: number) => number;

  /** `scratch` gives a local of a type that nobody else uses across instructions. */
  constructor(parameters: number, scratch: (type: number) => number) {
    this.#parameters = parameters;
    this.#scratch = scratch;
  }

  /** A value is used by something that does not care for NaN bits in shape `tolerates`, or cares for all. */
  use(mark: NanMark | undefined, tolerates?: Shape): void {
    if (mark === undefined || mark.kind === "neverNan") return;
    if (mark.kind === "read") this.#local(mark.local).reads.push({ tolerates, patch: mark.patch });
    else if (mark.shape !== tolerates) this.#canonicalise(mark.patch, mark.shape);
  }

  write(local: number, mark: NanMark | undefined): void {
    if (mark?.kind === "neverNan") return;
    const state = this.#local(local);
    if (mark?.kind === "made") state.writes.push(mark);
    else state.preserves = true;
    if (mark?.kind === "read") this.use(mark);
  }

  /**
   * A local that only ever holds computed floats of one shape may hold NaNs of any bits, if every read that
   * cares makes them canonical; else every write does. The cheaper side is taken, a loop counting for eight.
   */
  finish(): void {
    for (const { writes, reads, preserves } of this.#locals.values()) {
      const shape = writes[0]?.shape;
      if (shape === undefined) continue;
      const careful = reads.filter(({ tolerates }) => tolerates !== shape);
      const uniform = !preserves && writes.every((write) => write.shape === shape);
      const atReads = uniform && frequency(careful) < frequency(writes);
      if (atReads) for (const { patch } of careful) this.#canonicalise(patch, shape);
      else for (const write of writes) this.#canonicalise(write.patch, write.shape);
    }
  }

  #local(index: number): FloatLocal {
    let state = this.#locals.get(index);
    if (!state) {
      // A parameter's first value comes from the caller, with bits that count.
      state = { writes: [], reads: [], preserves: index < this.#parameters };
      this.#locals.set(index, state);
    }
    return state;
  }

  #canonicalise(patch: Patch, shape: Shape): void {
    patch.code ??= canonicalNan(shape, this.#scratch(SCRATCH_TYPE[shape]));
  }
}

export function mayBeNan(type: number): boolean {
  return type === F32 || type === F64 || type === V128;
}

function frequency(places: readonly { readonly patch: Patch }[]): number {
  let sum = 0;
  for (const { patch } of places) sum += 8 ** Math.min(patch.loopDepth, LOOP_DEPTH_COUNTED);
  return sum;
}

// 8^10 times the places of one function stays an exact number.
const LOOP_DEPTH_COUNTED = 10;

const SCRATCH_TYPE: Readonly<Record<Shape, number>> = {
  f32: F32,
  f64: F64,
  f32x4: V128,
  f64x2: V128,
};

const NAN_F32 = [0x00, 0x00, 0xc0, 0x7f];
const NAN_F64 = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x7f];

// Constant, comparison with itself, and choice. A NaN is the one value that differs from itself.
const CHOICE: Readonly<
  Record<Shape, { readonly nan: readonly number[]; readonly pick: readonly number[] }>
> = {
  f32: { nan: [0x43, ...NAN_F32], pick: [0x5b, 0x1b] },
  f64: { nan: [0x44, ...NAN_F64], pick: [0x61, 0x1b] },
  f32x4: {
    nan: [0xfd, 12, ...NAN_F32, ...NAN_F32, ...NAN_F32, ...NAN_F32],
    pick: [0xfd, 65, 0xfd, 82],
  },
  f64x2: { nan: [0xfd, 12, ...NAN_F64, ...NAN_F64], pick: [0xfd, 71, 0xfd, 82] },
};

/** Replaces the NaNs of the value on top of the stack. */
function canonicalNan(shape: Shape, scratch: number): Uint8Array {
  return encoded((out: ByteWriter) => {
    out.byte(0x22);
    out.u32(scratch);
    out.copy(CHOICE[shape].nan);
    for (let i = 0; i < 2; i++) {
      out.byte(0x20);
      out.u32(scratch);
    }
    out.copy(CHOICE[shape].pick);
  });
}
