import { Worker } from "node:worker_threads";
import { EXIT, FRAME, type Frame, type FrameStream } from "./frameStream.ts";
import type { FromIsolate, IsolateData } from "./messages.ts";

/** How a call ended: with a RESULT's body, with a TRAP's, or because its gas is used up. */
export type Ending =
  | { readonly kind: "result" | "trap"; readonly body: Uint8Array }
  | { readonly kind: "stopped" };

/** Below the smallest class's 64 MiB with what the process itself takes. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 } as const;
const STATUS_STOP = 3;
const TRAP_EXIT = 2;
/** The detail of a TRAP for a contract that used all its memory; as in Java's image. */
const EXIT_MEMORY = 3;
const EXIT_BROKEN = 70;

/**
 * One call's isolate: a V8 of its own in a thread, which has loaded the contract and waits for the call. It ends with the
 * call, and nothing that the contract did to its globals is left.
 */
export class Isolate {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #bell = new Int32Array(new SharedArrayBuffer(4));
  #end: (ending: Ending) => void = () => undefined;
  #ask: (body: Uint8Array) => void = () => undefined;

  constructor(contract: string) {
    const data: IsolateData = { contract, bell: this.#bell };
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: data,
      env: {},
      argv: [],
      stdout: true,
      stderr: true,
      resourceLimits: LIMITS,
    });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on("message", (message: FromIsolate) => this.#take(message, resolve, reject));
      this.#worker.on("error", (error: NodeJS.ErrnoException) => {
        const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
        reject(error);
        this.#end(trap(isMemory ? EXIT_MEMORY : EXIT_BROKEN));
      });
    });
    // Told again to whoever waits for it.
    this.ready.catch(() => undefined);
  }

  /** Runs one call to its end. */
  async run({ exchange, body }: Frame, stream: FrameStream): Promise<Ending> {
    const ending = new Promise<Ending>((resolve) => {
      this.#end = resolve;
      this.#ask = (asked) => void this.#exchange(exchange, asked, stream, resolve);
    });
    this.#tell(body);
    return ending;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(message: FromIsolate, resolve: () => void, reject: (error: Error) => void): void {
    if (message.kind === "ready") resolve();
    else if (message.kind === "refused") reject(new Error(message.reason));
    else if (message.kind === "hostCall") this.#ask(message.body);
    else this.#end({ kind: "result", body: message.body });
  }

  async #exchange(
    exchange: bigint,
    body: Uint8Array,
    stream: FrameStream,
    end: (ending: Ending) => void,
  ): Promise<void> {
    stream.send({ type: FRAME.hostCall, exchange, body });
    const reply = await stream.receive();
    const fits = reply.type === FRAME.hostReply && reply.exchange === exchange;
    if (!fits || reply.body.length === 0) process.exit(EXIT.protocol);
    if (reply.body[0] === STATUS_STOP) end({ kind: "stopped" });
    else this.#tell(reply.body);
  }

  #tell(bytes: Uint8Array): void {
    this.#worker.postMessage(bytes);
    Atomics.store(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }
}

function trap(detail: number): Ending {
  return { kind: "trap", body: Uint8Array.of(TRAP_EXIT, 0, 0, 0, detail) };
}
