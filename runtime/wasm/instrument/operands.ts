import type { NanMark } from "./nans.ts";
import { stackBytes } from "./valueTypes.ts";

/** The operand stack as validation sees it: types, and what is known of each value's NaN bits. */
export class OperandStack {
  readonly #types: number[] = [];
  readonly #marks: (NanMark | undefined)[] = [];
  #bytes = 0;
  /** The most bytes that it ever held. */
  maxBytes = 0;

  get height(): number {
    return this.#types.length;
  }

  push(type: number, mark?: NanMark): void {
    this.#types.push(type);
    this.#marks.push(mark);
    this.#bytes += stackBytes(type);
    if (this.#bytes > this.maxBytes) this.maxBytes = this.#bytes;
  }

  /** The type of the value that is taken away. The caller has checked that there is one. */
  pop(): number {
    this.#marks.pop();
    const type = this.#types.pop() as number;
    this.#bytes -= stackBytes(type);
    return type;
  }

  /** What is known of the value `below` the top (0). */
  mark(below = 0): NanMark | undefined {
    return this.#marks[this.#marks.length - 1 - below];
  }

  clearMark(below: number): void {
    this.#marks[this.#marks.length - 1 - below] = undefined;
  }

  cutTo(height: number): void {
    while (this.#types.length > height) this.pop();
  }
}
