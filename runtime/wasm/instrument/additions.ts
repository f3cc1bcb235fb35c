import { checkLimit, type ModuleLimits } from "./limits.ts";
import type { FunctionSpace } from "./sections.ts";
import type { FunctionType } from "./valueTypes.ts";

/** A function that instrumentation adds behind the module's own. */
export type AddedFunction =
  /** An imported function under the signature of this module's own, for tables and references. */
  | { readonly kind: "thunk"; readonly target: number }
  /** An own function under its original signature, for the host. */
  | { readonly kind: "wrapper"; readonly target: number }
  /** Notes why the guest stops, and stops it. */
  | { readonly kind: "fault" }
  /** `memory.grow` by rule. */
  | { readonly kind: "grow" };

/**
 * What stands behind the module's own types and functions, so that no index of the module's own moves. Types are
 * laid out as: the original ones (blocks, imports and exports use them), the same with gas and stack added (every
 * function of the module's own has one of these), then what is asked for here.
 */
export class Additions {
  readonly functions: AddedFunction[] = [];
  readonly types: FunctionType[] = [];
  /** Functions that code refers to, which must be declared outside of code (core specification, section 3.4.10). */
  readonly declared: Set<number> = new Set();
  readonly #limits: ModuleLimits;
  readonly #typeIndices = new Map<string, number>();
  readonly #functionIndices = new Map<string, number>();
  #originalTypes = 0;
  #originalFunctions = 0;

  constructor(limits: ModuleLimits) {
    this.#limits = limits;
  }

  /** Tells how many types and functions the module has; before that nothing can be added. */
  follow(space: FunctionSpace): void {
    this.#originalTypes = space.types.length;
    this.#originalFunctions = space.functions.length;
  }

  /** The index of a type under which no function of the module's own is declared. */
  type(parameters: readonly number[], results: readonly number[]): number {
    const key = `${parameters}:${results}`;
    const known = this.#typeIndices.get(key);
    if (known !== undefined) return known;
    const index = 2 * this.#originalTypes + this.types.length;
    this.types.push({ parameters, results });
    this.#typeIndices.set(key, index);
    return index;
  }

  /** The index of an added function; equal ones are added once. */
  function(added: AddedFunction): number {
    const key = "target" in added ? `${added.kind} ${added.target}` : added.kind;
    const known = this.#functionIndices.get(key);
    if (known !== undefined) return known;
    const index = this.#originalFunctions + this.functions.length;
    this.functions.push(added);
    this.#functionIndices.set(key, index);
    // Bounded by imports, exports and two; the check keeps that true if the pass ever adds more.
    checkLimit(this.#limits, "functions", this.functions.length);
    return index;
  }

  /** What code that refers to function `index` as a value must say instead. */
  reference(space: FunctionSpace, index: number): number {
    this.follow(space);
    if (index >= space.importedFunctions) return index;
    return this.function({ kind: "thunk", target: index });
  }

  /** The same for a reference in code: exports show wrappers, so they no longer declare the function itself. */
  declare(space: FunctionSpace, index: number): number {
    const reference = this.reference(space, index);
    this.declared.add(reference);
    return reference;
  }
}
