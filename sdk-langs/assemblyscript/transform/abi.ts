import { keccak_256 } from "@noble/hashes/sha3.js";
import type { Contract, Method, Record, Value } from "./model.ts";

/** Entries of Solidity's JSON ABI. */
export type AbiValue = {
  readonly name: string;
  readonly type: string;
  readonly internalType: string;
  readonly indexed?: boolean;
};
export type AbiEntry = {
  readonly type: "constructor" | "function" | "event" | "error" | "receive" | "fallback";
  readonly name?: string;
  readonly inputs?: readonly AbiValue[];
  readonly outputs?: readonly AbiValue[];
  readonly stateMutability?: "view" | "nonpayable" | "payable";
  readonly anonymous?: boolean;
};

function abiValue({ name, solidity }: Value): AbiValue {
  return { internalType: solidity, name, type: solidity };
}

function abiMethod({ name, inputs, output, mutability }: Method): AbiEntry {
  return {
    inputs: inputs.map(abiValue),
    name,
    outputs: output === undefined ? [] : [abiValue(output)],
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
  const { init, methods, hasReceive, hasFallback } = contract;
  const entries: AbiEntry[] = [];
  if (init !== undefined) {
    entries.push({
      inputs: init.inputs.map(abiValue),
      stateMutability: init.mutability,
      type: "constructor",
    });
  }
  entries.push(...records.map(abiRecord), ...methods.map(abiMethod));
  if (hasReceive !== undefined) entries.push({ stateMutability: "payable", type: "receive" });
  if (hasFallback !== undefined) entries.push({ stateMutability: "payable", type: "fallback" });
  return entries;
}

/** `transfer(address,uint256)` */
export function signatureOf(name: string, values: readonly Value[]): string {
  return `${name}(${values.map(({ solidity }) => solidity).join(",")})`;
}

/** keccak-256 of a signature as 64 hexadecimal digits: an event's first topic; a selector is the first eight. */
export function hashSignature(signature: string): string {
  return Buffer.from(keccak_256(Buffer.from(signature, "utf8"))).toString("hex");
}

export function selectorOf(name: string, values: readonly Value[]): string {
  return `0x${hashSignature(signatureOf(name, values)).slice(0, 8)}`;
}
