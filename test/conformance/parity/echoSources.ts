import { toFunctionSelector } from "viem";
import { isDynamic, parseType, type TypeNode, wordsOf } from "./abiTypes.ts";

// Contracts in every language whose method `echo0`, `echo1`, … decodes values of a list of types and encodes them
// again: what an SDK makes of any type of the ABI shows in the bytes.

/** The types that one method takes and returns. */
export type Echo = readonly string[];

function echoSignature(echo: Echo, index: number): string {
  return `echo${index}(${echo.join(",")})`;
}

/** The calldata's selector, `0x` and eight digits. */
export function echoSelector(echo: Echo, index: number): `0x${string}` {
  return toFunctionSelector(echoSignature(echo, index));
}

function words(echo: Echo): number {
  return echo.reduce((sum, type) => sum + wordsOf(parseType(type)), 0);
}

/** Names tuples in the order in which they are met, inner ones first. */
class Structs {
  readonly #names = new Map<
    string,
    { readonly name: string; readonly fields: readonly string[] }
  >();
  readonly #nameOf: (type: TypeNode) => string;

  constructor(nameOf: (type: TypeNode) => string) {
    this.#nameOf = nameOf;
  }

  name(type: TypeNode & { readonly kind: "tuple" }): string {
    const fields = type.fields.map(this.#nameOf);
    const key = fields.join(";");
    const known = this.#names.get(key);
    if (known !== undefined) return known.name;
    const name = `S${this.#names.size}`;
    this.#names.set(key, { name, fields });
    return name;
  }

  list(): readonly { readonly name: string; readonly fields: readonly string[] }[] {
    return [...this.#names.values()];
  }
}

/** The oracle: solc's own decoder and encoder. */
export function echoSolidity(echoes: readonly Echo[], from = 0): string {
  const nameOf = (type: TypeNode): string => {
    if (type.kind === "array") return `${nameOf(type.element)}[${type.length ?? ""}]`;
    return type.kind === "tuple" ? structs.name(type) : type.name;
  };
  const structs = new Structs(nameOf);
  const parameter = (text: string): string => {
    const type = parseType(text);
    return type.kind === "word" ? nameOf(type) : `${nameOf(type)} memory`;
  };
  const methods = echoes.map((echo, i) => {
    const takes = echo.map((type, at) => `${parameter(type)} a${at}`).join(", ");
    const gives = echo.map(parameter).join(", ");
    const values = echo.map((_, at) => `a${at}`).join(", ");
    return `  function echo${from + i}(${takes}) external pure returns (${gives}) { return (${values}); }`;
  });
  const declared = structs
    .list()
    .map(
      ({ name, fields }) => `  struct ${name} { ${fields.map((f, i) => `${f} f${i};`).join(" ")} }`,
    );
  return `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
contract Echo {
${[...declared, ...methods].join("\n")}
}
`;
}

/** One source for both tiers. */
export function echoC(echoes: readonly Echo[]): string {
  const handlers = echoes.map((echo, i) => {
    const body = echo.map((type) => moveC(parseType(type), 0)).join(" ");
    return `static void echo${i}(void) {
  dc_decoder in0 = dc_inputs();
  dc_encoder out0 = dc_encode(${words(echo)});
  ${body}
  dc_result_encoded(&out0);
}`;
  });
  const methods = echoes.map((echo, i) => {
    const signature = `function echo${i}(${echo.join(",")}) returns (${echo.join(",")})`;
    return `  DC_METHOD(${echoSelector(echo, i)}, echo${i}, "${signature}")`;
  });
  return `#include "contract.h"
${handlers.join("\n")}
DC_CONTRACT(
${methods.join("\n")}
)
`;
}

/** Statements that take a value off `in<depth>` and put it into `out<depth>`. */
function moveC(type: TypeNode, depth: number): string {
  const [from, to] = [`&in${depth}`, `&out${depth}`];
  if (type.kind === "bytes") return `dc_encode_bytes(${to}, dc_decode_bytes(${from}));`;
  if (type.kind === "word") return wordC(type.name, from, to);
  const inner = depth + 1;
  const parts = (): string =>
    type.kind === "tuple"
      ? type.fields.map((field) => moveC(field, inner)).join(" ")
      : `for (size_t i = 0; i < ${type.length}; i++) { ${moveC(type.element, inner)} }`;
  if (type.kind === "array" && type.length === undefined) {
    const size = wordsOf(type.element);
    return `{ size_t count; dc_decoder in${inner} = dc_decode_array(${from}, ${size}, &count);
    dc_encoder out${inner} = dc_encode_array(${to}, count, ${size});
    for (size_t i = 0; i < count; i++) { ${moveC(type.element, inner)} } }`;
  }
  if (!isDynamic(type)) {
    return type.kind === "tuple"
      ? type.fields.map((field) => moveC(field, depth)).join(" ")
      : `for (size_t i = 0; i < ${(type as { length: number }).length}; i++) { ${moveC((type as { element: TypeNode }).element, depth)} }`;
  }
  const size =
    type.kind === "tuple"
      ? type.fields.reduce((sum, field) => sum + wordsOf(field), 0)
      : (type.length as number) * wordsOf(type.element);
  return `{ dc_decoder in${inner} = dc_decode_tuple(${from}, ${size});
    dc_encoder out${inner} = dc_encode_tuple(${to}, ${size}); ${parts()} }`;
}

function wordC(name: string, from: string, to: string): string {
  if (name === "bool") return `dc_encode_bool(${to}, dc_decode_bool(${from}));`;
  if (name === "address") return `dc_encode_address(${to}, dc_decode_address(${from}));`;
  const size = Number(/\d+$/.exec(name)?.[0]);
  if (name.startsWith("bytes")) return `dc_encode_fixed(${to}, dc_decode_fixed(${from}, ${size}));`;
  const isSigned = name.startsWith("int");
  if (size > 64)
    return `dc_encode_u256(${to}, dc_decode_${isSigned ? "int" : "uint"}(${from}, ${size}));`;
  const own = isSigned ? "i64" : "u64";
  return `dc_encode_${own}(${to}, dc_decode_${own}(${from}, ${size}));`;
}

export function echoAssemblyScript(echoes: readonly Echo[]): string {
  const nameOf = (type: TypeNode): string => {
    if (type.kind === "array") {
      return `${type.length === undefined ? "Array" : `Fixed${type.length}`}<${nameOf(type.element)}>`;
    }
    if (type.kind === "tuple") return structs.name(type);
    return { address: "Address", bytes: "Bytes" }[type.name] ?? type.name;
  };
  const structs = new Structs(nameOf);
  const results: string[] = [];
  const methods = echoes.map((echo, i) => {
    const types = echo.map((type) => nameOf(parseType(type)));
    const takes = types.map((type, at) => `a${at}: ${type}`).join(", ");
    if (types.length === 1) return `  @external echo${i}(${takes}): ${types[0]} { return a0; }`;
    const fields = types.map((type, at) => `readonly f${at}: ${type}`).join(", ");
    results.push(`@results class R${i} { constructor(${fields}) {} }`);
    const values = types.map((_, at) => `a${at}`).join(", ");
    return `  @external echo${i}(${takes}): R${i} { return new R${i}(${values}); }`;
  });
  const declared = structs.list().map(({ name, fields }) => {
    const parameters = fields.map((field, at) => `readonly f${at}: ${field}`).join(", ");
    return `@struct class ${name} { constructor(${parameters}) {} }`;
  });
  const names = new Set(
    [...methods, ...declared, ...results]
      .join(" ")
      .match(/\b(?:u?int\d+|bytes\d+|Address|Bytes|Fixed\d+)\b/g),
  );
  return `import { ${[...names].join(", ")} } from "@delchain/assemblyscript/assembly";
${[...declared, ...results].join("\n")}
@contract export class Echo {
${methods.join("\n")}
}
`;
}

export function echoNode(echoes: readonly Echo[]): string {
  const used = new Set(["contract", "external"]);
  const known = (name: string): string => {
    used.add(name);
    return name;
  };
  const typeOf = (type: TypeNode): string => {
    if (type.kind === "array") {
      const length = type.length === undefined ? "" : `, ${type.length}`;
      return `${known("array")}(${typeOf(type.element)}${length})`;
    }
    if (type.kind === "tuple") {
      const members = type.fields.map((field, at) => `f${at}: ${typeOf(field)}`);
      return `${known("struct")}({ ${members.join(", ")} })`;
    }
    const [, word = "", size] = /^(uint|int|bytes)(\d+)$/.exec(type.name) ?? [];
    if (size === undefined) return known(type.name);
    return `${known(word === "bytes" ? "fixedBytes" : word)}(${size})`;
  };
  const functions = echoes.map((echo, i) => {
    const types = echo.map((type) => typeOf(parseType(type)));
    const inputs = types.map((type, at) => `a${at}: ${type}`).join(", ");
    const names = types.map((_, at) => `a${at}`).join(", ");
    return `  echo${i}: external({ ${inputs} }, [${types.join(", ")}], ({ ${names} }) => [${names}]),`;
  });
  return `import { ${[...used].join(", ")} } from "@delchain/node";

export const echoes = contract({
${functions.join("\n")}
});
`;
}

export function echoPhp(echoes: readonly Echo[]): string {
  const methods = echoes.map((echo, i) => {
    const takes = echo.map((type, at) => `#[Type('${type}')] mixed $a${at}`).join(", ");
    const gives = echo.map((type) => `'${type}'`).join(", ");
    const values = echo.map((_, at) => `$a${at}`).join(", ");
    const value = echo.length === 1 ? values : `[${values}]`;
    return `    #[Returns(${gives})]
    public function echo${i}(${takes}): mixed
    {
        return ${value};
    }`;
  });
  return `<?php

declare(strict_types=1);

use DelChain\\{Contract, Returns, Type};

final class Echoes extends Contract
{
${methods.join("\n\n")}
}
`;
}
