import type { Interpreter } from "./interpreter.ts";

/** What crosses between guest and host: i32 and f64 are numbers, i64 is a bigint. */
export type Value = number | bigint;

/** One function that the interpreter may import: together, all that it can do outside of its own memory. */
export type SystemCall = (guest: Interpreter, ...values: never[]) => Value | undefined;

/** WASI's numbers for errors, which Emscripten's C library has too. */
export const ERRNO = { access: 2, none: 44, unsupported: 52, notTerminal: 59 } as const;

/** PHP's way out of nested C code: thrown by the call that jumps, caught by the one that it jumps to. */
export class LongJump extends Error {
  override readonly name = "LongJump";
}

/** One behaviour under several names. */
export function table(names: readonly string[], call: SystemCall): Record<string, SystemCall> {
  return Object.fromEntries(names.map((name) => [name, call]));
}
