import { NUMERIC_GROUPS } from "./numericOpcodes.ts";
import { type Opcode, type OpcodeGroup, PREFIX_FC } from "./opcode.ts";
import { SIMD_GROUPS } from "./simdOpcodes.ts";
import { F32, F64, FUNCREF, I32, I64, V128 } from "./valueTypes.ts";

const TABLE_SIZE = 0x300;

const CONTROL: readonly OpcodeGroup[] = [
  { first: 0x00, names: "unreachable nop", signature: ":", price: "free" },
  { first: 0x02, names: "block loop", signature: ":", price: "free", immediate: "block" },
  { first: 0x04, names: "if", signature: "i:", price: "branch", immediate: "block" },
  { first: 0x05, names: "else", signature: ":", price: "free" },
  { first: 0x0b, names: "end", signature: ":", price: "free" },
  { first: 0x0c, names: "br", signature: ":", price: "branch", immediate: "label" },
  { first: 0x0d, names: "br_if", signature: "i:", price: "branch", immediate: "label" },
  { first: 0x0e, names: "br_table", signature: "i:", price: "branchTable", immediate: "labels" },
  { first: 0x0f, names: "return", signature: ":", price: "branch" },
  { first: 0x10, names: "call", signature: ":", price: "call", immediate: "function" },
  {
    first: 0x11,
    names: "call_indirect",
    signature: "i:",
    price: "callIndirect",
    immediate: "indirect",
  },
  { first: 0x12, names: "return_call", signature: ":", price: "call", immediate: "function" },
  {
    first: 0x13,
    names: "return_call_indirect",
    signature: "i:",
    price: "callIndirect",
    immediate: "indirect",
  },
];

// Operands and results of these depend on where they stand; body.ts and operands.ts know them.
const PARAMETRIC: readonly OpcodeGroup[] = [
  { first: 0x1a, names: "drop select", signature: ":", price: "simple" },
  { first: 0x1c, names: "select_t", signature: ":", price: "simple", immediate: "types" },
  { first: 0x20, names: "local.get", signature: ":", price: "local", immediate: "local" },
  { first: 0x21, names: "local.set local.tee", signature: ":", price: "local", immediate: "local" },
  {
    first: 0x23,
    names: "global.get global.set",
    signature: ":",
    price: "global",
    immediate: "global",
  },
  { first: 0x25, names: "table.get", signature: "i:r", price: "table", immediate: "table" },
  { first: 0x26, names: "table.set", signature: "ir:", price: "tableWrite", immediate: "table" },
  { first: 0x3f, names: "memory.size", signature: ":i", price: "global", immediate: "memory" },
  { first: 0x40, names: "memory.grow", signature: "i:i", price: "grow", immediate: "memory" },
  {
    first: 0xd0,
    names: "ref.null",
    signature: ":",
    price: "reference",
    immediate: "referenceType",
  },
  { first: 0xd1, names: "ref.is_null", signature: "r:i", price: "reference" },
  { first: 0xd2, names: "ref.func", signature: ":r", price: "reference", immediate: "function" },
];

const BULK: readonly OpcodeGroup[] = [
  {
    first: PREFIX_FC + 8,
    names: "memory.init",
    signature: "iii:",
    price: "bulk",
    immediate: "dataMemory",
  },
  { first: PREFIX_FC + 9, names: "data.drop", signature: ":", price: "bulk", immediate: "data" },
  {
    first: PREFIX_FC + 10,
    names: "memory.copy",
    signature: "iii:",
    price: "bulk",
    immediate: "memoryMemory",
  },
  {
    first: PREFIX_FC + 11,
    names: "memory.fill",
    signature: "iii:",
    price: "bulk",
    immediate: "memory",
  },
  {
    first: PREFIX_FC + 12,
    names: "table.init",
    signature: "iii:",
    price: "bulk",
    immediate: "elementTable",
  },
  {
    first: PREFIX_FC + 13,
    names: "elem.drop",
    signature: ":",
    price: "bulk",
    immediate: "element",
  },
  {
    first: PREFIX_FC + 14,
    names: "table.copy",
    signature: "iii:",
    price: "bulk",
    immediate: "tableTable",
  },
  {
    first: PREFIX_FC + 15,
    names: "table.grow",
    signature: "ri:i",
    price: "bulk",
    immediate: "table",
  },
  {
    first: PREFIX_FC + 16,
    names: "table.size",
    signature: ":i",
    price: "table",
    immediate: "table",
  },
  {
    first: PREFIX_FC + 17,
    names: "table.fill",
    signature: "iri:",
    price: "bulk",
    immediate: "table",
  },
];

const LETTERS: Readonly<Record<string, number>> = {
  i: I32,
  I: I64,
  f: F32,
  F: F64,
  v: V128,
  r: FUNCREF,
};

function buildTable(): readonly (Opcode | undefined)[] {
  const table = new Array<Opcode | undefined>(TABLE_SIZE).fill(undefined);
  for (const group of [...CONTROL, ...PARAMETRIC, ...NUMERIC_GROUPS, ...BULK, ...SIMD_GROUPS]) {
    const [operands = "", result = ""] = group.signature.split(":");
    let code = group.first;
    for (const name of group.names.split(" ")) {
      if (name !== "-") {
        table[code] = {
          name,
          immediate: group.immediate ?? "none",
          operands: [...operands].map((letter) => LETTERS[letter] as number),
          result: LETTERS[result],
          price: group.price,
          nan: group.nan ?? {},
        };
      }
      code++;
    }
  }
  return table;
}

/** The whitelist: an instruction that is not in here is refused. Index: opcode, or prefix plus second byte. */
export const OPCODES: readonly (Opcode | undefined)[] = buildTable();
