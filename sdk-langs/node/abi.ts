import { isArray, isStruct } from "./composites.ts";
import type { AnyType, Fields } from "./types.ts";

/** One thing of an ABI in JSON, as Solidity's compiler writes it. */
export type AbiEntry = {
  readonly type: "constructor" | "function" | "event" | "error" | "receive" | "fallback";
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: Mutability;
  readonly anonymous?: boolean;
};

export type AbiParameter = {
  readonly name: string;
  readonly type: string;
  readonly components?: readonly AbiParameter[];
  readonly indexed?: boolean;
};

export type Mutability = "nonpayable" | "payable" | "view";

const NAME = /^[A-Za-z_$][\w$]*$/;

/** Events and errors of all modules that are loaded: a contract need not list them. */
const declared = new Map<string, AbiEntry>();

/** Notes an event or an error. Throws `TypeError` for a name that is none in Solidity. */
export function declare(entry: AbiEntry): void {
  declared.set(JSON.stringify(entry), entry);
}

export function declaredEntries(): readonly AbiEntry[] {
  return [...declared.values()];
}

export function parametersOf(fields: Fields): readonly AbiParameter[] {
  return Object.entries(fields).map(([name, type]) => parameterOf(name, type));
}

export function parameterOf(name: string, type: AnyType): AbiParameter {
  if (isArray(type)) {
    const { type: element, components } = parameterOf("", type.element);
    const named = { name, type: `${element}[${type.length ?? ""}]` };
    return components === undefined ? named : { ...named, components };
  }
  if (isStruct(type)) return { name, type: "tuple", components: parametersOf(type.members) };
  return { name, type: type.name };
}

/** `transfer(address,uint256)`. Throws `TypeError` for a name that is none in Solidity. */
export function signatureOf(name: string, fields: Fields): string {
  if (!NAME.test(name)) {
    throw new TypeError(`"${name}" is no name: it takes letters, digits, _ and $, no digit first`);
  }
  return `${name}(${Object.values(fields)
    .map((type) => type.name)
    .join(",")})`;
}
