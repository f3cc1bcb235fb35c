import { type AbiType, isDynamic, type Value, wordsOf, wordsOfAll } from "./types.ts";

/**
 * Writes the code that encodes and decodes the types of one file. Arrays get a function each, which the file needs:
 * `functions` are their texts.
 */
export class Codec {
  readonly #functions = new Map<string, string>();

  get functions(): readonly string[] {
    return [...this.#functions.values()];
  }

  /** An expression that takes a value off a decoder. */
  take(type: AbiType, from: string): string {
    switch (type.kind) {
      case "word":
        return `${from}.${type.codec}(${type.size ?? ""})`;
      case "bytes":
        return `${from}.bytes()`;
      case "string":
        return `${from}.text()`;
      case "struct":
        return `${type.language}.__abi_take(${inner(type, from)})`;
      case "array":
        return `${this.#takeArray(type)}(${from})`;
    }
  }

  /** A statement that puts a value into an encoder. */
  put(type: AbiType, to: string, value: string): string {
    switch (type.kind) {
      case "word":
        return `${to}.${type.codec}(${[value, type.size ?? []].flat().join(", ")});`;
      case "bytes":
        return `${to}.bytes(${value});`;
      case "string":
        return `${to}.text(${value});`;
      case "struct":
        return `${value}.__abi_put(${inner(type, to)});`;
      case "array":
        return `${this.#putArray(type)}(${to}, ${value});`;
    }
  }

  putAll(values: readonly Value[], to: string, prefix: string): string {
    return values.map(({ name, type }) => this.put(type, to, `${prefix}${name}`)).join("\n    ");
  }

  #takeArray(type: AbiType & { readonly kind: "array" }): string {
    const name = `__abi_take${identifier(type)}`;
    const { element, length, language } = type;
    const isFixed = length !== undefined;
    const from = isFixed ? inner(type, "from") : `from.array(${wordsOf(element)})`;
    const count = isFixed ? String(length) : "input.count";
    return this.#define(name, () => {
      const taken = this.take(element, "input");
      return `function ${name}(from: __abi_Decoder): ${language} {
  const input = ${from};
  const values = new ${language}(${count});
  for (let i = 0; i < ${count}; i++) values[i] = ${taken};
  return values;
}`;
    });
  }

  #putArray(type: AbiType & { readonly kind: "array" }): string {
    const name = `__abi_put${identifier(type)}`;
    const { element, length, language } = type;
    const into =
      length === undefined ? `to.array(values.length, ${wordsOf(element)})` : inner(type, "to");
    // A list of another length would leave words out.
    const check =
      length === undefined ? "" : `if (values.length != ${length}) __abi_panic(__abi_PANIC_INDEX);`;
    return this.#define(name, () => {
      const put = this.put(element, "output", "values[i]");
      return `function ${name}(to: __abi_Encoder, values: ${language}): void {
  ${check}
  const output = ${into};
  for (let i = 0; i < values.length; i++) { ${put} }
}`;
    });
  }

  #define(name: string, text: () => string): string {
    if (!this.#functions.has(name)) {
      // Claims the name first: the text may define functions of its own.
      this.#functions.set(name, "");
      this.#functions.set(name, text());
    }
    return name;
  }
}

/** Where the parts of a fixed array or a struct lie: in place, or behind an offset. */
function inner(type: AbiType, coder: string): string {
  if (!isDynamic(type)) return coder;
  const words =
    type.kind === "struct"
      ? wordsOfAll(type.fields)
      : type.kind === "array" && type.length !== undefined
        ? type.length * wordsOf(type.element)
        : 1;
  return `${coder}.tuple(${words})`;
}

/** A name for the functions of an array. */
function identifier(type: AbiType): string {
  if (type.kind === "array") return `${identifier(type.element)}_${type.length ?? "n"}`;
  return type.kind === "struct" ? `_${type.language}` : `_${type.solidity}`;
}
