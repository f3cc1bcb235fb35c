import { toFunctionSelector } from "viem";

// A contract in Java whose method `echo0`, `echo1`, … decodes values of a list of types and encodes them again: what
// the SDK makes of any type of the ABI shows in the bytes.

/** The types that one method takes and returns. */
export type Echo = readonly string[];

/** The calldata's selector, `0x` and eight digits. */
export function echoSelector(echo: Echo, index: number): `0x${string}` {
  return toFunctionSelector(`echo${index}(${echo.join(",")})`);
}

/** A Java type: arrays of arrays have the outermost brackets first. */
type JavaType = { readonly base: string; readonly brackets: readonly string[] };

function write({ base, brackets }: JavaType): string {
  return [base, ...brackets].join(" ");
}

function bracketsOf(length: string): string {
  return length === "" ? "[]" : `@Length(${length}) []`;
}

function splitTypes(list: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  for (const character of list) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts.push(`${parts.pop()}${character}`);
  }
  return parts;
}

/** Java's own numbers up to 64 bits, the SDK's above; the narrowest that an array can hold too. */
function numberOf(isSigned: boolean, bits: number): string {
  const width = isSigned ? bits : bits + 8;
  const own = width <= 16 ? "short" : width <= 32 ? "int" : "long";
  const wide = isSigned ? "I256" : "U256";
  return `@${isSigned ? "Int" : "Uint"}(${bits}) ${bits <= 64 ? own : wide}`;
}

export function echoJava(echoes: readonly Echo[]): string {
  const structs = new Map<string, string>();
  const struct = (fields: readonly string[]): string => {
    const declared = fields.map((field, i) => `${write(typeOf(field))} f${i}`).join(", ");
    const known = structs.get(declared) ?? `S${structs.size}`;
    structs.set(declared, known);
    return known;
  };
  const typeOf = (text: string): JavaType => {
    const array = /^(.+)\[(\d*)\]$/.exec(text);
    if (array !== null) {
      const item = typeOf(array[1] ?? "");
      return { base: item.base, brackets: [bracketsOf(array[2] ?? ""), ...item.brackets] };
    }
    if (text.startsWith("(")) return { base: struct(splitTypes(text.slice(1, -1))), brackets: [] };
    const number = /^(u?)int(\d+)$/.exec(text);
    if (number !== null)
      return { base: numberOf(number[1] === "", Number(number[2])), brackets: [] };
    const bytes = /^bytes(\d*)$/.exec(text);
    if (bytes !== null && text !== "bytes32") {
      return { base: "byte", brackets: [bracketsOf(bytes[1] ?? "")] };
    }
    const names = { address: "Address", bool: "boolean", string: "String", bytes32: "Bytes32" };
    return { base: names[text as keyof typeof names], brackets: [] };
  };
  const results: string[] = [];
  const methods = echoes.map((echo, i) => {
    const types = echo.map((text) => write(typeOf(text)));
    const takes = types.map((type, at) => `${type} a${at}`).join(", ");
    if (types.length === 1) return `@View ${types[0]} echo${i}(${takes}) { return a0; }`;
    results.push(`@Results record R${i}(${takes.replaceAll(/ a(\d+)/g, " f$1")}) {}`);
    const values = types.map((_, at) => `a${at}`).join(", ");
    return `@View R${i} echo${i}(${takes}) { return new R${i}(${values}); }`;
  });
  const records = [...structs].map(([fields, name]) => `record ${name}(${fields}) {}`);
  return `import org.delchain.*;
@Contract class Echo {
${[...records, ...results, ...methods].join("\n")}
}
`;
}
