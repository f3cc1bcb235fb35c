import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Channel } from "./driver.ts";

/** A channel over a connected socket or another duplex stream. */
export class StreamChannel implements Channel {
  readonly #stream: Duplex | Socket;

  constructor(stream: Duplex | Socket) {
    this.#stream = stream;
    // A peer that vanishes is reported by `close`; without a listener Node would take the error for ours.
    stream.on("error", () => undefined);
    stream.pause();
  }

  send(bytes: Uint8Array): void {
    if (!this.#stream.destroyed) this.#stream.write(bytes);
  }

  get backlog(): number {
    return this.#stream.writableLength;
  }

  /** Lets go of the stream; a paused one would keep this process alive. */
  close(): void {
    this.#stream.destroy();
  }

  receive(listener: (piece: Uint8Array) => void, closed: () => void): void {
    if (this.#stream.destroyed) {
      queueMicrotask(closed);
      return;
    }
    // What is sent in answer to one piece goes out together.
    this.#stream.on("data", (piece: Uint8Array) => {
      this.#stream.cork();
      try {
        listener(piece);
      } finally {
        this.#stream.uncork();
      }
    });
    this.#stream.once("close", closed);
    // The program closed its end: nothing more will come, so the other end has no use.
    this.#stream.once("end", () => this.#stream.destroy());
    this.#stream.resume();
  }
}
