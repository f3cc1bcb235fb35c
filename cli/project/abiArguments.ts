import {
  type Abi,
  type AbiParameter,
  encodeAbiParameters,
  getAddress,
  type Hex,
  isAddress,
  isHex,
  parseEther,
  parseGwei,
} from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";

/**
 * Command-line words as the values that ABI parameters take. Throws `CommandError` that names the parameter, the
 * word and the form that it takes.
 */
export function parseArguments(
  of: string,
  inputs: readonly AbiParameter[],
  words: readonly string[],
): readonly unknown[] {
  if (words.length !== inputs.length) {
    const wanted = inputs.map(shown).join(", ") || "none";
    throw new CommandError(
      `${of} takes ${inputs.length} ${inputs.length === 1 ? "argument" : "arguments"} (${wanted}), and ${words.length} were given`,
      EXIT.usage,
    );
  }
  return inputs.map((input, i) => parseWord(input, words[i] as string, shown(input)));
}

function shown({ type, name }: AbiParameter): string {
  return name ? `${type} ${name}` : type;
}

function parseWord(input: AbiParameter, word: string, where: string): unknown {
  if (input.type.endsWith("]") || input.type === "tuple") {
    return fromJson(input, parseJson(word, where), where);
  }
  return fromText(input.type, word, where);
}

function parseJson(word: string, where: string): unknown {
  try {
    // Numbers beyond 2^53 would come out as others: JSON's are taken as they are written.
    return JSON.parse(word.replaceAll(/(?<=[[,:\s]|^)-?\d{16,}(?=[\],}\s]|$)/g, '"$&"'));
  } catch {
    throw refused(where, word, 'JSON, such as [1, 2] or {"name": "value"}');
  }
}

function fromJson(input: AbiParameter, value: unknown, where: string): unknown {
  const list = /^(.*)\[(\d*)\]$/.exec(input.type);
  if (list) {
    const [, type = "", length = ""] = list;
    const isLong = length === "" || (Array.isArray(value) && value.length === Number(length));
    if (!Array.isArray(value) || !isLong) {
      throw refused(where, value, `a JSON list${length === "" ? "" : ` of ${length}`}`);
    }
    const item = { ...input, type };
    return value.map((one, i) => fromJson(item, one, `${where}[${i}]`));
  }
  if (input.type === "tuple") return fromTuple(input, value, where);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return fromText(input.type, text, where);
}

function fromTuple(input: AbiParameter, value: unknown, where: string): unknown {
  const components = (input as { readonly components?: readonly AbiParameter[] }).components ?? [];
  const names = components.map(({ name }) => name).join(", ");
  if (Array.isArray(value) && value.length === components.length) {
    const items = components.map((one, i) => fromJson(one, value[i], `${where}.${one.name ?? i}`));
    const isNamed = components.every(({ name }) => name);
    return isNamed
      ? Object.fromEntries(components.map(({ name }, i) => [name as string, items[i]]))
      : items;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refused(where, value, `a JSON object or list of ${names}`);
  }
  const members = value as Readonly<Record<string, unknown>>;
  const missing = components.find(({ name }) => !(name && name in members))?.name;
  if (missing !== undefined)
    throw refused(where, value, `a JSON object of ${names}; ${missing} is missing`);
  return Object.fromEntries(
    components.map((one) => [
      one.name,
      fromJson(one, members[one.name as string], `${where}.${one.name}`),
    ]),
  );
}

function fromText(type: string, word: string, where: string): unknown {
  const [, kind = type, size = ""] = /^(u?int|bytes)(\d*)$/.exec(type) ?? [];
  switch (kind) {
    case "uint":
    case "int":
      return parseInteger(type, kind, Number(size || 256), word, where);
    case "bool":
      if (word === "true" || word === "false") return word === "true";
      throw refused(where, word, "true or false");
    case "address":
      if (isAddress(word)) return getAddress(word);
      throw refused(where, word, addressForm(word));
    case "bytes":
      return parseBytes(size, word, where);
    case "string":
      return word;
    default:
      throw refused(where, word, `a value of type ${type}, which this command does not know`);
  }
}

function addressForm(word: string): string {
  const isMistyped = isAddress(word, { strict: false });
  return isMistyped
    ? "an address whose capitals are its checksum (EIP-55), or one in lower case"
    : "an address: 0x and 40 hex digits";
}

const INTEGER = /^-?(?:0x[0-9a-fA-F]+|\d[\d_]*)$/;
const AMOUNT = /^(-?\d+(?:\.\d+)?)(ether|del|gwei)$/i;

function parseInteger(
  type: string,
  kind: "uint" | "int",
  bits: number,
  word: string,
  where: string,
): bigint | number {
  const value = integerOf(word);
  const [low, high] =
    kind === "uint"
      ? [0n, 2n ** BigInt(bits)]
      : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1)];
  if (value === undefined) {
    throw refused(
      where,
      word,
      `a whole number for ${type}: decimal, 0x hex, or an amount like 1.5ether or 20gwei`,
    );
  }
  if (value < low || value >= high) {
    throw refused(where, word, `a number from ${low} to ${high - 1n} for ${type}`);
  }
  // viem takes small ones as numbers.
  return bits <= 48 ? Number(value) : value;
}

/** A whole number in any of the forms that people write; `undefined` when it is none. */
function integerOf(word: string): bigint | undefined {
  const [, amount, unit = ""] = AMOUNT.exec(word) ?? [];
  if (amount !== undefined) {
    return unit.toLowerCase() === "gwei" ? parseGwei(amount) : parseEther(amount);
  }
  if (!INTEGER.test(word)) return undefined;
  const digits = word.replaceAll("_", "").replace("-", "");
  return word.startsWith("-") ? -BigInt(digits) : BigInt(digits);
}

/** What a contract's constructor takes. Throws as `parseArguments` does. */
export function constructorInputOf(name: string, abi: Abi, words: readonly string[]): Hex {
  const inputs = constructorParameters(abi);
  return encodeAbiParameters(inputs, parseArguments(`the constructor of ${name}`, inputs, words));
}

export function constructorParameters(abi: Abi): readonly AbiParameter[] {
  return abi.find((entry) => entry.type === "constructor")?.inputs ?? [];
}

/** `--value` in wei; nothing is 0. Throws `CommandError` that shows the forms. */
export function amountOf(word: string | undefined): bigint {
  if (word === undefined) return 0n;
  const value = integerOf(word);
  if (value !== undefined && value >= 0n) return value;
  throw new CommandError(
    `--value ${word} is no amount: it takes wei, or an amount like 1.5ether or 20gwei`,
    EXIT.usage,
  );
}

function parseBytes(size: string, word: string, where: string): string {
  const bytes = size === "" ? undefined : Number(size);
  const form =
    bytes === undefined ? "bytes: 0x and pairs of hex digits" : `0x and ${bytes * 2} hex digits`;
  if (!isHex(word) || word.length % 2 !== 0) throw refused(where, word, form);
  if (bytes !== undefined && word.length !== 2 + 2 * bytes) throw refused(where, word, form);
  return word;
}

function refused(where: string, value: unknown, form: string): CommandError {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const short = text !== undefined && text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new CommandError(`${where}: ${JSON.stringify(short)} is not ${form}`, EXIT.usage);
}
