import { format } from "node:util";
import { toHex } from "../types/bytes.ts";
import { keccak256Bytes } from "../types/hash.ts";

const WORD_BYTES = 32;
const SELECTOR_BYTES = 4;
/** Arguments of one `console.log`. */
const ARGUMENTS_MAX = 4;

/** What overloads of `console.log` take; the other way of writing `uint256` is one of older libraries. */
const COMMON = ["uint256", "string", "bool", "address"] as const;
/** Functions of their own, with one argument. */
const SINGLE: readonly (readonly [string, string])[] = [
  ["logInt", "int256"],
  ["log", "int256"],
  ["logUint", "uint256"],
  ["logString", "string"],
  ["logBool", "bool"],
  ["logAddress", "address"],
  ["logBytes", "bytes"],
  ["log", "bytes"],
  ["logBytes32", "bytes32"],
  ["log", "bytes32"],
];

let known: ReadonlyMap<string, readonly string[]> | undefined;

/** Types by selector, in hex: all 340 overloads and the single ones. Made when something is printed first. */
function overloads(): ReadonlyMap<string, readonly string[]> {
  if (known) return known;
  const all = new Map<string, readonly string[]>();
  const add = (name: string, types: readonly string[]): void => {
    all.set(selectorOf(`${name}(${types.join(",")})`), types);
    all.set(selectorOf(`${name}(${types.join(",").replaceAll("uint256", "uint")})`), types);
  };
  let lists: readonly (readonly string[])[] = [[]];
  for (let count = 0; count <= ARGUMENTS_MAX; count++) {
    for (const types of lists) add("log", types);
    lists = lists.flatMap((types) => COMMON.map((type) => [...types, type]));
  }
  for (const [name, type] of SINGLE) add(name, [type]);
  known = all;
  return all;
}

function selectorOf(signature: string): string {
  return toHex(keccak256Bytes(new TextEncoder().encode(signature)).subarray(0, SELECTOR_BYTES));
}

/**
 * The line that a contract meant by calling the console's address (Hardhat's `console.sol`, forge-std's): `%s` and `%d`
 * as in Node's `util.format`. What is no such call is shown in hex.
 */
export function consoleText(input: Uint8Array): string {
  const types = overloads().get(toHex(input.subarray(0, SELECTOR_BYTES)));
  if (types === undefined) return toHex(input);
  const body = input.subarray(SELECTOR_BYTES);
  return format(...types.map((type, i) => valueAt(body, i * WORD_BYTES, type)));
}

function valueAt(body: Uint8Array, at: number, type: string): string | bigint | boolean {
  const word = wordAt(body, at);
  switch (type) {
    case "string":
      return new TextDecoder().decode(bytesAt(body, word));
    case "bytes":
      return toHex(bytesAt(body, word));
    case "bool":
      return word !== 0n;
    case "address":
      return `0x${(word & ((1n << 160n) - 1n)).toString(16).padStart(40, "0")}`;
    case "bytes32":
      return `0x${word.toString(16).padStart(64, "0")}`;
    case "int256":
      // Without the `n` of a bigint.
      return String(BigInt.asIntN(256, word));
    default:
      return String(word);
  }
}

function bytesAt(body: Uint8Array, offset: bigint): Uint8Array {
  const at = clamped(offset, body);
  const length = clamped(wordAt(body, at), body);
  return body.subarray(at + WORD_BYTES, at + WORD_BYTES + length);
}

/** What lies beyond the end reads as zero: anybody may call the console with anything. */
function wordAt(body: Uint8Array, at: number): bigint {
  const bytes = Buffer.alloc(WORD_BYTES);
  bytes.set(body.subarray(at, at + WORD_BYTES));
  return BigInt(`0x${bytes.toString("hex")}`);
}

function clamped(value: bigint, { length }: Uint8Array): number {
  return value > BigInt(length) ? length : Number(value);
}
