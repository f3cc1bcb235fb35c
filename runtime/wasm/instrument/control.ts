import type { ByteReader } from "./byteReader.ts";
import { OP } from "./coreOps.ts";

/** A block, loop, if or the function itself, from its start to its `end`. */
export type Control = {
  /** `OP.block`, `OP.loop`, `OP.if`, or `OP.end` for the function. */
  readonly kind: number;
  /** Operands that lie below it. */
  readonly height: number;
  readonly parameters: readonly number[];
  readonly results: readonly number[];
  /** Whether control may arrive at its end by a branch. */
  joined: boolean;
};

/** The blocks that are open, the function outermost. */
export class ControlStack {
  readonly #open: Control[] = [];
  /** How many of them are loops. */
  loopDepth = 0;

  get depth(): number {
    return this.#open.length;
  }

  get innermost(): Control {
    return this.#open[this.#open.length - 1] as Control;
  }

  open(control: Control): void {
    this.#open.push(control);
    if (control.kind === OP.loop) this.loopDepth++;
  }

  close(): Control {
    const control = this.#open.pop() as Control;
    if (control.kind === OP.loop) this.loopDepth--;
    return control;
  }

  /** The block that a branch of `label` ends or, for a loop, begins anew. */
  target(label: number, reader: ByteReader): Control {
    const control = this.#open[this.#open.length - 1 - label];
    if (control === undefined) throw reader.malformed(`there is no label ${label}`);
    if (control.kind !== OP.loop) control.joined = true;
    return control;
  }
}

/** The values that a branch to it carries. */
export function labelTypes(control: Control): readonly number[] {
  return control.kind === OP.loop ? control.parameters : control.results;
}
