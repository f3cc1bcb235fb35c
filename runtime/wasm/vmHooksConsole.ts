import { CONSOLE_TEXT_BYTES, type ConsoleWriter } from "../host/console.ts";
import { GuestFault, type GuestFrame } from "./guestFrame.ts";
import type { GuestValue, Hook, HookTable } from "./hook.ts";
import { HOOK_PRICES } from "./hookPrices.ts";

/** The functions of Stylus' `console` module. A chain that is no devnet refuses modules that import them. */
export function consoleHooks(print: ConsoleWriter): HookTable {
  const say = ({ host }: GuestFrame, text: string): void => {
    // A call that is run again to be profiled has printed before.
    if (host.profiler === undefined) print(host.frame.codeAddress, text);
  };
  const log = (letter: string): Hook => ({
    signature: `${letter}:`,
    gas: HOOK_PRICES.hook,
    run: (frame: GuestFrame, value: GuestValue): undefined => {
      say(frame, String(value));
    },
  });
  const tee = (letter: string): Hook => ({
    signature: `${letter}:${letter}`,
    gas: HOOK_PRICES.hook,
    run: (frame: GuestFrame, value: GuestValue): GuestValue => {
      say(frame, String(value));
      return value;
    },
  });
  return {
    log_txt: {
      signature: "ii:",
      gas: HOOK_PRICES.hook,
      run: (frame: GuestFrame, pointer: number, length: number): undefined => {
        if (length >>> 0 > CONSOLE_TEXT_BYTES) throw new GuestFault("a text too long to print");
        say(frame, new TextDecoder().decode(frame.read(pointer, length)));
      },
    },
    log_i32: log("i"),
    log_i64: log("I"),
    log_f32: log("f"),
    log_f64: log("F"),
    tee_i32: tee("i"),
    tee_i64: tee("I"),
    tee_f32: tee("f"),
    tee_f64: tee("F"),
  };
}
