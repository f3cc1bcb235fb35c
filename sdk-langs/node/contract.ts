import { keccak256, toHex, utf8 } from "./bytes.ts";
import { Revert, revert } from "./revert.ts";
import {
  type AnyType,
  decodeFields,
  encodeFields,
  type Fields,
  type ValueOf,
  type ValuesOf,
} from "./types.ts";

/** A contract as the launcher runs it. */
export type Contract = {
  /** Runs the function that the calldata names, and returns its encoded result. Throws `Revert`, or whatever it throws. */
  run(input: Uint8Array, value: bigint): Uint8Array;
};

/** A function that transactions call. */
export type ContractFunction = {
  readonly inputs: Fields;
  readonly output: AnyType | undefined;
  readonly isPayable: boolean;
  readonly body: (values: never) => unknown;
};

const SELECTOR_BYTES = 4;
const contracts = new WeakSet<object>();

type Body<Inputs, Result> = (values: ValuesOf<Inputs>) => Result;

/** A function that transactions call: arguments by name, what it returns if it does, and what it does. */
export function external<const Inputs extends Fields>(
  inputs: Inputs,
  body: Body<Inputs, void>,
): ContractFunction;
export function external<const Inputs extends Fields, Output extends AnyType>(
  inputs: Inputs,
  output: Output,
  body: Body<Inputs, ValueOf<Output>>,
): ContractFunction;
export function external(
  inputs: Fields,
  ...rest: readonly [ContractFunction["body"]] | readonly [AnyType, ContractFunction["body"]]
): ContractFunction {
  const [output, body] = rest.length === 1 ? [undefined, rest[0]] : rest;
  return { inputs, output, isPayable: false, body };
}

/** As `external`, and takes value. */
export function payable(declared: ContractFunction): ContractFunction {
  return { ...declared, isPayable: true };
}

/** A contract of functions by name. Names, types and their order make the selectors, as in Solidity. */
export function contract(functions: Readonly<Record<string, ContractFunction>>): Contract {
  const bySelector = new Map(
    Object.entries(functions).map(([name, declared]) => [selectorOf(name, declared), declared]),
  );
  const made: Contract = {
    run(input, value) {
      const declared = bySelector.get(toHex(input.subarray(0, SELECTOR_BYTES)));
      if (declared === undefined || (value !== 0n && !declared.isPayable)) throw new Revert();
      return call(declared, input.subarray(SELECTOR_BYTES));
    },
  };
  contracts.add(made);
  return made;
}

/** A contract that reads calldata itself. */
export function rawContract(run: Contract["run"]): Contract {
  const made: Contract = { run };
  contracts.add(made);
  return made;
}

export function isContract(value: unknown): value is Contract {
  return typeof value === "object" && value !== null && contracts.has(value);
}

function selectorOf(name: string, { inputs }: ContractFunction): string {
  const types = Object.values(inputs).map((type) => type.name);
  const hash = keccak256(utf8(`${name}(${types.join(",")})`));
  return toHex(hash.subarray(0, SELECTOR_BYTES));
}

function call({ inputs, output, body }: ContractFunction, data: Uint8Array): Uint8Array {
  const result = body(decodeFields(inputs, data) as never);
  if (result instanceof Promise) revert("a function is synchronous: it returned a promise");
  return output === undefined ? new Uint8Array() : encodeFields([output], [result]);
}
