import type { Key } from "./keys.ts";

/**
 * What one block writes, all or nothing. Each key stands once, with its last value; `undefined` deletes it. While
 * the database is writing it, the batch answers for its keys.
 */
export class Batch {
  // Byte strings, one character a byte: equal keys are then equal map keys.
  readonly #changes = new Map<string, Uint8Array | undefined>();

  put(key: Key, value: Uint8Array): void {
    this.#changes.set(toText(key), value);
  }

  delete(key: Key): void {
    this.#changes.set(toText(key), undefined);
  }

  has(key: Key): boolean {
    return this.#changes.has(toText(key));
  }

  get(key: Key): Uint8Array | undefined {
    return this.#changes.get(toText(key));
  }

  /** Everything of `other` on top of this. */
  append(other: Batch): void {
    for (const [key, value] of other.#changes) this.#changes.set(key, value);
  }

  *entries(): Generator<[Key, Uint8Array | undefined]> {
    for (const [key, value] of this.#changes) yield [Buffer.from(key, "latin1"), value];
  }

  get size(): number {
    return this.#changes.size;
  }
}

function toText(key: Key): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
