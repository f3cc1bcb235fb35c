import { type Abi, parseAbi, toEventSelector, toFunctionSelector } from "viem";
import { type CSource, includedSources, type ReadCSource } from "./includes.ts";
import { refuseOutside } from "./outsideCheck.ts";
import { refuseWritingViews } from "./viewCheck.ts";

// `DC_METHOD(0xa9059cbb, transfer, "function transfer(address to, …) …")` and its like, over several lines or not.
const METHOD =
  /\bDC_(VIEW_|PAYABLE_)?METHOD\(\s*(0x[0-9a-fA-F]{1,8})\s*,\s*(\w+)\s*,\s*"([^"]+)"\s*\)/g;
const EVENT = /\bDC_EVENT\(\s*\w+\s*,\s*(0x[0-9a-fA-F]{1,64})\s*,\s*"([^"]+)"\s*\)/g;
const ERROR = /\bDC_ERROR\(\s*\w+\s*,\s*(0x[0-9a-fA-F]{1,8})\s*,\s*"([^"]+)"\s*\)/g;
const CONSTRUCTOR = /\bDC_(?:PAYABLE_)?CONSTRUCTOR\(\s*\w+\s*,\s*"([^"]+)"\s*\)/g;

/** A place in a file of the contract. */
export type CPlace = { readonly source: CSource; readonly at: number };
/** Makes the error for a place. */
export type FailAt = (place: CPlace, message: string) => Error;

/** A signature as it stands in the source. */
type Declared = CPlace & { readonly signature: string };
type Selected = Declared & { readonly written: string };

/**
 * The ABI that a contract's macros declare, in its own file and those that it includes (`read`). C cannot hash, so
 * selectors and topics are written out in the source: throws an `Error` that names the right one when one of them does
 * not fit its signature, and one for a type that the ABI does not have, for a view method that plainly writes, and for
 * a call of what no contract has (time, random numbers, the network), which names what to use instead. Its message
 * begins with file and line.
 */
export function readAbi(
  text: string,
  file = "contract.c",
  read: ReadCSource = () => undefined,
): Abi {
  const sources = includedSources({ file, text }, read);
  const methods = matches(sources, METHOD).map(({ source, match }) => {
    const [, macro = "", written = "", handler = "", signature = ""] = match;
    return { source, at: match.index, macro, written, handler, signature };
  });
  const declared = [
    ...matches(sources, CONSTRUCTOR).map(({ source, match }) => {
      return { source, at: match.index, signature: match[1] as string };
    }),
    ...checked(methods, toFunctionSelector),
    ...checked(pairs(sources, EVENT), toEventSelector),
    ...checked(pairs(sources, ERROR), (signature) =>
      toFunctionSelector(signature.replace(/^error /, "")),
    ),
  ];
  refuseOutside(sources, failAt);
  refuseWritingViews(sources, methods, failAt);
  return declared.flatMap(readEntry) as unknown as Abi;
}

function failAt({ source: { file, text }, at }: CPlace, message: string): Error {
  return new Error(`${file}:${text.slice(0, at).split("\n").length}: ${message}`);
}

function matches(sources: readonly CSource[], pattern: RegExp) {
  return sources.flatMap((source) =>
    [...source.text.matchAll(pattern)].map((match) => ({ source, match })),
  );
}

function readEntry(declared: Declared): Abi {
  const { signature } = declared;
  try {
    return parseAbi([signature]) as Abi;
  } catch (error) {
    const { shortMessage, message } = error as Error & { readonly shortMessage?: string };
    const why = shortMessage ?? message;
    throw failAt(declared, `"${signature}" is no signature of the ABI: ${why}`);
  }
}

function pairs(sources: readonly CSource[], pattern: RegExp): readonly Selected[] {
  return matches(sources, pattern).map(({ source, match }) => {
    const [, written = "", signature = ""] = match;
    return { source, at: match.index, written, signature };
  });
}

function checked<T extends Selected>(
  declared: readonly T[],
  selectorOf: (signature: string) => string,
): readonly T[] {
  for (const one of declared) {
    const { signature, written } = one;
    readEntry(one);
    const right = selectorOf(signature);
    if (BigInt(written) !== BigInt(right)) {
      throw failAt(one, `"${signature}" has the selector ${right}, the source says ${written}`);
    }
  }
  return declared;
}
