import { type Address, addressFromBytes, fromHex, toHex } from "@delchain/runtime";
import {
  type Abi,
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  parseAbi,
} from "viem";
import { VmHooksHost } from "./vmHooksHost.ts";

/** Who calls, and where the contract lies. */
export const CALLER: Address = addressFromBytes(new Uint8Array(20).fill(0xca));
export const CONTRACT: Address = addressFromBytes(new Uint8Array(20).fill(0xc0));

const REVERTS = parseAbi(["error Error(string)", "error Panic(uint256)"]);

/** What a call came to: the decoded result, or the decoded revert. */
export type Answer =
  | { readonly result: unknown }
  | { readonly revert: string; readonly args: readonly unknown[] };

/** Calls methods of one contract by name, through its own ABI. */
export class Harness {
  readonly host: VmHooksHost = new VmHooksHost();
  readonly #abi: Abi;

  constructor(module: Uint8Array, abi: Abi) {
    this.#abi = abi;
    this.host.deploy(CONTRACT, module);
    this.host.fund(CALLER, 1_000n);
  }

  call(functionName: string, args: readonly unknown[] = [], value = 0n): Answer {
    const input = encodeFunctionData({ abi: this.#abi, functionName, args: [...args] });
    const { status, output } = this.host.call(CONTRACT, CALLER, fromHex(input), value);
    const data = toHex(output);
    if (status === "revert") return this.#revert(data);
    return { result: decodeFunctionResult({ abi: this.#abi, functionName, data }) };
  }

  #revert(data: Hex): Answer {
    if (data === "0x") return { revert: "empty", args: [] };
    const { errorName, args = [] } = decodeErrorResult({ abi: [...REVERTS, ...this.#abi], data });
    return { revert: errorName, args: args as readonly unknown[] };
  }
}

const MODULUS = 2n ** 256n;
const OVERFLOW: Answer = { revert: "Panic", args: [0x11n] };
const DIVISION: Answer = { revert: "Panic", args: [0x12n] };

function checked(value: bigint): Answer {
  return value < 0n || value >= MODULUS ? OVERFLOW : { result: value };
}

/** What Solidity's checked arithmetic answers, by the name of the method in the SDKs' test contracts. */
export const ARITHMETIC: Readonly<{ [name: string]: (a: bigint, b: bigint) => Answer }> = {
  add: (a, b) => checked(a + b),
  sub: (a, b) => checked(a - b),
  mul: (a, b) => checked(a * b),
  div: (a, b) => (b === 0n ? DIVISION : { result: a / b }),
  mod: (a, b) => (b === 0n ? DIVISION : { result: a % b }),
  wrappingAdd: (a, b) => ({ result: (a + b) % MODULUS }),
  wrappingSub: (a, b) => ({ result: (a - b + MODULUS) % MODULUS }),
  wrappingMul: (a, b) => ({ result: (a * b) % MODULUS }),
  less: (a, b) => ({ result: a < b }),
  atMost: (a, b) => ({ result: a <= b }),
  equal: (a, b) => ({ result: a === b }),
};

/** The ABI of a method of `ARITHMETIC`. */
export function arithmeticSignature(name: string): string {
  const output = ["less", "atMost", "equal"].includes(name) ? "bool" : "uint256";
  return `function ${name}(uint256 a, uint256 b) view returns (${output})`;
}
