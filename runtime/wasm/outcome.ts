import { type FrameResult, StaticViolation } from "../host/api.ts";
import { OutOfGas } from "../host/meter.ts";
import { Unavailable } from "../types/errors.ts";
import { EarlyExit, GuestFault, type GuestFrame } from "./guestFrame.ts";
import { FAULTS } from "./instrument/meterNames.ts";

/** (module (func (export "t") unreachable)) */
const TRAPPING_MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x74, 0x00, 0x00],
  ...[0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b],
);

/**
 * How this engine words the trap of `unreachable`, which is what a charge that cannot be paid ends in. Halt reasons
 * are for people and enter no hash, so they may follow the engine's wording; outcomes never do.
 */
const UNREACHABLE_TEXT: string = trapText();

function trapText(): string {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(TRAPPING_MODULE));
  try {
    (instance.exports.t as () => void)();
  } catch (trap) {
    if (trap instanceof WebAssembly.RuntimeError) return trap.message;
  }
  throw new Unavailable("wasm", "this engine does not trap on unreachable");
}

/** A status from the guest, and what it wrote. */
export function settle(status: number, frame: GuestFrame): FrameResult {
  return { status: status === 0 ? "success" : "revert", output: frame.output };
}

/**
 * What a guest that was thrown out of came to. Every trap is a halt, whatever it was; what is not the guest's doing
 * is thrown again: `Unavailable` for this machine's trouble, anything else for a bug.
 */
export function settleThrown(thrown: unknown, frame: GuestFrame | undefined): FrameResult {
  if (thrown instanceof EarlyExit && frame !== undefined) {
    // The meter was last synced when the guest called.
    return settle(thrown.status, frame);
  }
  return settleFailure(thrown, frame?.fault);
}

/** The same for a guest without `exit_early`; `fault` is one of `FAULTS`. */
export function settleFailure(thrown: unknown, fault: number | undefined): FrameResult {
  if (thrown instanceof OutOfGas) return halt("OutOfGas");
  if (thrown instanceof StaticViolation) return halt("StaticViolation");
  if (thrown instanceof GuestFault) return halt(`GuestFault: ${thrown.message}`);
  if (thrown instanceof WebAssembly.RuntimeError) return settleTrap(thrown, fault);
  if (thrown instanceof RangeError) {
    // The native stack's end, or memory that the engine did not give: rules stop a guest before either.
    throw new Unavailable("wasm", `the WebAssembly engine gave up: ${thrown.message}`, {
      cause: thrown,
    });
  }
  throw thrown;
}

function settleTrap(trap: WebAssembly.RuntimeError, fault: number | undefined): FrameResult {
  switch (fault) {
    case FAULTS.engine:
      throw new Unavailable("wasm", "the WebAssembly engine refused memory that the rules grant", {
        cause: trap,
      });
    case FAULTS.gas:
      return halt("OutOfGas");
    case FAULTS.stack:
      return halt("StackOverflow");
    case FAULTS.none:
      return halt(trap.message === UNREACHABLE_TEXT ? "OutOfGas" : `Trap: ${trap.message}`);
    default:
      return halt(`Trap: ${trap.message}`);
  }
}

export function halt(reason: string): FrameResult {
  return { status: "halt", reason };
}
