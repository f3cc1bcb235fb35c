import type { FrameResult, HostApi } from "../host/api.ts";
import { encodeRevertReason } from "../host/revertReason.ts";
import { settleFailure } from "../wasm/outcome.ts";
import { fatalReason } from "./fatalReason.ts";
import type { Interpreter } from "./interpreter.ts";
import { Finished, type PhpCall } from "./phpCall.ts";
import { LongJump } from "./systemCall.ts";

/** A function of sdk-langs/php/wasm/Guest.php. */
export type GuestEntry = "call" | "construct" | "describe";

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
    return { status: "revert", output: encodeRevertReason(fatalReason(call.printed)) };
  }
  host.meter.ink = guest.ink;
  return { status: "revert", output: encodeRevertReason("the contract called exit()") };
}
