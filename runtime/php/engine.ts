import { bootSnapshot } from "./boot.ts";
import { loadBootFiles } from "./bootFiles.ts";
import type { Snapshot } from "./interpreter.ts";
import { prepareInterpreter } from "./preparedModule.ts";

/** What a chain that runs PHP agrees on: SHA-256, in hex, of the interpreter and of what it boots with. */
export type PhpPins = { readonly interpreter: string; readonly sdk: string };

/** The same interpreter for profiles, which an engine's snapshot fits. Throws as `bootEngine` does. */
export function profiledModule({ interpreter }: PhpPins, cache?: string): WebAssembly.Module {
  const bytes = prepareInterpreter(interpreter, cache, { isProfiled: true });
  return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
}

/** An interpreter that has been compiled and booted: each of a thread's instances begins from the snapshot. */
export type Engine = { readonly module: WebAssembly.Module; readonly snapshot: Snapshot };

/** Throws `Unavailable` when this machine does not have what `pins` names. Half a second with a warm cache. */
export function bootEngine({ interpreter, sdk }: PhpPins, cache?: string): Engine {
  const files = loadBootFiles(sdk);
  const bytes = prepareInterpreter(interpreter, cache);
  const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  return { module, snapshot: bootSnapshot(module, files) };
}
