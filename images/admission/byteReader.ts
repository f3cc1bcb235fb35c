const EMPTY = new Uint8Array(0);

/** Reads pieces of any size as a caller wants them, without keeping more than one. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = EMPTY;
  #position = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  /** Lets go of where the pieces come from: files stay open until then. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  /** 1 to `max` bytes, or none at the end. */
  async some(max: number): Promise<Uint8Array> {
    while (this.#piece.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done) return EMPTY;
      this.#piece = value;
    }
    const part = this.#piece.subarray(0, max);
    this.#piece = this.#piece.subarray(part.length);
    this.#position += part.length;
    return part;
  }

  /** So many bytes; fewer only at the end. */
  async exactly(count: number): Promise<Uint8Array> {
    const first = await this.some(count);
    if (first.length === count || first.length === 0) return first;
    const parts = [first];
    for (let missing = count - first.length; missing > 0; ) {
      const part = await this.some(missing);
      if (part.length === 0) break;
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }
}
