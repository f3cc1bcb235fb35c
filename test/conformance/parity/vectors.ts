import { readFileSync } from "node:fs";
import type { Hex } from "viem";
import type { ClubCall } from "./club.ts";

// What lies in sdk-langs/abi/vectors.json; its README says what each part means and who the oracle is.

export const VECTORS_FILE: URL = new URL("../../../sdk-langs/abi/vectors.json", import.meta.url);

/** Integers of more than 48 bits as decimal text, everything else as viem has it. */
export type JsonValue = string | number | boolean | readonly JsonValue[];

export type Encoding = {
  readonly types: readonly string[];
  readonly values: readonly JsonValue[];
  readonly data: Hex;
};

/** Calldata without its selector: what a method with these parameters makes of it. */
export type Calldata = {
  readonly name: string;
  readonly types: readonly string[];
  readonly data: Hex;
  /** What the method returns that returns its arguments; `null` when it reverts. */
  readonly output: Hex | null;
};

export type Log = { readonly topics: readonly string[]; readonly data: string };

export type Step = {
  readonly call: Omit<ClubCall, "args" | "value"> & {
    readonly args: readonly JsonValue[];
    readonly value: string;
  };
  readonly input: Hex;
  readonly status: string;
  readonly output: Hex;
  readonly logs: readonly Log[];
};

export type Variable = {
  readonly label: string;
  readonly type: string;
  readonly slot: string;
  readonly offset: number;
};

export type Vectors = {
  readonly about: string;
  readonly selectors: readonly { readonly signature: string; readonly selector: Hex }[];
  readonly topics: readonly { readonly signature: string; readonly topic: Hex }[];
  readonly encodings: readonly Encoding[];
  readonly calldata: readonly Calldata[];
  readonly contract: {
    readonly source: string;
    readonly layout: readonly Variable[];
    readonly steps: readonly Step[];
    readonly storage: readonly (readonly [slot: string, value: string])[];
  };
};

export function readVectors(): Vectors {
  return JSON.parse(readFileSync(VECTORS_FILE, "utf8")) as Vectors;
}

/** Every list of types that the vectors name, once: an echo contract has a method for each. */
export function echoesOf(vectors: Pick<Vectors, "encodings" | "calldata">): readonly string[][] {
  const all = [...vectors.encodings, ...vectors.calldata].map(({ types }) => types.join(";"));
  return [...new Set(all)].map((types) => types.split(";"));
}

/** Calls a machine's echo method with raw arguments. */
export function selectorIndex(
  echoes: readonly (readonly string[])[],
  types: readonly string[],
): number {
  return echoes.findIndex((echo) => echo.join(";") === types.join(";"));
}
