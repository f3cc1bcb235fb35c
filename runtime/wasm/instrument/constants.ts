import type { ByteReader } from "./byteReader.ts";
import { ByteWriter } from "./byteWriter.ts";
import { newInstruction, readInstruction } from "./instructions.ts";
import { refusedOpcode } from "./invalidModule.ts";
import type { ModuleLimits } from "./limits.ts";

const END = 0x0b;
const REF_FUNC = 0xd2;

// Constants, global.get, references, and the integer arithmetic of extended constant expressions.
const ALLOWED: ReadonlySet<string> = new Set([
  "i32.const",
  "i64.const",
  "f32.const",
  "f64.const",
  "v128.const",
  "global.get",
  "ref.null",
  "ref.func",
  "i32.add",
  "i32.sub",
  "i32.mul",
  "i64.add",
  "i64.sub",
  "i64.mul",
]);

/** Reads constant expressions and puts the new index wherever they refer to a function. */
export class ConstantReader {
  readonly #limits: ModuleLimits;
  readonly #referTo: (index: number, reader: ByteReader) => number;
  readonly #instruction = newInstruction();

  constructor(limits: ModuleLimits, referTo: (index: number, reader: ByteReader) => number) {
    this.#limits = limits;
    this.#referTo = referTo;
  }

  /** The expression's bytes, its `end` included. */
  read(reader: ByteReader): Uint8Array {
    const out = new ByteWriter();
    const instruction = this.#instruction;
    for (;;) {
      readInstruction(reader, instruction, this.#limits);
      if (instruction.code === END) break;
      const { name } = instruction.opcode;
      if (!ALLOWED.has(name)) throw refusedOpcode(name, instruction.start);
      if (instruction.code === REF_FUNC) {
        out.byte(REF_FUNC);
        out.u32(this.#referTo(instruction.first, reader));
      } else {
        out.copyRange(reader.bytes, instruction.start, instruction.end);
      }
    }
    out.byte(END);
    return out.finish();
  }

  /** A bare function index, as the short forms of element segments have it. */
  readFunctionIndex(reader: ByteReader): number {
    return this.#referTo(reader.u32(), reader);
  }
}
