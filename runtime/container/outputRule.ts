import { type Hex, toHex } from "../types/bytes.ts";
import { keccak256 } from "../types/hash.ts";
import { type AbiParameter, type AbiType, abiTypeName, abiTypeOf, parameters } from "./abiType.ts";
import { OUTPUTS_MAX } from "./limits.ts";

/** What a manifest says of functions whose replicas do not answer alike, by signature: `price(string)`. */
export type Outputs = Readonly<Record<string, "median" | { readonly fields: readonly string[] }>>;

/** How members agree on what a call of a function returns. */
export type OutputRule =
  /** Only the kept return values are compared, and the others are their type's zero for all. */
  | {
      readonly rule: "fields";
      readonly types: readonly AbiType[];
      readonly kept: readonly boolean[];
      /** Whether the contract brings its answers into form itself, before. */
      readonly isNormalized: boolean;
    }
  /** Each member's number is its own word, and the median of them is the result. */
  | { readonly rule: "median"; readonly type: AbiType; readonly settleSelector: Hex };

/** Where a manifest's outputs are wrong, in the words of its other refusals. */
export type WrongOutputs = { readonly field: string; readonly rule: string };

type AbiFunction = {
  readonly signature: string;
  readonly inputs: readonly AbiParameter[];
  readonly outputs: readonly AbiParameter[];
};

/** What is called with a raw answer, and answers with one in form. */
const NORMALIZE = "normalize(bytes)";

/** The rules of a manifest by selector: none for functions whose whole output must be identical. */
export type OutputRules = ReadonlyMap<string, OutputRule>;

const NO_RULES: OutputRules = new Map();

/** The rules of a manifest that was checked (`wrongOutputs`). */
export function outputRules(manifest: {
  readonly abi?: readonly unknown[];
  readonly outputs?: Outputs;
}): OutputRules {
  const { abi = [], outputs } = manifest;
  if (outputs === undefined) return NO_RULES;
  const functions = functionsOf(abi);
  const isNormalized = functions.some(isNormalize);
  return new Map(
    Object.entries(outputs).map(([signature, output]) => {
      const declared = functions.find((one) => one.signature === signature) as AbiFunction;
      const types = declared.outputs.map((each) => abiTypeOf(each) as AbiType);
      const rule: OutputRule =
        output === "median"
          ? { rule: "median", type: types[0] as AbiType, settleSelector: settleOf(declared) }
          : { rule: "fields", types, kept: keptIn(declared, output.fields), isNormalized };
      return [selectorOf(signature), rule];
    }),
  );
}

/** The rule of a call with this input; `undefined` when its whole output must be identical. */
export function outputRule(rules: OutputRules, input: Uint8Array): OutputRule | undefined {
  return rules.size === 0 ? undefined : rules.get(toHex(input.subarray(0, 4)));
}

/** The first mistake of a manifest's outputs, `undefined` when there is none. */
export function wrongOutputs(
  outputs: Outputs,
  abi: readonly unknown[] = [],
): WrongOutputs | undefined {
  const entries = Object.entries(outputs);
  if (entries.length === 0 || entries.length > OUTPUTS_MAX) {
    return { field: "outputs", rule: `1 to ${OUTPUTS_MAX} functions` };
  }
  const functions = functionsOf(abi);
  for (const [signature, output] of entries) {
    const field = `outputs.${signature}`;
    const declared = functions.find((one) => one.signature === signature);
    if (declared === undefined) {
      const known = functions.map((one) => one.signature).join(", ") || "none";
      return { field, rule: `a function of the manifest's abi, which has ${shorten(known)}` };
    }
    const wrong =
      output === "median"
        ? wrongMedian(declared, functions)
        : wrongFields(declared, output.fields, functions);
    if (wrong !== undefined) return { field, rule: wrong };
  }
  return undefined;
}

function wrongMedian(declared: AbiFunction, functions: readonly AbiFunction[]): string | undefined {
  const [only, ...others] = declared.outputs;
  const isInteger = only !== undefined && /^u?int\d+$/.test(String(only.type));
  if (!isInteger || others.length > 0 || abiTypeOf(only) === undefined) {
    const returns = declared.outputs.map(abiTypeName).join(",");
    return `median for a function that returns one integer; this one returns (${returns})`;
  }
  const settle = settleSignature(declared);
  if (functions.some((one) => one.signature === settle)) return undefined;
  return `median beside a function ${settle} in the abi, which is called with it; there is none`;
}

function wrongFields(
  declared: AbiFunction,
  fields: readonly string[],
  functions: readonly AbiFunction[],
): string | undefined {
  const names = namesOf(declared);
  const unknown = fields.find((each) => names.filter((name) => name === each).length !== 1);
  if (unknown !== undefined) {
    return `fields among ${names.join(", ") || "none"}, without ${shorten(unknown)}`;
  }
  const strange = declared.outputs.find((each) => abiTypeOf(each) === undefined);
  if (strange !== undefined) return `return values of known types, not ${abiTypeName(strange)}`;
  const normalize = functions.find(({ signature }) => signature === NORMALIZE);
  if (normalize === undefined || isNormalize(normalize)) return undefined;
  return `fields beside a ${NORMALIZE} that returns (bytes), if there is one`;
}

function isNormalize({ signature, outputs }: AbiFunction): boolean {
  return signature === NORMALIZE && outputs.map(abiTypeName).join(",") === "bytes";
}

/** Return values by name, and by place where they have none. */
function namesOf({ outputs }: AbiFunction): readonly string[] {
  return outputs.map(({ name }, i) => (typeof name === "string" && name !== "" ? name : String(i)));
}

function keptIn(declared: AbiFunction, fields: readonly string[]): readonly boolean[] {
  return namesOf(declared).map((name) => fields.includes(name));
}

/** The function that writes what came of a median: the call's own input, and the median. */
function settleSignature({ outputs }: AbiFunction): string {
  return `settle(bytes,${abiTypeName(outputs[0] as AbiParameter)})`;
}

function settleOf(declared: AbiFunction): Hex {
  return selectorOf(settleSignature(declared));
}

function selectorOf(signature: string): Hex {
  return keccak256(new TextEncoder().encode(signature)).slice(0, 10) as Hex;
}

function functionsOf(abi: readonly unknown[]): readonly AbiFunction[] {
  return abi.flatMap((entry) => {
    const { type, name, ...rest } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (type !== "function" || typeof name !== "string") return [];
    const [inputs, outputs] = [parameters(rest.inputs), parameters(rest.outputs)];
    return [{ signature: `${name}(${inputs.map(abiTypeName).join(",")})`, inputs, outputs }];
  });
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
