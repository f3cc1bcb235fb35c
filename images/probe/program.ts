import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** How long a frame may take before a test fails with what was there, in milliseconds. */
const FRAME_MS = 20_000;

export type Transport = "unix" | "stdio";

/**
 * The host's end of the frame protocol at its plainest, raw bytes in and out, so that an SDK is held to the vectors
 * and not to another implementation.
 */
export class ProgramUnderTest {
  readonly #child: ChildProcess;
  readonly #output: Writable;
  readonly #release: () => Promise<void>;
  #received: Buffer = Buffer.alloc(0);
  #closed = false;
  #changed: () => void = () => undefined;
  errors = "";

  private constructor(
    child: ChildProcess,
    input: Readable,
    output: Writable,
    release: () => Promise<void>,
  ) {
    this.#child = child;
    this.#output = output;
    this.#release = release;
    input.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#changed();
    });
    input.on("close", () => {
      this.#closed = true;
      this.#changed();
    });
    output.on("error", () => undefined);
    child.stderr?.on("data", (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
  }

  static async start(
    command: readonly string[],
    transport: Transport,
    isolation: "fork" | "process" | "warm" = "fork",
  ): Promise<ProgramUnderTest> {
    const [file = "", ...args] = command;
    const environment = { PATH: process.env.PATH ?? "", DELCHAIN_ISOLATION: isolation };
    if (transport === "stdio") {
      const env = { ...environment, DELCHAIN_CHANNEL: "stdio" };
      const child = spawn(file, args, { env, stdio: ["pipe", "pipe", "pipe"] });
      return new ProgramUnderTest(child, child.stdout, child.stdin, async () => undefined);
    }
    const folder = await mkdtemp(join(tmpdir(), "delchain-probe-"));
    const path = join(folder, "host.sock");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const env = { ...environment, DELCHAIN_CHANNEL: `unix:${path}` };
    const child = spawn(file, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    const failed = new Promise<never>((_, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`${file} exited with ${code}`)));
    });
    failed.catch(() => undefined);
    const socket = await Promise.race([connected, failed]);
    return new ProgramUnderTest(child, socket, socket, async () => {
      server.close();
      socket.destroy();
      await rm(folder, { recursive: true, force: true });
    });
  }

  send(frame: string): void {
    this.#output.write(Buffer.from(frame.slice(2), "hex"));
  }

  /** The next frame as hex, or `end` when the program closed its end. */
  async next(): Promise<string> {
    const deadline = Date.now() + FRAME_MS;
    for (;;) {
      const length = this.#received.length < 4 ? undefined : 4 + this.#received.readUInt32BE();
      if (length !== undefined && this.#received.length >= length) {
        const frame = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        return `0x${frame.toString("hex")}`;
      }
      if (this.#closed && this.#received.length === 0) return "end";
      if (this.#closed || Date.now() > deadline) this.#fail();
      await this.#change(deadline - Date.now());
    }
  }

  /** Its exit status when it has ended, or null when a signal ended it. */
  async exited(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, "exit");
    }
    return this.#child.exitCode;
  }

  /** Ends the program itself; what it left running goes on and keeps the stream open. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once("exit", resolve));
    const running = this.#child.exitCode === null && this.#child.signalCode === null;
    this.kill();
    if (running) await exited;
    await this.#release();
  }

  #fail(): never {
    const bytes = this.#received.toString("hex").slice(0, 200);
    throw new Error(`no whole frame came; bytes so far: ${bytes}; errors: ${this.errors}`);
  }

  async #change(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#changed = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}
