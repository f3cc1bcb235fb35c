/** A type of Solidity's ABI, as far as its encoding goes. */
export type AbiType =
  /** One word of a kind, whose spare bits are zeros, or the sign. */
  | { readonly kind: "unsigned" | "signed"; readonly bits: number }
  /** One word with so many bytes at its left end. */
  | { readonly kind: "fixedBytes"; readonly bytes: number }
  /** `bytes` and `string`. */
  | { readonly kind: "bytes" }
  | { readonly kind: "array"; readonly item: AbiType; readonly length: number | undefined }
  | { readonly kind: "tuple"; readonly items: readonly AbiType[] };

/** An input or output of an ABI's function. */
export type AbiParameter = {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly components?: unknown;
};

/** Words that one type may take without any data: what is longer is no answer of a contract. */
const WORDS_MAX = 1_024;
/** `uint256[16][16][]` has fourteen. */
const NAME_LENGTH_MAX = 64;

const ARRAY = /^(.+)\[(\d{0,5})\]$/;

/** A parameter's type; `undefined` for one that Solidity does not know, or that is larger than `WORDS_MAX`. */
export function abiTypeOf({ type, components }: AbiParameter): AbiType | undefined {
  if (typeof type !== "string" || type.length > NAME_LENGTH_MAX) return undefined;
  const found = typeNamed(type, components);
  return found !== undefined && wordsOf(found) <= WORDS_MAX ? found : undefined;
}

/** How a function's signature names a parameter's type: a tuple by its items. */
export function abiTypeName({ type, components }: AbiParameter): string {
  const text = String(type);
  if (!text.startsWith("tuple")) return text;
  return `(${parameters(components).map(abiTypeName).join(",")})${text.slice("tuple".length)}`;
}

/** What an ABI lists as inputs, outputs or components. */
export function parameters(list: unknown): readonly AbiParameter[] {
  return Array.isArray(list) ? list.map((each) => (each ?? {}) as AbiParameter) : [];
}

function typeNamed(type: string, components: unknown): AbiType | undefined {
  const array = ARRAY.exec(type);
  if (array) {
    const item = typeNamed(array[1] as string, components);
    const length = array[2] === "" ? undefined : Number(array[2]);
    return item === undefined || length === 0 ? undefined : { kind: "array", item, length };
  }
  if (type === "tuple") return tupleOf(components);
  if (type === "bytes" || type === "string") return { kind: "bytes" };
  if (type === "address") return { kind: "unsigned", bits: 160 };
  if (type === "bool") return { kind: "unsigned", bits: 1 };
  if (type === "function") return { kind: "fixedBytes", bytes: 24 };
  const [, name, digits] = /^(u?int|bytes)(\d{1,3})$/.exec(type) ?? [];
  const size = Number(digits);
  if (name === "bytes") return isIn(size, 32) ? { kind: "fixedBytes", bytes: size } : undefined;
  if (name === undefined || size % 8 !== 0 || !isIn(size, 256)) return undefined;
  return { kind: name === "int" ? "signed" : "unsigned", bits: size };
}

function tupleOf(components: unknown): AbiType | undefined {
  const items = parameters(components).map(abiTypeOf);
  // One without items takes no bytes, and an array of such has no bound.
  if (items.length === 0 || items.includes(undefined)) return undefined;
  return { kind: "tuple", items: items as readonly AbiType[] };
}

function isIn(size: number, max: number): boolean {
  return size >= 1 && size <= max;
}

function wordsOf(type: AbiType): number {
  switch (type.kind) {
    case "array":
      return 1 + wordsOf(type.item) * (type.length ?? 1);
    case "tuple":
      return type.items.reduce((sum, item) => sum + wordsOf(item), 1);
    default:
      return 1;
  }
}
