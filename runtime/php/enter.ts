import type { FrameResult, HostApi } from "../host/api.ts";
import { encodeRevertReason } from "../host/revertReason.ts";
import { halt, settleFailure } from "../wasm/outcome.ts";
import { fatalReason } from "./fatalReason.ts";
import type { Interpreter } from "./interpreter.ts";
import { Finished, type PhpCall } from "./phpCall.ts";
import { LongJump } from "./systemCall.ts";

/** A function of sdk-langs/php/wasm/Guest.php. */
export type GuestEntry = "call" | "construct" | "describe";

/** PHP's own limit, and the end of the interpreter's memory; endless recursion comes to either. */
const MEMORY_IS_FULL = /^Fatal error: (?:Allowed memory size|Out of memory)/;

/** Runs one function of Guest.php. A contract's result unwinds the interpreter; everything else is no result of its. */
export function enter(
  guest: Interpreter,
  entry: GuestEntry,
  call: PhpCall,
  host: HostApi,
): FrameResult {
  try {
    const code = guest.writeText(`DelChain\\Guest::${entry}();`);
    guest.exports.zend_eval_string(code, 0, guest.writeText("call"));
  } catch (thrown) {
    if (!(thrown instanceof Finished) && !(thrown instanceof LongJump)) {
      return settleFailure(thrown, guest.fault);
    }
    host.meter.ink = guest.ink;
    if (thrown instanceof Finished) return { status: thrown.status, output: thrown.output };
    const reason = fatalReason(call.printed, call.source);
    if (MEMORY_IS_FULL.test(reason)) return halt(`OutOfMemory: ${reason}`);
    return { status: "revert", output: encodeRevertReason(reason) };
  }
  host.meter.ink = guest.ink;
  return { status: "revert", output: encodeRevertReason("the contract called exit()") };
}
