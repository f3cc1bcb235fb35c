/** What follows an instruction's opcode (core specification, section 5.4). */
export type Immediate =
  | "none"
  | "block"
  | "label"
  | "labels"
  | "function"
  | "indirect"
  | "types"
  | "local"
  | "global"
  | "table"
  | "tableTable"
  | "elementTable"
  | "element"
  | "memarg"
  | "memory"
  | "memoryMemory"
  | "dataMemory"
  | "data"
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "v128"
  | "referenceType"
  | "lane"
  | "lanes"
  | "memargLane";

/** Instructions of one price (weights.ts). */
export type PriceClass =
  | "free"
  | "simple"
  | "shift"
  | "local"
  | "global"
  | "multiply"
  | "divide"
  | "float"
  | "floatDivide"
  | "convert"
  | "load"
  | "store"
  | "branch"
  | "branchTable"
  | "call"
  | "callIndirect"
  | "reference"
  | "table"
  | "tableWrite"
  | "bulk"
  | "grow"
  | "simd"
  | "simdSlow";

/** How floats lie in a value: one or four `f32`, one or two `f64`. */
export type Shape = "f32" | "f64" | "f32x4" | "f64x2";

/** What an instruction does with NaN bits that engines choose differently. */
export type NanRule = {
  /** Its result may be a NaN of any bits, in this shape. */
  readonly makes?: Shape;
  /** Its result does not depend on the bits of NaNs in operands of this shape. */
  readonly tolerates?: Shape;
  /** Its result is never a NaN. */
  readonly neverNan?: true;
};

/** One instruction; `operands` and `result` are given where they are the same wherever it stands. */
export type Opcode = {
  readonly name: string;
  readonly immediate: Immediate;
  readonly operands: readonly number[];
  readonly result: number | undefined;
  readonly price: PriceClass;
  readonly nan: NanRule;
};

/** Instructions that follow one another in the opcode space and have the same signature. */
export type OpcodeGroup = {
  readonly first: number;
  /** Names in order; `-` marks a code that is not an instruction. */
  readonly names: string;
  /** `operands:result` in letters: i I f F v, and r for a reference. */
  readonly signature: string;
  readonly price: PriceClass;
  readonly immediate?: Immediate;
  readonly nan?: NanRule;
};

/** Second bytes after the prefixes `0xfc` and `0xfd` continue the opcode space here. */
export const PREFIX_FC = 0x100;
export const PREFIX_FD = 0x200;
