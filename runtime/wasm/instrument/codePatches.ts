import { ByteWriter } from "./byteWriter.ts";

/** A place in the code where something may be put later, when it is known. */
export type Patch = {
  readonly at: number;
  /** How many loops it lies in: what stands there runs that much more often. */
  readonly loopDepth: number;
  code: Uint8Array | undefined;
};

/** Code that is written front to back, with places left open. */
export class PatchedCode {
  readonly out: ByteWriter = new ByteWriter();
  readonly #patches: Patch[] = [];

  open(loopDepth: number): Patch {
    const patch: Patch = { at: this.out.length, loopDepth, code: undefined };
    this.#patches.push(patch);
    return patch;
  }

  /** The whole, patches in the order in which they were opened. */
  writeTo(target: ByteWriter): void {
    let from = 0;
    for (const { at, code } of this.#patches) {
      if (code === undefined) continue;
      target.copy(this.out.view(from, at));
      target.copy(code);
      from = at;
    }
    target.copy(this.out.view(from));
  }
}
