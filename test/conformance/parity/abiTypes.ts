import fc from "fast-check";
import { type AbiParameter, parseAbiParameters } from "viem";

// The types of Solidity's ABI as text, `(uint8,string[2])[]`, and what every generator of contracts asks about them.

export type TypeNode =
  | { readonly kind: "word"; readonly name: string }
  | { readonly kind: "bytes"; readonly name: "bytes" | "string" }
  | { readonly kind: "array"; readonly element: TypeNode; readonly length: number | undefined }
  | { readonly kind: "tuple"; readonly fields: readonly TypeNode[] };

/** Splits at the commas that lie in no parentheses. */
function splitTypes(list: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const character of list) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else {
      part += character;
    }
  }
  return [...parts, part];
}

export function parseType(text: string): TypeNode {
  const array = /^(.+)\[(\d*)\]$/.exec(text);
  if (array !== null) {
    const [, element = "", length = ""] = array;
    return {
      kind: "array",
      element: parseType(element),
      length: length === "" ? undefined : Number(length),
    };
  }
  if (text.startsWith("(")) {
    return { kind: "tuple", fields: splitTypes(text.slice(1, -1)).map(parseType) };
  }
  if (text === "bytes" || text === "string") return { kind: "bytes", name: text };
  return { kind: "word", name: text };
}

export function isDynamic(type: TypeNode): boolean {
  if (type.kind === "array") return type.length === undefined || isDynamic(type.element);
  if (type.kind === "tuple") return type.fields.some(isDynamic);
  return type.kind === "bytes";
}

/** How many words a value takes in place. */
export function wordsOf(type: TypeNode): number {
  if (isDynamic(type)) return 1;
  if (type.kind === "array") return (type.length as number) * wordsOf(type.element);
  return type.kind === "tuple" ? type.fields.reduce((sum, field) => sum + wordsOf(field), 0) : 1;
}

/** As viem wants them. */
export function parametersOf(types: readonly string[]): readonly AbiParameter[] {
  return parseAbiParameters(types.join(",")) as readonly AbiParameter[];
}

const WIDTHS = [8, 16, 24, 32, 40, 64, 72, 128, 160, 248, 256];
const WORDS: readonly string[] = [
  ...WIDTHS.flatMap((bits) => [`uint${bits}`, `int${bits}`]),
  ...["bool", "address", "bytes1", "bytes4", "bytes20", "bytes31", "bytes32"],
];

/** Types up to three levels deep. */
export function arbitraryType(): fc.Arbitrary<string> {
  const leaf = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.constantFrom("bytes", "string") },
  );
  const around = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 2, arbitrary: inner },
      {
        weight: 2,
        arbitrary: fc
          .tuple(inner, fc.constantFrom("", "1", "2", "3"))
          .map(([t, n]) => `${t}[${n}]`),
      },
      {
        weight: 1,
        arbitrary: fc.array(inner, { minLength: 1, maxLength: 3 }).map((list) => `(${list})`),
      },
    );
  return around(around(leaf));
}

function arbitraryInteger(name: string): fc.Arbitrary<bigint | number> {
  const bits = BigInt(/\d+$/.exec(name)?.[0] ?? "256");
  const [min, max] = name.startsWith("u")
    ? [0n, 2n ** bits - 1n]
    : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  const value = fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, 1n));
  // viem gives and takes numbers up to 48 bits.
  return bits <= 48n ? value.map(Number) : value;
}

function arbitraryBytes(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength, maxLength })
    .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
}

/** Values of a type as viem gives and takes them. */
export function arbitraryValue(type: TypeNode): fc.Arbitrary<unknown> {
  if (type.kind === "bytes") {
    return type.name === "bytes"
      ? arbitraryBytes(0, 70)
      : fc.string({ unit: "grapheme", maxLength: 40 });
  }
  if (type.kind === "array") {
    const { length } = type;
    const bounds =
      length === undefined ? { maxLength: 3 } : { minLength: length, maxLength: length };
    return fc.array(arbitraryValue(type.element), bounds);
  }
  if (type.kind === "tuple") return fc.tuple(...type.fields.map(arbitraryValue));
  if (type.name === "bool") return fc.boolean();
  if (type.name === "address") return arbitraryBytes(20, 20);
  if (type.name.startsWith("bytes")) {
    const size = Number(type.name.slice("bytes".length));
    return arbitraryBytes(size, size);
  }
  return arbitraryInteger(type.name);
}
