import { connect } from "node:net";
import type { Readable, Writable } from "node:stream";

/** u32 length | u8 type | u64 exchange | body (PROTOCOL.md, "Frame"). */
export type Frame = {
  readonly type: number;
  readonly exchange: bigint;
  readonly body: Uint8Array;
};

export const FRAME = { hello: 1, call: 2, hostCall: 3, hostReply: 4, result: 5, trap: 6 } as const;

/** Exit statuses when host or contract leave nothing to go on with: seen in the container's state only. */
export const EXIT = { done: 0, noContract: 64, stream: 70, protocol: 71 } as const;

/** The protocol's FRAME_BYTES_MAX: the host holds itself to the manifest's limit, which is never above it. */
const FRAME_BYTES_MAX: number = 16 * 1024 * 1024;
/** Type and exchange, the part of `length` that is no body. */
const HEADER_BYTES = 9;
const LENGTH_BYTES = 4;

/** Frames to and from the host. A broken stream or frame is the end of the program. */
export class FrameStream {
  readonly #output: Writable;
  #received: Buffer = Buffer.alloc(0);
  #ended = false;
  #changed: () => void = () => undefined;

  private constructor(input: Readable, output: Writable) {
    this.#output = output;
    input.on("data", (piece: Buffer) => {
      this.#received = Buffer.concat([this.#received, piece]);
      this.#changed();
    });
    input.on("close", () => {
      this.#ended = true;
      this.#changed();
    });
    for (const stream of [input, output]) stream.on("error", () => process.exit(EXIT.stream));
  }

  /** Opens the stream of DELCHAIN_CHANNEL. */
  static open(channel: string): FrameStream {
    if (!channel.startsWith("unix:")) return new FrameStream(process.stdin, process.stdout);
    const socket = connect(channel.slice("unix:".length));
    return new FrameStream(socket, socket);
  }

  send({ type, exchange, body }: Frame): void {
    const head = Buffer.alloc(LENGTH_BYTES + HEADER_BYTES);
    head.writeUInt32BE(HEADER_BYTES + body.length);
    head.writeUInt8(type, LENGTH_BYTES);
    head.writeBigUInt64BE(exchange, LENGTH_BYTES + 1);
    this.#output.write(Buffer.concat([head, body]));
  }

  /** Resolves when all that was sent has left the process. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#output.write("", () => resolve());
    });
  }

  /** Waits for one frame. The end of the stream before it is the end of the program. */
  async receive(): Promise<Frame> {
    for (;;) {
      const length = this.#frameLength();
      if (length !== undefined && this.#received.length >= LENGTH_BYTES + length) {
        return this.#take(length);
      }
      if (this.#ended) process.exit(this.#received.length === 0 ? EXIT.done : EXIT.stream);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  #frameLength(): number | undefined {
    if (this.#received.length < LENGTH_BYTES) return undefined;
    const length = this.#received.readUInt32BE();
    if (length < HEADER_BYTES || length > FRAME_BYTES_MAX) process.exit(EXIT.protocol);
    return length;
  }

  #take(length: number): Frame {
    const frame = this.#received.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
    this.#received = this.#received.subarray(LENGTH_BYTES + length);
    const body = Uint8Array.from(frame.subarray(HEADER_BYTES));
    return { type: frame.readUInt8(), exchange: frame.readBigUInt64BE(1), body };
  }
}
