import type { ConsoleWriter } from "../host/console.ts";
import { assert } from "../types/errors.ts";
import type { GuestFrame } from "./guestFrame.ts";
import type { GuestValue, Hook, HookTable } from "./hook.ts";
import { inkOf } from "./hookPrices.ts";
import type { HostFunctions } from "./instrument/boundary.ts";
import { F32, F64, type FunctionType, I32, I64 } from "./instrument/valueTypes.ts";
import { ACCOUNT_HOOKS } from "./vmHooksAccount.ts";
import { CALL_HOOKS } from "./vmHooksCalls.ts";
import { consoleHooks } from "./vmHooksConsole.ts";
import { CONTEXT_HOOKS } from "./vmHooksContext.ts";
import { MATH_HOOKS } from "./vmHooksMath.ts";
import { STORAGE_HOOKS } from "./vmHooksStorage.ts";

/** Arbitrum Stylus' host functions, with `memory_grow`, the older name of `pay_for_memory_grow`. */
export const VM_HOOKS: HookTable = {
  ...STORAGE_HOOKS,
  ...CALL_HOOKS,
  ...CONTEXT_HOOKS,
  ...ACCOUNT_HOOKS,
  ...MATH_HOOKS,
};

type ImportedFunction = (...values: GuestValue[]) => GuestValue | undefined;

/**
 * Binds the hooks to whichever frame is running. One binding serves all frames: a guest gets functions that look
 * for the current frame, so an instance costs no closures of its own.
 */
export class HookBinding {
  /** The frame whose guest runs now. */
  current: GuestFrame | undefined;
  readonly imports: Record<string, Record<string, ImportedFunction>>;
  /** The types of what may be imported. */
  readonly offered: HostFunctions;

  constructor(print: ConsoleWriter | undefined) {
    const modules: Record<string, HookTable> = { vm_hooks: VM_HOOKS };
    if (print !== undefined) modules.console = consoleHooks(print);
    this.imports = mapTables(modules, (hook) => this.#bind(hook));
    this.offered = mapTables(modules, ({ signature }) => typeOf(signature));
  }

  #bind({ gas, run }: Hook): ImportedFunction {
    const ink = inkOf(gas);
    // Six is the most that a hook takes; fixed parameters are faster than a rest list here.
    const call = run as (frame: GuestFrame, ...values: unknown[]) => GuestValue | undefined;
    return (a?, b?, c?, d?, e?, f?) => {
      const frame = this.current;
      assert(frame !== undefined, "a guest calls while it runs");
      frame.pause();
      frame.host.meter.chargeInk(ink);
      const result = call(frame, a, b, c, d, e, f);
      frame.resume();
      return result;
    };
  }
}

function mapTables<T>(
  modules: Readonly<Record<string, HookTable>>,
  map: (hook: Hook) => T,
): Record<string, Record<string, T>> {
  const mapped: Record<string, Record<string, T>> = {};
  for (const [module, table] of Object.entries(modules)) {
    const functions: Record<string, T> = {};
    for (const [name, hook] of Object.entries(table)) functions[name] = map(hook);
    mapped[module] = functions;
  }
  return mapped;
}

const LETTERS: Readonly<Record<string, number>> = { i: I32, I: I64, f: F32, F: F64 };

/** A hook's type from its letters. */
function typeOf(signature: string): FunctionType {
  const [parameters = "", results = ""] = signature.split(":");
  const types = (letters: string): number[] =>
    [...letters].map((letter) => LETTERS[letter] as number);
  return { parameters: types(parameters), results: types(results) };
}
