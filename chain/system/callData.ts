import {
  type Address,
  bigintToBytes,
  concatBytes,
  fromHex,
  type Hash,
  keccak256Bytes,
} from "@delchain/runtime";

// Calldata of system contracts (Solidity documentation, "Contract ABI Specification").

/** A value of a Solidity type that fills one word, `bytes`, a list of words, or a struct with one of these in it. */
export type AbiValue =
  | bigint
  | boolean
  | Address
  | Hash
  | Uint8Array
  | readonly (Address | Hash)[]
  | { readonly struct: readonly AbiValue[] };

/** Calldata of `signature`, whose arguments are these. A `Uint8Array` is `bytes`, an array a list of words. */
export function encodeCall(signature: string, values: readonly AbiValue[]): Uint8Array {
  const selector = keccak256Bytes(new TextEncoder().encode(signature)).subarray(0, 4);
  return concatBytes(selector, encodeTuple(values));
}

/** Values as the arguments of a function or the fields of a struct: what fills no word lies behind those that do. */
export function encodeTuple(values: readonly AbiValue[]): Uint8Array {
  const heads: Uint8Array[] = [];
  const tails: Uint8Array[] = [];
  let end = 32 * values.length;
  for (const value of values) {
    if (typeof value !== "object") {
      heads.push(encodeWord(value));
      continue;
    }
    const tail = encodeTail(value);
    heads.push(bigintToBytes(BigInt(end), 32));
    tails.push(tail);
    end += tail.length;
  }
  return concatBytes(...heads, ...tails);
}

function encodeTail(value: Exclude<AbiValue, bigint | boolean | string>): Uint8Array {
  if ("struct" in value) return encodeTuple(value.struct);
  const length = bigintToBytes(BigInt(value.length), 32);
  if (!(value instanceof Uint8Array)) return concatBytes(length, ...value.map(encodeWord));
  const padded = new Uint8Array(32 * Math.ceil(value.length / 32));
  padded.set(value);
  return concatBytes(length, padded);
}

function encodeWord(value: bigint | boolean | Address | Hash): Uint8Array {
  if (typeof value !== "string") return bigintToBytes(BigInt(value), 32);
  const bytes = fromHex(value);
  const padded = new Uint8Array(32);
  padded.set(bytes, 32 - bytes.length);
  return padded;
}
