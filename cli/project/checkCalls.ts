import type { Abi, AbiFunction } from "viem";
import {
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  isHex,
  toFunctionSignature,
} from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { parseArguments } from "./abiArguments.ts";
import { functionOf } from "./contractOf.ts";
import { generatedArguments } from "./generatedArguments.ts";

/** A call that is made in replicas. */
export type CheckCall = {
  /** For people: `transfer(0x…, 5)`. */
  readonly shown: string;
  readonly input: Hex;
  /** `undefined` for calldata that was given as bytes. */
  readonly called: AbiFunction | undefined;
};

/** What a contract is checked with. */
export type CheckPlan = {
  readonly calls: readonly CheckCall[];
  /** The constructor's encoded arguments; `undefined` when it has none. */
  readonly constructorArguments: Hex | undefined;
};

/** So many functions of one contract; each costs a call in each of some twenty containers. */
const CALLS_MAX = 256;

/**
 * The calls that were asked for, each as `name(argument, …)` or as calldata in hex; every function of the ABI with made up
 * arguments when there are none. `constructor(argument, …)` among them is what the contract is constructed with. Throws
 * `CommandError` that names what it cannot read.
 */
export function planCalls(name: string, abi: Abi, asked: readonly string[]): CheckPlan {
  const isConstruction = (text: string): boolean => /^constructor\s*\(/.test(text);
  const texts = asked.filter((text) => !isConstruction(text));
  const functions = abi.filter((entry) => entry.type === "function");
  const calls =
    texts.length > 0
      ? texts.map((text) => readCall(name, abi, text))
      : functions.map((called) => generatedCall(name, called));
  if (calls.length === 0) {
    throw new CommandError(
      `${name} has no function in its ABI; say what to call with --call 'name(argument)' or --call 0x…`,
      EXIT.usage,
    );
  }
  if (calls.length > CALLS_MAX) {
    throw new CommandError(
      `${name} would be checked with ${calls.length} calls; the limit is ${CALLS_MAX}. Choose some with --call`,
      EXIT.usage,
    );
  }
  return { calls, constructorArguments: construction(name, abi, asked.find(isConstruction)) };
}

function readCall(name: string, abi: Abi, text: string): CheckCall {
  if (isHex(text)) return { shown: text.slice(0, 10), input: text, called: undefined };
  const { word, words } = readText(text);
  const called = functionOf({ name, abi }, word);
  const args = parseArguments(`${name}.${called.name}`, called.inputs, words);
  return { shown: text, input: encodeFunctionData({ abi: [called], args }), called };
}

function generatedCall(name: string, called: AbiFunction): CheckCall {
  const shown = toFunctionSignature(called);
  const args = generatedArguments(called.inputs, `${name}.${shown}`);
  return { shown, input: encodeFunctionData({ abi: [called], args }), called };
}

function construction(name: string, abi: Abi, text: string | undefined): Hex | undefined {
  const found = abi.find((entry) => entry.type === "constructor");
  if (found === undefined) {
    if (text === undefined) return undefined;
    throw new CommandError(`${name} has no constructor for --call '${text}'`, EXIT.usage);
  }
  const of = `${name}.constructor`;
  const args =
    text === undefined
      ? generatedArguments(found.inputs, of)
      : parseArguments(of, found.inputs, readText(text).words);
  return encodeAbiParameters(found.inputs, args);
}

/** `name(a, [b, c])` taken apart; commas inside of brackets and quotes part nothing. */
function readText(text: string): { readonly word: string; readonly words: readonly string[] } {
  const [, word, inside] = /^\s*(\w+)\s*\((.*)\)\s*$/s.exec(text) ?? [];
  if (word === undefined || inside === undefined) {
    throw new CommandError(
      `--call '${text}' is no call: it takes 'name(argument, …)' or calldata in hex`,
      EXIT.usage,
    );
  }
  const parts = inside.match(/(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\](?:\s*\])*|\{[^}]*\}|[^,])+/gs) ?? [];
  const words = parts.map((part) => part.trim()).filter((part) => part !== "");
  return { word, words: words.map((one) => (/^".*"$/s.test(one) ? JSON.parse(one) : one)) };
}
