import { type Abi, parseAbi, toEventSelector, toFunctionSelector } from "viem";
import { refuseWritingViews } from "./viewCheck.ts";

// `DC_METHOD(0xa9059cbb, transfer, "function transfer(address to, …) …")` and its like, over several lines or not.
const METHOD =
  /\bDC_(VIEW_|PAYABLE_)?METHOD\(\s*(0x[0-9a-fA-F]{1,8})\s*,\s*(\w+)\s*,\s*"([^"]+)"\s*\)/g;
const EVENT = /\bDC_EVENT\(\s*\w+\s*,\s*(0x[0-9a-fA-F]{1,64})\s*,\s*"([^"]+)"\s*\)/g;
const ERROR = /\bDC_ERROR\(\s*\w+\s*,\s*(0x[0-9a-fA-F]{1,8})\s*,\s*"([^"]+)"\s*\)/g;
const CONSTRUCTOR = /\bDC_(?:PAYABLE_)?CONSTRUCTOR\(\s*\w+\s*,\s*"([^"]+)"\s*\)/g;

/** A signature as it stands in the source. */
type Declared = { readonly at: number; readonly signature: string };

/**
 * The ABI that a contract's macros declare. C cannot hash, so selectors and topics are written out in the source:
 * throws an `Error` that names the right one when one of them does not fit its signature, and one for a type that
 * the ABI does not have and for a view method that plainly writes. Its message begins with file and line.
 */
export function readAbi(source: string, file = "contract.c"): Abi {
  const lineOf = (at: number): string => `${file}:${source.slice(0, at).split("\n").length}`;
  const fail = (at: number, message: string): Error => new Error(`${lineOf(at)}: ${message}`);
  const methods = [...source.matchAll(METHOD)].map((match) => {
    const [, macro = "", written = "", handler = "", signature = ""] = match;
    return { at: match.index, macro, written, handler, signature };
  });
  const declared = [
    ...[...source.matchAll(CONSTRUCTOR)].map((match) => ({
      at: match.index,
      signature: match[1] as string,
    })),
    ...checked(methods, toFunctionSelector, fail),
    ...checked(pairs(source, EVENT), toEventSelector, fail),
    ...checked(
      pairs(source, ERROR),
      (signature) => toFunctionSelector(signature.replace(/^error /, "")),
      fail,
    ),
  ];
  refuseWritingViews(source, methods, fail);
  return declared.flatMap(({ at, signature }) => readEntry(at, signature, fail)) as unknown as Abi;
}

function readEntry(at: number, signature: string, fail: (at: number, text: string) => Error): Abi {
  try {
    return parseAbi([signature]) as Abi;
  } catch (error) {
    const { shortMessage, message } = error as Error & { readonly shortMessage?: string };
    throw fail(at, `"${signature}" is no signature of the ABI: ${shortMessage ?? message}`);
  }
}

function pairs(
  source: string,
  pattern: RegExp,
): readonly (Declared & { readonly written: string })[] {
  return [...source.matchAll(pattern)].map((match) => {
    const [, written = "", signature = ""] = match;
    return { at: match.index, written, signature };
  });
}

function checked(
  declared: readonly (Declared & { readonly written: string })[],
  selectorOf: (signature: string) => string,
  fail: (at: number, text: string) => Error,
): readonly Declared[] {
  return declared.map(({ at, written, signature }) => {
    readEntry(at, signature, fail);
    const right = selectorOf(signature);
    if (BigInt(written) !== BigInt(right)) {
      throw fail(at, `"${signature}" has the selector ${right}, the source says ${written}`);
    }
    return { at, signature };
  });
}
