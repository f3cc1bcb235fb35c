import { ByteWriter } from "../instrument/byteWriter.ts";
import { PREFIX_FC, PREFIX_FD } from "../instrument/opcode.ts";
import { OPCODES } from "../instrument/opcodes.ts";

/** The parts of a module for a test, in the order of the binary format; what is left out is not there. */
export type ModuleSketch = {
  /** `parameters:results` in letters: i I f F v, r for funcref, x for externref. */
  readonly types?: readonly string[];
  readonly imports?: readonly {
    readonly module: string;
    readonly name: string;
    readonly what: number[];
  }[];
  /** Type index, locals (count and letter) and instructions of each function. */
  readonly functions?: readonly {
    readonly type: number;
    readonly locals?: readonly (readonly [number, string])[];
    readonly code: readonly number[];
  }[];
  readonly tables?: readonly number[][];
  readonly memories?: readonly number[][];
  readonly globals?: readonly number[][];
  readonly exports?: readonly {
    readonly name: string;
    readonly kind: number;
    readonly index: number;
  }[];
  readonly start?: number;
  readonly elements?: readonly number[][];
  readonly dataCount?: number;
  readonly data?: readonly number[][];
};

const LETTERS: Readonly<Record<string, number>> = {
  i: 0x7f,
  I: 0x7e,
  f: 0x7d,
  F: 0x7c,
  v: 0x7b,
  r: 0x70,
  x: 0x6f,
};

const CODES: ReadonlyMap<string, number> = new Map(
  OPCODES.flatMap((opcode, code) => (opcode ? [[opcode.name, code] as const] : [])),
);

/** The bytes of instructions: a name, or a name and its immediates as bytes. */
export function code(
  ...instructions: readonly (string | readonly [string, ...number[]])[]
): number[] {
  return instructions.flatMap((instruction) => {
    const [name, ...immediates] = typeof instruction === "string" ? [instruction] : instruction;
    const index = CODES.get(name);
    if (index === undefined) throw new Error(`there is no instruction ${name}`);
    if (index >= PREFIX_FD) return [0xfd, ...leb(index - PREFIX_FD), ...immediates];
    if (index >= PREFIX_FC) return [0xfc, ...leb(index - PREFIX_FC), ...immediates];
    return [index, ...immediates];
  });
}

/** An unsigned integer in LEB128. */
export function leb(value: number): number[] {
  const out = new ByteWriter();
  out.u32(value);
  return [...out.view()];
}

/** A signed integer in LEB128. */
export function sleb(value: number): number[] {
  const out = new ByteWriter();
  out.signed(value);
  return [...out.view()];
}

/** A module's bytes. Function bodies get their closing `end` here. */
export function buildModule(sketch: ModuleSketch): Uint8Array {
  const out = new ByteWriter();
  out.put(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  const types = (letters: string): number[] =>
    [...letters].map((letter) => LETTERS[letter] as number);
  const text = (value: string): number[] => [
    ...leb(value.length),
    ...new TextEncoder().encode(value),
  ];
  section(out, 1, sketch.types, (signature) => {
    const [parameters = "", results = ""] = signature.split(":");
    const list = (letters: string): number[] => [...leb(letters.length), ...types(letters)];
    return [0x60, ...list(parameters), ...list(results)];
  });
  section(out, 2, sketch.imports, ({ module, name, what }) => [
    ...text(module),
    ...text(name),
    ...what,
  ]);
  section(out, 3, sketch.functions, ({ type }) => leb(type));
  section(out, 4, sketch.tables, (table) => table);
  section(out, 5, sketch.memories, (memory) => memory);
  section(out, 6, sketch.globals, (global) => global);
  section(out, 7, sketch.exports, ({ name, kind, index }) => [...text(name), kind, ...leb(index)]);
  if (sketch.start !== undefined) raw(out, 8, leb(sketch.start));
  section(out, 9, sketch.elements, (segment) => segment);
  if (sketch.dataCount !== undefined) raw(out, 12, leb(sketch.dataCount));
  section(out, 10, sketch.functions, ({ locals = [], code: body }) => {
    const groups = locals.flatMap(([count, letter]) => [...leb(count), ...types(letter)]);
    const bytes = [...leb(locals.length), ...groups, ...body, 0x0b];
    return [...leb(bytes.length), ...bytes];
  });
  section(out, 11, sketch.data, (segment) => segment);
  return out.finish();
}

function section<T>(
  out: ByteWriter,
  id: number,
  items: readonly T[] | undefined,
  encode: (item: T) => readonly number[],
): void {
  if (items === undefined) return;
  const content = new ByteWriter();
  content.u32(items.length);
  for (const item of items) content.copy(encode(item));
  out.byte(id);
  out.text(content.view());
}

function raw(out: ByteWriter, id: number, content: readonly number[]): void {
  out.byte(id);
  out.u32(content.length);
  out.copy(content);
}

/** A contract with nothing in it, which passes every check; tests change one part of it. */
export const EMPTY_CONTRACT: ModuleSketch = {
  types: ["i:i"],
  functions: [{ type: 0, code: code(["i32.const", 0]) }],
  memories: [[0, 1]],
  exports: [
    { name: "memory", kind: 2, index: 0 },
    { name: "user_entrypoint", kind: 0, index: 0 },
  ],
};
