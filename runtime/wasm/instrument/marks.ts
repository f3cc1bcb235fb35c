import type { Mark } from "../../host/profile.ts";
import type { Additions } from "./additions.ts";
import type { ByteWriter } from "./byteWriter.ts";
import { OP } from "./coreOps.ts";
import type { Instruction } from "./instructions.ts";
import type { ModuleParts } from "./moduleParts.ts";
import type { PriceClass } from "./opcode.ts";
import { F64, I32 } from "./valueTypes.ts";

const I32_CONST = 0x41;
const F64_CONVERT_I64_S = 0xb9;

/** Of instructions that trap by themselves, or whose price is known only when they run. */
const MARKED: ReadonlySet<PriceClass> = new Set<PriceClass>([
  "divide",
  "convert",
  "call",
  "callIndirect",
  "table",
  "bulk",
  "grow",
]);

type OpenMark = {
  readonly positions: number[];
  readonly inks: number[];
  readonly kind: Mark["kind"];
};

/**
 * What a module that is to be profiled tells: at the start of each segment, before each instruction of `MARKED` and
 * before each `unreachable`, it passes its place in this list and the gas that is left to a function in a table of
 * its own. A table, because an import would move the index of every function.
 */
export class Marks {
  readonly list: Mark[] = [];
  readonly #additions: Additions;
  readonly #table: number;
  readonly #importedFunctions: number;
  #segment: OpenMark = { positions: [], inks: [], kind: "segment" };

  constructor(additions: Additions, { tables, importedFunctions }: ModuleParts) {
    this.#additions = additions;
    this.#table = tables.length;
    this.#importedFunctions = importedFunctions;
  }

  /** Begins a segment; answers its place in the list. */
  begin(): number {
    this.#segment = { positions: [], inks: [], kind: "segment" };
    return this.list.push(this.#segment) - 1;
  }

  /** An instruction of the segment that began last. */
  add(position: number, ink: number): void {
    this.#segment.positions.push(position);
    this.#segment.inks.push(ink);
  }

  /** The place of an instruction within its segment that has a mark of its own; `undefined` for others. */
  within({ code, opcode, first }: Instruction): number | undefined {
    if (code !== OP.unreachable && !MARKED.has(opcode.price)) return undefined;
    const positions = this.#segment.positions.slice();
    const isHostCall = code === OP.call && first < this.#importedFunctions;
    const isCall = opcode.price === "call" || opcode.price === "callIndirect";
    const kind = isCall && !isHostCall ? "call" : "within";
    return this.list.push({ positions, inks: [], kind }) - 1;
  }

  /** Calls the profiler; `gas` is the local that holds what is left. */
  write(out: ByteWriter, mark: number, gas: number): void {
    out.byte(I32_CONST);
    out.signed(mark);
    out.byte(OP.localGet);
    out.u32(gas);
    out.put(F64_CONVERT_I64_S, I32_CONST, 0, OP.callIndirect);
    out.u32(this.#additions.type([I32, F64], []));
    out.u32(this.#table);
  }
}
