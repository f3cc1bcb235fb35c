import {
  bootEngine,
  type Engine,
  hashBootFiles,
  hasInterpreter,
  noInterpreter,
  PHP_INTERPRETER_SHA256,
  PHP_PACKAGE,
  PHP_PACKAGE_VERSION,
  readBootFiles,
} from "@delchain/runtime";
import type { Tools } from "../toolchain.ts";

let engine: Engine | undefined;

/**
 * The interpreter that contracts run in, with the SDK as it lies here: what reads a source reads it as the chain does.
 * It is a guest like any contract, metered and without a machine, so it needs no process of its own. Booted once.
 */
export function phpEngine(): Engine {
  engine ??= bootEngine({
    interpreter: PHP_INTERPRETER_SHA256,
    sdk: hashBootFiles(readBootFiles()),
  });
  return engine;
}

/** Throws `Unavailable` when the interpreter's package is not installed. */
export function phpTools(): Tools {
  if (!hasInterpreter()) throw noInterpreter();
  return { [PHP_PACKAGE]: PHP_PACKAGE_VERSION };
}
