import type { FrameProfiler } from "../host/profile.ts";
import { Unavailable } from "../types/errors.ts";
import { METER_EXPORTS } from "../wasm/instrument/meterNames.ts";
import { STACK_BYTES_PER_TRANSACTION } from "../wasm/limits.ts";
import { profilerFunction } from "../wasm/profilerFunction.ts";
import { Interpreter, type Snapshot } from "./interpreter.ts";
import { OPERATION_MARK, openFiles, runningOperation, textAt } from "./phpMemory.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * How many positions a line of a source has in a table of lines (runtime/host/lineTable.ts): one for each operation of
 * its function, so that a line's hits are those of the operation that ran most.
 */
export const POSITIONS_PER_LINE = 4_096;

/** How the interpreter names the code of a contract, which the SDK's `Source` evaluates. */
const CONTRACT_CODE = /^\/sdk\/Source\.php\(\d+\) : eval\(\)'d code$/;

export function isContractCode(file: string): boolean {
  return CONTRACT_CODE.test(file);
}

/** Code whose function has two operations, in its second line. */
const CHECK = "function delchain_check($given) {\n  return $given + 1;\n}\ndelchain_check(1);";
const CHECK_LINES = "2,2";
const CHECK_INK = 1e12;

/**
 * An instance of the interpreter whose loop tells what it carries out. It counts the same gas as every other, and
 * decides nothing: queries that ask for a profile run in it.
 */
export class ProfiledInterpreter extends Interpreter {
  /** Told of each operation of the contract's functions; what they call of the SDK counts for them. */
  profiler: FrameProfiler | undefined;
  #tell: (ink: number) => void = (ink) => this.#tellLine(ink);
  /** By pointer: whether code of this file is the contract's. */
  #files = new Map<number, boolean>();
  /** The contract's code is open. */
  #isInside = false;

  constructor(module: WebAssembly.Module, surroundings: Surroundings) {
    super(module, surroundings);
    const table = this.exports[METER_EXPORTS.profiler] as WebAssembly.Table;
    const reach = (mark: number, ink: number) => {
      if (mark === OPERATION_MARK) this.#tell(ink);
    };
    table.set(0, profilerFunction(reach));
  }

  override restore(snapshot: Snapshot): void {
    super.restore(snapshot);
    this.#files = new Map();
    this.#isInside = false;
  }

  /** Throws `Unavailable` for an interpreter whose memory is not as phpMemory.ts says. */
  check(snapshot: Snapshot): void {
    const lines: number[] = [];
    this.restore(snapshot);
    this.ink = CHECK_INK;
    this.stackLeft = STACK_BYTES_PER_TRANSACTION;
    this.#tell = () => {
      const { name, line } = runningOperation(this);
      if (textAt(this, name) === "delchain_check") lines.push(line);
    };
    this.exports.zend_eval_string(this.writeText(CHECK), 0, this.writeText("check"));
    this.#tell = (ink) => this.#tellLine(ink);
    if (String(lines) === CHECK_LINES) return;
    throw new Unavailable(
      "php",
      `the interpreter's lines are not where phpMemory.ts looks for them: ${lines} in place of ${CHECK_LINES}`,
    );
  }

  #tellLine(ink: number): void {
    const { line, place, name, file } = runningOperation(this);
    // Code outside of functions declares them, before a contract is called.
    if (name !== 0 && this.#isContract(file)) {
      this.#isInside = true;
      const position = line * POSITIONS_PER_LINE + Math.min(place, POSITIONS_PER_LINE - 1);
      this.profiler?.reach(position, ink);
    } else if (this.#isInside && !this.#isCalledByContract()) {
      this.#isInside = false;
      this.profiler?.leave(ink);
    }
  }

  #isCalledByContract(): boolean {
    for (const file of openFiles(this)) if (this.#isContract(file)) return true;
    return false;
  }

  #isContract(file: number): boolean {
    let known = this.#files.get(file);
    if (known === undefined) {
      known = isContractCode(textAt(this, file));
      this.#files.set(file, known);
    }
    return known;
  }
}
