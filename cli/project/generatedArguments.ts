import { fromHex, keccak256 } from "@delchain/runtime";
import type { AbiParameter } from "viem";

const LIST_LENGTH = 2;
/** Small numbers pass more of a contract's own conditions than large ones. */
const NUMBER_MAX = 100;
/** Somebody who is not the caller. */
const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Values for a function's parameters that follow from its seed alone, so that a check can be repeated. */
export function generatedArguments(
  inputs: readonly AbiParameter[],
  seed: string,
): readonly unknown[] {
  return inputs.map((input, i) => generated(input, `${seed}/${i}`));
}

function generated(input: AbiParameter, seed: string): unknown {
  const list = /^(.*)\[(\d*)\]$/.exec(input.type);
  if (list) {
    const [, type = "", length = ""] = list;
    const item = { ...input, type };
    const count = length === "" ? LIST_LENGTH : Number(length);
    return Array.from({ length: count }, (_, i) => generated(item, `${seed}/${i}`));
  }
  const [, kind = input.type, size = ""] = /^(u?int|bytes)(\d*)$/.exec(input.type) ?? [];
  const bytes = fromHex(keccak256(new TextEncoder().encode(seed)));
  const number = 1 + ((bytes[0] as number) % NUMBER_MAX);
  switch (kind) {
    case "uint":
    case "int":
      // viem takes small ones as numbers.
      return Number(size || 256) <= 48 ? number : BigInt(number);
    case "bool":
      return number % 2 === 0;
    case "address":
      return ADDRESS;
    case "string":
      return `text ${number}`;
    case "bytes":
      return `0x${Buffer.from(bytes.subarray(0, Number(size || 4))).toString("hex")}`;
    case "tuple":
      return generatedTuple(input, seed);
    default:
      throw new RangeError(`there is no value for the type ${input.type}`);
  }
}

function generatedTuple(input: AbiParameter, seed: string): unknown {
  const { components = [] } = input as { readonly components?: readonly AbiParameter[] };
  const values = generatedArguments(components, seed);
  if (!components.every(({ name }) => name)) return values;
  return Object.fromEntries(components.map(({ name }, i) => [name, values[i]]));
}
