import { GuestFault } from "../wasm/guestFrame.ts";
import { checkReserved } from "../wasm/instrument/boundary.ts";
import { invalidModule } from "../wasm/instrument/invalidModule.ts";
import type { ModuleParts } from "../wasm/instrument/moduleParts.ts";
import { answerMessage } from "./bridge.ts";
import { FILE_CALLS } from "./fileCalls.ts";
import type { Interpreter } from "./interpreter.ts";
import { PHP_PRICES } from "./prices.ts";
import { LongJump, type SystemCall, type Value } from "./systemCall.ts";
import { SYSTEM_CALLS } from "./systemCalls.ts";

const CALLS: Readonly<Record<string, SystemCall>> = {
  ...FILE_CALLS,
  ...SYSTEM_CALLS,
  __asyncjs__js_module_onMessage: answerMessage,
};
const INVOKE = /^invoke_([a-z]+)$/;
const utf8 = new TextDecoder();

/** Refuses an interpreter that wants more than this host has. */
export function checkSystemBoundary(parts: ModuleParts): void {
  for (const { name } of parts.exports) checkReserved(utf8.decode(name));
  for (const item of parts.imports) {
    const [module, name] = [utf8.decode(item.module), utf8.decode(item.name)];
    if (item.what.kind === "global" && item.what.mutable) continue;
    if (item.what.kind === "function" && (INVOKE.test(name) || Object.hasOwn(CALLS, name)))
      continue;
    throw invalidModule(
      { code: "IMPORT_REFUSED", module, name, reason: "the interpreter's host has no such import" },
      `the interpreter imports ${module}.${name}, which its host does not have`,
    );
  }
}

/** The imports of one interpreter; its imported variables are added to `variables`, for snapshots. */
export function buildImports(
  module: WebAssembly.Module,
  guest: Interpreter,
  variables: WebAssembly.Global[],
): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    const functions = imports[from];
    if (kind === "global") {
      // Addresses of functions that nothing here takes, and the state of a suspension that never happens.
      const variable = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
      variables.push(variable);
      functions[name] = variable;
      continue;
    }
    const signature = INVOKE.exec(name)?.[1];
    functions[name] =
      signature === undefined ? systemCall(guest, name) : invoke(guest, `dynCall_${signature}`);
  }
  return imports;
}

function systemCall(guest: Interpreter, name: string): WebAssembly.ImportValue {
  const call = CALLS[name] as (guest: Interpreter, ...values: Value[]) => Value | undefined;
  return (...values: Value[]) => {
    guest.charge(PHP_PRICES.import);
    return call(guest, ...values);
  };
}

/**
 * A call through a pointer that a long jump may leave (C's setjmp and longjmp, as Emscripten has them). The meter needs
 * no mending: gas is true when the jump begins, and the caller has its own stack counter.
 */
function invoke(guest: Interpreter, name: string): WebAssembly.ImportValue {
  return (...values: Value[]) => {
    guest.charge(PHP_PRICES.import);
    const { exports } = guest;
    const call = exports[name] as ((...values: Value[]) => Value | undefined) | undefined;
    if (call === undefined) throw new GuestFault(`the interpreter has no ${name}`);
    const stack = exports.emscripten_stack_get_current();
    try {
      return call(...values);
    } catch (thrown) {
      if (!(thrown instanceof LongJump)) throw thrown;
      exports._emscripten_stack_restore(stack);
      exports.setThrew(1, 0);
      return undefined;
    }
  };
}
