import {
  type AbiEntry,
  declaredEntries,
  type Mutability,
  parameterOf,
  parametersOf,
  signatureOf,
} from "./abi.ts";
import { keccak256, toHex, utf8 } from "./bytes.ts";
import { decodeTuple, encodeTuple, type ListOf } from "./composites.ts";
import { Revert, revert } from "./revert.ts";
import type { AnyType, Fields, ValueOf, ValuesOf } from "./types.ts";

/** A contract as the launcher runs it. */
export type Contract = {
  /** Runs the function that the calldata names, and returns its encoded result. Throws `Revert`, or whatever it throws. */
  run(input: Uint8Array, value: bigint, host: ViewGuard): Uint8Array;
  readonly abi: readonly AbiEntry[];
};

/** Holds what runs inside to writing nothing. */
export type ViewGuard = { runView<Result>(body: () => Result): Result };

/** A function that transactions call. */
export type ContractFunction = {
  readonly inputs: Fields;
  readonly outputs: readonly AnyType[];
  readonly mutability: Mutability;
  /** Takes the arguments by name; returns a value for each output. */
  readonly body: (values: never) => readonly unknown[];
};

/** What runs when no function is named. */
export type Fallbacks = {
  /** Takes plain value: calldata is empty. */
  readonly receive?: () => void;
  /** Takes calldata that no function does, without value, and returns what the call does. */
  readonly fallback?: (input: Uint8Array) => Uint8Array;
};

const SELECTOR_BYTES = 4;
/** Of `delchain_constructor()`, in which nobody but the host speaks (PROTOCOL.md, "Constructor"). */
const CONSTRUCTOR_SELECTOR = "0x8fd5c432";
const contracts = new WeakSet<object>();

type Body<Inputs, Result> = (values: ValuesOf<Inputs>) => Result;

/** Arguments by name, what it returns if it does (a type, or a list of them), and what it does. */
export type DeclareFunction = {
  <const Inputs extends Fields>(inputs: Inputs, body: Body<Inputs, void>): ContractFunction;
  // Before the next, which would take what a function returns for an array.
  <const Inputs extends Fields, const Outputs extends readonly AnyType[]>(
    inputs: Inputs,
    outputs: Outputs,
    body: Body<Inputs, ListOf<Outputs>>,
  ): ContractFunction;
  <const Inputs extends Fields, Output extends AnyType>(
    inputs: Inputs,
    output: Output,
    body: Body<Inputs, ValueOf<Output>>,
  ): ContractFunction;
};

/** A function that transactions call, and that takes no value. */
export const external: DeclareFunction = declaring("nonpayable");
/** As `external`, and takes value: `host.value()`. */
export const payable: DeclareFunction = declaring("payable");
/** As `external`, and writes nothing: what tries to is reverted. */
export const view: DeclareFunction = declaring("view");

type Declared =
  | readonly [(values: never) => unknown]
  | readonly [AnyType | readonly AnyType[], (values: never) => unknown];

function declaring(mutability: Mutability): DeclareFunction {
  return (inputs: Fields, ...rest: Declared): ContractFunction => {
    const [output, run] = rest.length === 1 ? [[], rest[0]] : rest;
    const outputs = Array.isArray(output) ? (output as readonly AnyType[]) : undefined;
    const body = (values: never): readonly unknown[] => {
      const result = run(values);
      if (result instanceof Promise) revert("a function is synchronous: it returned a promise");
      return outputs === undefined ? [result] : outputs.length === 0 ? [] : (result as unknown[]);
    };
    return { inputs, outputs: outputs ?? [output as AnyType], mutability, body };
  };
}

/**
 * A contract of functions by name. Names, types and their order make the selectors, as in Solidity; one with the name
 * `constructor` runs once, before anything else, with the arguments of the creation. Throws `TypeError` for two functions
 * of one selector.
 */
export function contract(
  functions: Readonly<Record<string, ContractFunction>>,
  { receive, fallback }: Fallbacks = {},
): Contract {
  const bySelector = selectorsOf(functions);
  return made({
    run(input, value, guard) {
      const declared = bySelector.get(toHex(input.subarray(0, SELECTOR_BYTES)));
      if (declared === undefined) return runFallback(input, value);
      if (value !== 0n && declared.mutability !== "payable") throw new Revert();
      const run = (): Uint8Array => call(declared, input.subarray(SELECTOR_BYTES));
      return declared.mutability === "view" ? guard.runView(run) : run();
    },
    get abi() {
      return [
        ...Object.entries(functions).map(([name, declared]) => functionEntry(name, declared)),
        ...(receive ? [{ type: "receive", stateMutability: "payable" } as const] : []),
        ...(fallback ? [{ type: "fallback", stateMutability: "nonpayable" } as const] : []),
        ...declaredEntries(),
      ];
    },
  });

  function runFallback(input: Uint8Array, value: bigint): Uint8Array {
    if (input.length === 0 && receive) {
      receive();
      return new Uint8Array();
    }
    if (!fallback || value !== 0n) throw new Revert();
    return fallback(input);
  }
}

/** A contract that reads calldata itself. */
export function rawContract(run: (input: Uint8Array, value: bigint) => Uint8Array): Contract {
  return made({ run, abi: [{ type: "fallback", stateMutability: "payable" }] });
}

export function isContract(value: unknown): value is Contract {
  return typeof value === "object" && value !== null && contracts.has(value);
}

function made(contract: Contract): Contract {
  contracts.add(contract);
  return contract;
}

function selectorsOf(
  functions: Readonly<Record<string, ContractFunction>>,
): ReadonlyMap<string, ContractFunction> {
  const found = new Map<string, ContractFunction>();
  for (const [name, declared] of Object.entries(functions)) {
    const hash = keccak256(utf8(signatureOf(name, declared.inputs)));
    const isConstructor = name === "constructor";
    const selector = isConstructor ? CONSTRUCTOR_SELECTOR : toHex(hash.subarray(0, SELECTOR_BYTES));
    if (found.has(selector)) {
      throw new TypeError(`the selector of ${name} is another function's too; rename it`);
    }
    found.set(selector, declared);
  }
  return found;
}

function functionEntry(
  name: string,
  { inputs, outputs, mutability: stateMutability }: ContractFunction,
): AbiEntry {
  if (name === "constructor") {
    return { type: "constructor", inputs: parametersOf(inputs), stateMutability };
  }
  return {
    type: "function",
    name,
    inputs: parametersOf(inputs),
    outputs: outputs.map((type) => parameterOf("", type)),
    stateMutability,
  };
}

function call({ inputs, outputs, body }: ContractFunction, data: Uint8Array): Uint8Array {
  const values = decodeTuple(Object.values(inputs), data);
  const named = Object.fromEntries(Object.keys(inputs).map((name, i) => [name, values[i]]));
  return encodeTuple(outputs, body(named as never));
}
