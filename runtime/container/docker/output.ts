import { Writable } from "node:stream";
import type Docker from "dockerode";

/** What is kept of a container's standard output and error: enough for a stack trace. */
export const OUTPUT_BYTES_KEPT: number = 16 * 1024;

/**
 * Keeps the first bytes that a container writes, then detaches: from then on the engine throws its output away, so
 * that a flood costs this process nothing.
 */
export class BoundedOutput {
  #text = "";
  #detach: () => void = () => undefined;

  get text(): string {
    return this.#text;
  }

  async attach(docker: Docker, container: Docker.Container): Promise<void> {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    stream.on("error", () => undefined);
    this.#detach = () => (stream as unknown as { destroy(): void }).destroy();
    const keep = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#keep(chunk);
        done();
      },
    });
    docker.modem.demuxStream(stream, keep, keep);
  }

  close(): void {
    this.#detach();
  }

  #keep(chunk: Buffer): void {
    const room = OUTPUT_BYTES_KEPT - this.#text.length;
    if (room > 0) this.#text += chunk.subarray(0, room).toString("latin1");
    if (this.#text.length >= OUTPUT_BYTES_KEPT) this.#detach();
  }
}
