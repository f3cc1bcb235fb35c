import type { Weights } from "../weights.ts";
import type { ByteWriter } from "./byteWriter.ts";
import { FAULTS } from "./meterNames.ts";

/** Where the globals lie that instrumentation adds. */
export type MeterGlobals = {
  /** Ink left, f64, so that the host reads a plain number; true at calls of imports and at the end. */
  readonly gas: number;
  /** Bytes of logical stack left, f64; true at calls of imports. */
  readonly stack: number;
  /** Pages of memory open in the transaction, f64. */
  readonly pages: number;
  /** Why the guest stopped, i32: `FAULTS`. */
  readonly fault: number;
};

/** Locals of one function that carry its meter: parameters behind its own. */
export type MeterLocals = { readonly gas: number; readonly stack: number };

const OP = {
  unreachable: 0x00,
  if: 0x04,
  end: 0x0b,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i64Const: 0x42,
  i64LessSigned: 0x53,
  i64Add: 0x7c,
  i64Subtract: 0x7d,
  i64Multiply: 0x7e,
  i64Or: 0x84,
  i64ExtendUnsigned: 0xad,
  f64ConvertSigned: 0xb9,
  saturating: 0xfc,
  // After the prefix `saturating`: i64.trunc_sat_f64_s, which cannot trap.
  i64TruncateSigned: 0x06,
} as const;
const EMPTY = 0x40;

/** Writes the instructions that keep gas and stack. */
export class MeterCode {
  readonly #globals: MeterGlobals;
  readonly #locals: MeterLocals;
  readonly #faultFunction: () => number;

  constructor(globals: MeterGlobals, locals: MeterLocals, faultFunction: () => number) {
    this.#globals = globals;
    this.#locals = locals;
    this.#faultFunction = faultFunction;
  }

  /** Takes `ink` and stops the guest when there is less. */
  charge(out: ByteWriter, ink: number): void {
    if (ink === 0) return;
    this.#subtractInk(out, ink);
    this.#stopIfNegative(out);
  }

  /** Takes the entry block's ink and the frame's bytes in one check: the sign of either shows in their union. */
  enter(out: ByteWriter, ink: number, frameBytes: number): void {
    this.#subtractInk(out, ink);
    out.byte(OP.localGet);
    out.u32(this.#locals.stack);
    this.#constant(out, frameBytes);
    out.put(OP.i64Subtract, OP.localTee);
    out.u32(this.#locals.stack);
    out.byte(OP.i64Or);
    out.put(OP.i64Const, 0, OP.i64LessSigned, OP.if, EMPTY, OP.localGet);
    out.u32(this.#locals.gas);
    out.byte(OP.call);
    out.u32(this.#faultFunction());
    out.put(OP.unreachable, OP.end);
  }

  /** Takes `weight` for each unit of the i32 on top of the stack, which stays there. */
  chargeByLength(out: ByteWriter, weight: number, scratch: number): void {
    out.byte(OP.localTee);
    out.u32(scratch);
    out.byte(OP.localGet);
    out.u32(this.#locals.gas);
    out.byte(OP.localGet);
    out.u32(scratch);
    out.byte(OP.i64ExtendUnsigned);
    this.#constant(out, weight);
    out.put(OP.i64Multiply, OP.i64Subtract, OP.localTee);
    out.u32(this.#locals.gas);
    this.#stopIfNegative(out);
  }

  /** The module's own `unreachable`. */
  trap(out: ByteWriter): void {
    out.put(OP.i32Const, FAULTS.trap, OP.globalSet);
    out.u32(this.#globals.fault);
    out.byte(OP.unreachable);
  }

  pushGas(out: ByteWriter): void {
    out.byte(OP.localGet);
    out.u32(this.#locals.gas);
  }

  /** Gas and stack behind the arguments of an own function. */
  pushMeter(out: ByteWriter): void {
    this.pushGas(out);
    out.byte(OP.localGet);
    out.u32(this.#locals.stack);
  }

  /** The same for a tail call: the callee gets back what this frame took from the stack. */
  pushMeterOfCaller(out: ByteWriter, frameBytes: number): void {
    this.pushMeter(out);
    this.#constant(out, frameBytes);
    out.byte(OP.i64Add);
  }

  /** An own function has returned, what is left of the gas on top of its results. */
  popGas(out: ByteWriter): void {
    out.byte(OP.localSet);
    out.u32(this.#locals.gas);
  }

  /** Shows the host what is left. */
  publish(out: ByteWriter): void {
    out.byte(OP.localGet);
    out.u32(this.#locals.gas);
    setNumber(out, this.#globals.gas);
    out.byte(OP.localGet);
    out.u32(this.#locals.stack);
    setNumber(out, this.#globals.stack);
  }

  /** Takes over what the host has left of the gas. */
  collect(out: ByteWriter): void {
    getNumber(out, this.#globals.gas);
    this.popGas(out);
  }

  #subtractInk(out: ByteWriter, ink: number): void {
    out.byte(OP.localGet);
    out.u32(this.#locals.gas);
    this.#constant(out, ink);
    out.put(OP.i64Subtract, OP.localTee);
    out.u32(this.#locals.gas);
  }

  /**
   * A bare `unreachable` becomes a conditional jump out of line; a call here would cost a leaf function its
   * registers (the interpreter kernel ran 1.54 times raw instead of 1.26). The module's own `unreachable` notes
   * itself instead, so the host can tell the two.
   */
  #stopIfNegative(out: ByteWriter): void {
    out.put(OP.i64Const, 0, OP.i64LessSigned, OP.if, EMPTY);
    out.put(OP.unreachable, OP.end);
  }

  #constant(out: ByteWriter, value: number): void {
    out.byte(OP.i64Const);
    out.signed(value);
  }
}

/** Stores the i64 on top of the stack in a global of the meter: exact up to 2^53, far above any gas limit. */
export function setNumber(out: ByteWriter, global: number): void {
  out.put(OP.f64ConvertSigned, OP.globalSet);
  out.u32(global);
}

/** Loads a global of the meter as an i64. */
export function getNumber(out: ByteWriter, global: number): void {
  out.byte(OP.globalGet);
  out.u32(global);
  out.put(OP.saturating, OP.i64TruncateSigned);
}

/** What one instruction of each opcode costs, by index into `OPCODES`. */
export function priceTable(
  weights: Weights,
  opcodes: readonly ({ readonly price: keyof Weights["instructions"] } | undefined)[],
): Float64Array {
  return Float64Array.from(opcodes, (opcode) =>
    opcode === undefined ? 0 : weights.instructions[opcode.price],
  );
}
