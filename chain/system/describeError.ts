import { type Hex, keccak256Bytes, toHex } from "@delchain/runtime";
import contracts from "./contracts.json" with { type: "json" };

type Entry = {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly { readonly name: string; readonly type: string }[];
};

/** A system contract's revert as `Error(name: value, …)`. Its errors take words alone. */
export function describeError(contract: keyof typeof contracts, data: Uint8Array): string {
  const abi: readonly Entry[] = contracts[contract].abi;
  const error = abi.find((entry) => entry.type === "error" && hasSelector(entry, data));
  if (error === undefined) return toHex(data);
  const fields = (error.inputs ?? []).map(({ name, type }, i) => {
    const word = data.subarray(4 + 32 * i, 36 + 32 * i);
    return `${name}: ${describeWord(type, word)}`;
  });
  return `${error.name}(${fields.join(", ")})`;
}

function hasSelector({ name, inputs = [] }: Entry, data: Uint8Array): boolean {
  const signature = `${name}(${inputs.map(({ type }) => type).join()})`;
  const selector = keccak256Bytes(new TextEncoder().encode(signature)).subarray(0, 4);
  return toHex(selector) === toHex(data.subarray(0, 4));
}

function describeWord(type: string, word: Uint8Array): string {
  const hex: Hex = toHex(word);
  if (type === "address") return toHex(word.subarray(12));
  return type.startsWith("bytes") ? hex : `${BigInt(hex)}`;
}
