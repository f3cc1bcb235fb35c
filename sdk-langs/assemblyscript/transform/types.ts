import { errorAt, type Source, type TypeNode } from "./syntax.ts";

/** An integer, a `bool`, an address or `bytesN`: one word. */
export type WordType = {
  readonly kind: "word";
  readonly solidity: string;
  /** As the SDK's own files call it. */
  readonly language: string;
  /** The method of `Decoder` and `Encoder`, and what it takes beside the value. */
  readonly codec: string;
  readonly size: number | undefined;
  /** In storage: how many bytes, and whether the others are copies of the sign or lie on the other side. */
  readonly width: number;
  readonly fill: "zero" | "sign" | "right";
};

/** A type of Solidity's ABI. */
export type AbiType =
  | WordType
  | { readonly kind: "bytes" | "string"; readonly solidity: string; readonly language: string }
  | {
      readonly kind: "array";
      readonly element: AbiType;
      /** Of a fixed one. */
      readonly length: number | undefined;
      readonly language: string;
    }
  | {
      readonly kind: "struct";
      readonly language: string;
      readonly fields: readonly Value[];
      /** The fields are the results of a method, instead of one result. */
      readonly isResults: boolean;
    };

/** A value that crosses the contract's border. */
export type Value = {
  readonly name: string;
  readonly type: AbiType;
  readonly indexed: boolean;
};

/** The `@struct` and `@results` classes of all files, by name, read when one is used. */
export type Structs = ReadonlyMap<string, () => AbiType>;

const INTEGER = /^(u|i|uint|int)(\d+)$/;
const FIXED_BYTES = /^bytes(\d+)$/;
const FIXED_ARRAY = /^Fixed(\d+)$/;
const FIXED_LENGTH_MAX = 32;

const OFFERED =
  "u8 to u64, i8 to i64, u256, i256, uint8 to uint256, int8 to int256, bool, Address, bytes1 to bytes32, Bytes32, " +
  "Bytes, string, Array<T>, Fixed1<T> to Fixed32<T>, and @struct classes";

function integerType(prefix: string, bits: number): WordType | undefined {
  const isSigned = prefix.startsWith("i");
  const isNative = prefix.length === 1;
  if (bits === 0 || bits % 8 !== 0 || bits > 256) return undefined;
  if (isNative && ![8, 16, 32, 64, 256].includes(bits)) return undefined;
  const room = [8, 16, 32, 64].find((width) => bits <= width);
  const letter = isSigned ? "i" : "u";
  return {
    kind: "word",
    solidity: `${isSigned ? "int" : "uint"}${bits}`,
    language: room === undefined ? `__abi_${letter}256` : `${letter}${room}`,
    codec: room === undefined ? (isSigned ? "bigSigned" : "big") : `integer<${letter}${room}>`,
    size: bits,
    width: bits / 8,
    fill: isSigned ? "sign" : "zero",
  };
}

/** The word that a name stands for; `undefined` when it is no elementary type of one word. */
export function wordType(name: string): WordType | undefined {
  const integer = INTEGER.exec(name);
  if (integer !== null) return integerType(integer[1] as string, Number(integer[2]));
  const plain = { kind: "word", size: undefined } as const;
  if (name === "bool" || name === "boolean") {
    const bool = { solidity: "bool", language: "bool", codec: "boolean" };
    return { ...plain, ...bool, width: 1, fill: "zero" };
  }
  if (name === "Address") {
    const address = { solidity: "address", language: "__abi_Address", codec: "address" };
    return { ...plain, ...address, width: 20, fill: "zero" };
  }
  const size = name === "Bytes32" ? 32 : Number(FIXED_BYTES.exec(name)?.[1] ?? 0);
  if (size < 1 || size > 32) return undefined;
  const fixed = { solidity: `bytes${size}`, language: "__abi_Bytes32", codec: "fixed" };
  return { kind: "word", ...fixed, size, width: size, fill: size === 32 ? "zero" : "right" };
}

/** Reads a type at a contract's border. Throws an `Error` that names the place when the ABI has no word for it. */
export function readType(source: Source, structs: Structs, node: TypeNode, where: string): AbiType {
  const name = node.name?.identifier.text ?? "";
  const inner = node.typeArguments ?? [];
  const fixed = Number(FIXED_ARRAY.exec(name)?.[1] ?? 0);
  if (node.isNullable !== true && inner.length === 0) {
    const word = wordType(name);
    if (word !== undefined) return word;
    if (name === "Bytes") return { kind: "bytes", solidity: "bytes", language: "__abi_Bytes" };
    if (name === "string") return { kind: "string", solidity: "string", language: "string" };
    const struct = structs.get(name);
    if (struct !== undefined) return struct();
  }
  const element = inner[0];
  if (
    element !== undefined &&
    (name === "Array" || (fixed >= 1 && fixed <= FIXED_LENGTH_MAX)) &&
    node.isNullable !== true
  ) {
    const type = readType(source, structs, element, where);
    const length = name === "Array" ? undefined : fixed;
    const language = `${length === undefined ? "Array" : "StaticArray"}<${type.language}>`;
    return { kind: "array", element: type, length, language };
  }
  const text = source.text.slice(node.range.start, node.range.end);
  throw errorAt(
    source,
    node.range,
    `${where} uses ${text}, which Solidity's ABI has no word for here; use ${OFFERED}`,
  );
}

/** The type's name in a signature. */
export function solidityOf(type: AbiType): string {
  switch (type.kind) {
    case "array":
      return `${solidityOf(type.element)}[${type.length ?? ""}]`;
    case "struct":
      return `(${type.fields.map((field) => solidityOf(field.type)).join(",")})`;
    default:
      return type.solidity;
  }
}

/** Whether the value lies behind an offset. */
export function isDynamic(type: AbiType): boolean {
  switch (type.kind) {
    case "word":
      return false;
    case "array":
      return type.length === undefined || isDynamic(type.element);
    case "struct":
      return type.fields.some((field) => isDynamic(field.type));
    default:
      return true;
  }
}

/** How many words the value takes in place. */
export function wordsOf(type: AbiType): number {
  if (isDynamic(type)) return 1;
  if (type.kind === "array") return (type.length as number) * wordsOf(type.element);
  return type.kind === "struct" ? wordsOfAll(type.fields) : 1;
}

export function wordsOfAll(values: readonly Value[]): number {
  return values.reduce((sum, { type }) => sum + wordsOf(type), 0);
}
