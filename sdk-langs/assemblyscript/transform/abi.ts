import { keccak_256 } from "@noble/hashes/sha3.js";
import type { Contract, Method, Record } from "./model.ts";
import { type AbiType, solidityOf, type Value } from "./types.ts";

/** Entries of Solidity's JSON ABI. */
export type AbiValue = {
  readonly name: string;
  readonly type: string;
  readonly internalType: string;
  readonly indexed?: boolean;
  /** Of a struct, or of an array of them. */
  readonly components?: readonly AbiValue[];
};
export type AbiEntry = {
  readonly type: "constructor" | "function" | "event" | "error" | "receive" | "fallback";
  readonly name?: string;
  readonly inputs?: readonly AbiValue[];
  readonly outputs?: readonly AbiValue[];
  readonly stateMutability?: "view" | "nonpayable" | "payable";
  readonly anonymous?: boolean;
};

/** The struct inside of arrays, and their brackets: Solidity writes `tuple[2][]`. */
function unwrap(
  type: AbiType,
  brackets = "",
): { readonly inner: AbiType; readonly brackets: string } {
  if (type.kind !== "array") return { inner: type, brackets };
  return unwrap(type.element, `[${type.length ?? ""}]${brackets}`);
}

function abiValue({ name, type }: Value): AbiValue {
  const { inner, brackets } = unwrap(type);
  if (inner.kind !== "struct") {
    return { internalType: solidityOf(type), name, type: solidityOf(type) };
  }
  return {
    components: inner.fields.map(abiValue),
    internalType: `struct ${inner.language}${brackets}`,
    name,
    type: `tuple${brackets}`,
  };
}

function abiMethod({ name, inputs, outputs, mutability }: Method): AbiEntry {
  return {
    inputs: inputs.map(abiValue),
    name,
    outputs: outputs.map(abiValue),
    stateMutability: mutability,
    type: "function",
  };
}

function abiRecord({ kind, name, fields }: Record): AbiEntry {
  if (kind === "error") return { inputs: fields.map(abiValue), name, type: "error" };
  return {
    anonymous: false,
    inputs: fields.map((field) => ({ indexed: field.indexed, ...abiValue(field) })),
    name,
    type: "event",
  };
}

/** The ABI as solc would write it for the same contract. */
export function buildAbi(contract: Contract, records: readonly Record[]): readonly AbiEntry[] {
  const { init, methods, receive, fallback } = contract;
  const entries: AbiEntry[] = [];
  if (init !== undefined) {
    entries.push({
      inputs: init.inputs.map(abiValue),
      stateMutability: init.mutability,
      type: "constructor",
    });
  }
  entries.push(...records.map(abiRecord), ...methods.map(abiMethod));
  if (receive !== undefined) entries.push({ stateMutability: "payable", type: "receive" });
  if (fallback !== undefined) {
    const stateMutability = fallback.isPayable ? "payable" : "nonpayable";
    entries.push({ stateMutability, type: "fallback" });
  }
  return entries;
}

/** `transfer(address,uint256)` */
export function signatureOf(name: string, values: readonly Value[]): string {
  return `${name}(${values.map(({ type }) => solidityOf(type)).join(",")})`;
}

/** keccak-256 of a signature as 64 hexadecimal digits: an event's first topic; a selector is the first eight. */
export function hashSignature(signature: string): string {
  return Buffer.from(keccak_256(Buffer.from(signature, "utf8"))).toString("hex");
}

export function selectorOf(name: string, values: readonly Value[]): string {
  return `0x${hashSignature(signatureOf(name, values)).slice(0, 8)}`;
}
