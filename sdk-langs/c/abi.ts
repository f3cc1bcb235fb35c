import { type Abi, parseAbi, toEventSelector, toFunctionSelector } from "viem";

// `DC_METHOD(0xa9059cbb, transfer, "function transfer(address to, …) …")` and its like, over several lines or not.
const METHOD = /\bDC_(?:PAYABLE_)?METHOD\(\s*(0x[0-9a-fA-F]{1,8})\s*,\s*\w+\s*,\s*"([^"]+)"\s*\)/g;
const EVENT = /\bDC_EVENT\(\s*\w+\s*,\s*(0x[0-9a-fA-F]{1,64})\s*,\s*"([^"]+)"\s*\)/g;
const ERROR = /\bDC_ERROR\(\s*\w+\s*,\s*(0x[0-9a-fA-F]{1,8})\s*,\s*"([^"]+)"\s*\)/g;
const CONSTRUCTOR = /\bDC_CONSTRUCTOR\(\s*\w+\s*,\s*"([^"]+)"\s*\)/g;

/**
 * The ABI that a contract's macros declare. C cannot hash, so selectors and topics are written out in the source:
 * throws an `Error` that names the right one when one of them does not fit its signature.
 */
export function readAbi(source: string): Abi {
  const signatures = [
    ...[...source.matchAll(CONSTRUCTOR)].map((match) => match[1] as string),
    ...checked(source, METHOD, toFunctionSelector),
    ...checked(source, EVENT, toEventSelector),
    ...checked(source, ERROR, (signature) => toFunctionSelector(signature.replace(/^error /, ""))),
  ];
  return signatures.length === 0 ? [] : (parseAbi(signatures) as Abi);
}

function checked(
  source: string,
  pattern: RegExp,
  selectorOf: (signature: string) => string,
): string[] {
  return [...source.matchAll(pattern)].map((match) => {
    const [, written, signature] = match as unknown as [string, string, string];
    const right = selectorOf(signature);
    if (BigInt(written) !== BigInt(right)) {
      throw new Error(`"${signature}" has the selector ${right}, the source says ${written}`);
    }
    return signature;
  });
}
