import type { Abi, AbiFunction, AbiParameter } from "viem";

/** A parameter as JSON has it; compilers add where a struct's name comes from. */
type Parameter = AbiParameter & {
  readonly internalType?: string;
  readonly indexed?: boolean;
  readonly components?: readonly Parameter[];
};

/** An ABI as a Solidity interface, so that contracts in Solidity call one that is written in any language. */
export function solidityInterface(name: string, abi: Abi): string {
  const structs = new Map<string, string>();
  const body = abi.flatMap((entry) => {
    const inputs = ("inputs" in entry ? entry.inputs : []) as readonly Parameter[];
    switch (entry.type) {
      case "function":
        return [functionText(entry, inputs, structs)];
      case "event": {
        const anonymous = entry.anonymous ? " anonymous" : "";
        return [`event ${entry.name}(${list(inputs, structs, indexed)})${anonymous};`];
      }
      case "error":
        return [`error ${entry.name}(${list(inputs, structs, () => "")});`];
      default:
        // Constructors and fallbacks are no part of an interface.
        return [];
    }
  });
  const lines = [...structs.values(), ...body].map((text) => `    ${text}`);
  return [
    "// SPDX-License-Identifier: UNLICENSED",
    "pragma solidity ^0.8.20;",
    "",
    `interface I${name} {`,
    ...lines,
    "}",
  ].join("\n");
}

function functionText(
  { name, outputs, stateMutability }: AbiFunction,
  inputs: readonly Parameter[],
  structs: Map<string, string>,
): string {
  const returned = list(outputs as readonly Parameter[], structs, located("memory"));
  const state = stateMutability === "nonpayable" ? "" : ` ${stateMutability}`;
  const returns = returned === "" ? "" : ` returns (${returned})`;
  return `function ${name}(${list(inputs, structs, located("calldata"))}) external${state}${returns};`;
}

function list(
  parameters: readonly Parameter[],
  structs: Map<string, string>,
  mark: (parameter: Parameter) => string,
): string {
  return parameters
    .map((one) => [typeText(one, structs), mark(one), one.name].filter(Boolean).join(" "))
    .join(", ");
}

function indexed({ indexed: isIndexed }: Parameter): string {
  return isIndexed ? "indexed" : "";
}

function located(place: "calldata" | "memory"): (parameter: Parameter) => string {
  return ({ type }) => (/^(?:string|bytes|tuple)$|\]$/.test(type) ? place : "");
}

/** The type in Solidity; a tuple becomes a struct, which is declared once. */
function typeText(
  { type, internalType, components }: Parameter,
  structs: Map<string, string>,
): string {
  if (!type.startsWith("tuple")) return type;
  const declared = /^struct (?:\w+\.)?(\w+)/.exec(internalType ?? "")?.[1];
  const members = (components ?? [])
    .map((one) => `${typeText(one, structs)} ${one.name};`)
    .join(" ");
  const known = [...structs].find(([, text]) => text.endsWith(`{ ${members} }`))?.[0];
  const name = known ?? declared ?? `Struct${structs.size + 1}`;
  structs.set(name, `struct ${name} { ${members} }`);
  return `${name}${type.slice("tuple".length)}`;
}
