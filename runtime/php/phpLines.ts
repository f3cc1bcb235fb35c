import { InvalidInput } from "../types/errors.ts";
import type { Engine } from "./engine.ts";
import { evaluatePhp } from "./evaluatePhp.ts";
import { type CompiledPhp, compiledFunctions } from "./phpMemory.ts";
import { isContractCode } from "./profiledInterpreter.ts";
import { checkSource, phpCode } from "./source.ts";
import { FILE_MARK } from "./sourcePlace.ts";

/** Compiles all files of a source. A class that lacks what it is made of is no class, and its methods are there. */
function loadAll(classes: readonly string[]): string {
  return `
(new DelChain\\Source(DelChain\\Guest::ask(DelChain\\Guest::SOURCE, '')))->load();
foreach (explode(' ', '${classes.join(" ")}') as $class) {
    try {
        class_exists($class);
    } catch (Throwable) {
    }
}
DelChain\\Guest::ask(DelChain\\Guest::RESULT, "\\0");
`;
}

/** What the lines say that stand before the files of a source. */
function classesOf(source: Uint8Array): readonly string[] {
  const heads = Buffer.from(source)
    .toString()
    .split("\n")
    .filter((line) => line.startsWith(FILE_MARK));
  return heads.flatMap((head) => head.slice(FILE_MARK.length).split(" ").slice(1));
}

/**
 * A source's functions and the lines of them that have code, numbered as in the whole source; for tools. Where PHP gives
 * up on a file that no call may ever need, those after it are missing.
 */
export function phpFunctions(source: Uint8Array, engine: Engine): readonly CompiledPhp[] {
  checkSource(source);
  let functions: readonly CompiledPhp[] = [];
  try {
    evaluatePhp(loadAll(classesOf(source)), phpCode(source), engine, (guest) => {
      functions = compiledFunctions(guest);
    });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
  }
  return functions.filter(({ file }) => isContractCode(file));
}
