import type { Mark } from "../../host/profile.ts";
import { Additions } from "./additions.ts";
import { rewriteFunction } from "./body.ts";
import { ByteReader } from "./byteReader.ts";
import { encodeModule } from "./encode.ts";
import type { RewriteContext } from "./functionState.ts";
import { invalidModule } from "./invalidModule.ts";
import { checkLimit } from "./limits.ts";
import { Marks } from "./marks.ts";
import { type MeterGlobals, priceTable } from "./metering.ts";
import type { ModuleParts } from "./moduleParts.ts";
import { OPCODES } from "./opcodes.ts";
import type { InstrumentPolicy } from "./policy.ts";
import { readModule } from "./sections.ts";
import type { FunctionType } from "./valueTypes.ts";

/** Part of consensus: it changes with every change to the bytes that the pass writes or to the gas they count. */
export const INJECTOR_VERSION = 1;

/**
 * Rewrites a module so that every node counts the same gas, stops at the same place and sees the same bits. The
 * same module gives the same bytes on every machine. Throws `InvalidInput<InvalidModule>` for every other input,
 * with a reason that does not depend on the engine.
 */
export function instrument(module: Uint8Array, policy: InstrumentPolicy): Uint8Array {
  checkLimit(policy.limits, "moduleBytes", module.length);
  // A typed array's own buffer type is wider than the engine's declaration asks for.
  const isValid = WebAssembly.validate(module as Uint8Array<ArrayBuffer>);
  // Run on an invalid module too: our reason, if we have one, is the same whatever the engine's version knows.
  const { instrumented } = rewriteModule(module, policy);
  if (!isValid) throw notValid();
  checkLimit(policy.limits, "instrumentedBytes", instrumented.length);
  if (!WebAssembly.validate(instrumented as Uint8Array<ArrayBuffer>)) {
    throw invalidModule(
      { code: "NOT_INSTRUMENTABLE" },
      "the module is valid and its metered form is not: please report it",
    );
  }
  return instrumented;
}

/** A module that counts the same gas and tells a profiler where it goes. */
export type ProfiledModule = { readonly module: Uint8Array; readonly marks: readonly Mark[] };

/**
 * The same for a module that `instrument` takes, with its marks in it: it calls what lies in its table
 * `METER_EXPORTS.profiler` with its place in `marks` and the ink that is left. It decides nothing. `only` is the one
 * function that has marks; all have unless it is given.
 */
export function instrumentForProfile(
  module: Uint8Array,
  policy: InstrumentPolicy,
  only?: number,
): ProfiledModule {
  const { instrumented, marks } = rewriteModule(
    module,
    policy,
    (index) => (only ?? index) === index,
  );
  return { module: instrumented, marks: marks?.list ?? [] };
}

function notValid(): Error {
  return invalidModule(
    { code: "NOT_VALID" },
    "the module breaks a rule of WebAssembly's validation (types of operands, say, or an index)",
  );
}

function rewriteModule(
  module: Uint8Array,
  policy: InstrumentPolicy,
  isMarked?: (index: number) => boolean,
): { readonly instrumented: Uint8Array; readonly marks: Marks | undefined } {
  const { limits, weights, transactionPages } = policy;
  const additions = new Additions(limits);
  const parts = readModule(module, limits, (space, index) => additions.reference(space, index));
  additions.follow(parts);
  policy.checkBoundary(parts);
  checkIndices(parts);
  const globals = meterGlobals(parts);
  const marks = isMarked && new Marks(additions, parts);
  const context: RewriteContext = {
    parts,
    limits,
    weights,
    prices: priceTable(weights, OPCODES),
    additions,
    globals,
    marks: undefined,
  };
  const code = parts.code.map((range, i) => {
    const index = parts.importedFunctions + i;
    const type = parts.types[parts.functions[index] as number] as FunctionType;
    const isTold = isMarked?.(index) === true;
    return rewriteFunction(isTold ? { ...context, marks } : context, index, type, range);
  });
  const isProfiled = marks !== undefined;
  const added = { parts, additions, globals, weights, transactionPages, isProfiled };
  return { instrumented: encodeModule(added, code), marks };
}

function meterGlobals({ globalTypes }: ModuleParts): MeterGlobals {
  const first = globalTypes.length;
  return { gas: first, stack: first + 1, pages: first + 2, fault: first + 3 };
}

function checkIndices({ bytes, exports, start, functions }: ModuleParts): void {
  const used = exports.filter(({ kind }) => kind === "function").map(({ index }) => index);
  if (start !== undefined) used.push(start);
  for (const index of used) {
    if (index >= functions.length) {
      throw new ByteReader(bytes).malformed(`there is no function ${index}`);
    }
  }
}
