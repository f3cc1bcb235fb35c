import { InvalidInput } from "../types/errors.ts";
import type { Engine } from "./engine.ts";
import { evaluatePhp } from "./evaluatePhp.ts";
import { checkSource, phpCode } from "./source.ts";

/**
 * The ABI of a PHP contract by reflection, as Solidity's compiler writes one; for tools, no node needs it. Throws
 * `InvalidInput` with PHP's reason for a source that declares none.
 */
export function describePhp(source: Uint8Array, engine: Engine): readonly object[] {
  checkSource(source);
  try {
    return JSON.parse(
      evaluatePhp("DelChain\\Guest::describe();", phpCode(source), engine),
    ) as object[];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput({ code: "PHP_NO_ABI" }, `the source has no ABI: ${error.message}`);
  }
}
