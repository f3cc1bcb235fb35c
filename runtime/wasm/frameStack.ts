import type { Frame } from "../host/api.ts";
import type { FrameBudget } from "./guestFrame.ts";
import { STACK_BYTES_PER_FRAME, STACK_BYTES_PER_TRANSACTION } from "./limits.ts";

/** What the frames above one need to know of it, whichever tier of this engine it runs in. */
export type OpenFrame = {
  readonly host: { readonly frame: Frame };
  readonly budget: FrameBudget;
  /** Bytes of logical stack left when the guest called the host. */
  readonly stackLeft: number;
  /** Pages of memory open in this frame and those below it. */
  readonly pages: number;
};

/**
 * The frames that are open on this engine in the running transaction, and what they leave to the next. Tiers that
 * nest on one native stack share one.
 */
export class FrameStack {
  readonly #frames: OpenFrame[] = [];

  /** Pages of memory open in all of them. */
  get pages(): number {
    return this.#frames.at(-1)?.pages ?? 0;
  }

  /** What a new frame may use. Its parent is paused in a call, so its stack counter is true. */
  budget(
    frame: Frame,
    firstPages: number,
    stackBytes: number = STACK_BYTES_PER_FRAME,
  ): FrameBudget {
    const parent = this.#frames.at(-1);
    const transactionStackBytes =
      parent === undefined
        ? STACK_BYTES_PER_TRANSACTION
        : parent.budget.transactionStackBytes - (parent.budget.stackBytes - parent.stackLeft);
    return {
      transactionStackBytes,
      stackBytes: Math.min(stackBytes, transactionStackBytes),
      pages: this.pages + firstPages,
      isReentrant: this.#activations(frame) > 0,
    };
  }

  push(frame: OpenFrame): void {
    this.#frames.push(frame);
  }

  pop(): void {
    this.#frames.pop();
  }

  /**
   * How often `frame`'s contract is active below it. A delegate call works for the contract that made it: a chain
   * of delegate calls is one activation.
   */
  #activations(frame: Frame): number {
    let inChain = isDelegate(frame);
    let depth = frame.depth;
    let count = 0;
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const below = (this.#frames[i] as OpenFrame).host.frame;
      const sameTarget = below.target === frame.target;
      // The caller of a delegate call, directly below it, is the same activation.
      inChain &&= sameTarget && below.depth === depth - 1;
      if (sameTarget && !inChain) count++;
      depth = below.depth;
      inChain &&= isDelegate(below);
    }
    return count;
  }
}

function isDelegate({ target, codeAddress }: Frame): boolean {
  return target !== codeAddress;
}
