import { InvalidInput } from "../types/errors.ts";
import { decodeFrame, type Frame, type InvalidFrame, tooShort } from "./frames.ts";
import { FRAME_BYTES_DEFAULT, FRAME_BYTES_MAX } from "./limits.ts";

const LENGTH_BYTES = 4;

/**
 * Cuts a byte stream into frames, whatever the pieces it comes in. A length above the limit is refused before
 * anything is allocated for it; at most one frame that has not yet arrived whole is held, in one buffer, so that a
 * frame sent byte by byte costs no more than the same frame at once.
 */
export class FrameReader {
  readonly #limit: number;
  readonly #head = new Uint8Array(LENGTH_BYTES);
  #headFilled = 0;
  #frame: Uint8Array | undefined;
  #frameFilled = 0;

  /** `limit`: the highest length field it takes, in bytes. */
  constructor(limit: number = FRAME_BYTES_DEFAULT) {
    if (limit > FRAME_BYTES_MAX) {
      throw new RangeError(`a frame limit of ${limit} bytes is above ${FRAME_BYTES_MAX}`);
    }
    this.#limit = limit;
  }

  /** Bytes of a frame that is not yet whole. */
  get held(): number {
    return this.#headFilled + this.#frameFilled;
  }

  /** The frames that `chunk` completes, in order. Throws `InvalidInput<InvalidFrame>`; the stream is then lost. */
  *push(chunk: Uint8Array): Generator<Frame> {
    let at = 0;
    while (at < chunk.length) {
      if (this.held === 0) {
        const end = this.#wholeFrameEnd(chunk, at);
        if (end !== undefined) {
          const frame = decodeFrame(chunk.subarray(at + LENGTH_BYTES, end));
          at = end;
          yield frame;
          continue;
        }
      }
      at = this.#collect(chunk, at);
      if (this.#frame && this.#frameFilled === this.#frame.length) yield this.#completed();
    }
  }

  /** The usual case, without a copy: the frame that begins at `at` ends in the same chunk. */
  #wholeFrameEnd(chunk: Uint8Array, at: number): number | undefined {
    if (chunk.length - at < LENGTH_BYTES) return undefined;
    const end = at + LENGTH_BYTES + this.#checkedLength(chunk, at);
    return end <= chunk.length ? end : undefined;
  }

  #collect(chunk: Uint8Array, from: number): number {
    let at = from;
    while (this.#headFilled < LENGTH_BYTES && at < chunk.length) {
      this.#head[this.#headFilled++] = chunk[at++] as number;
    }
    if (this.#headFilled < LENGTH_BYTES) return at;
    this.#frame ??= new Uint8Array(this.#checkedLength(this.#head, 0));
    const size = Math.min(this.#frame.length - this.#frameFilled, chunk.length - at);
    this.#frame.set(chunk.subarray(at, at + size), this.#frameFilled);
    this.#frameFilled += size;
    return at + size;
  }

  #completed(): Frame {
    const frame = decodeFrame(this.#frame as Uint8Array);
    this.#frame = undefined;
    this.#frameFilled = 0;
    this.#headFilled = 0;
    return frame;
  }

  #checkedLength(bytes: Uint8Array, at: number): number {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at, LENGTH_BYTES).getUint32(0);
    if (length > this.#limit) {
      throw new InvalidInput<InvalidFrame>(
        { code: "FRAME_TOO_LARGE", length, limit: this.#limit },
        `a frame's length is ${length} bytes; the limit is ${this.#limit}`,
      );
    }
    if (length < 9) throw tooShort(length);
    return length;
  }
}
