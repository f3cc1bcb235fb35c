import {
  type Container,
  type ContainerDriver,
  type ContainerSpec,
  encodeFrame,
  FrameReader,
  RESOURCE_CLASSES,
  toHex,
} from "@delchain/runtime";
import type { ProbeProgram } from "../../images/probe/conformance.ts";

/** How long a frame may take before a test fails, in milliseconds. */
const FRAME_MS = 20_000;
/** What a call that is not waited for may take to its end. */
const READY_MS = 1_000;
const HELLO = "0x0000000b0100000000000000000001";
const [HELLO_TYPE, CALL_TYPE, TRAP_TYPE] = ["01", "02", "06"];

/**
 * A program in a strict container, for tests that speak frames to it. Starting takes a tenth of a second and more, so
 * one that is ready for another call is used again, and its first HELLO told once more.
 */
export class ContainerProgram {
  readonly #driver: ContainerDriver;
  readonly #spec: Pick<ContainerSpec, "image" | "entrypoint" | "isolation">;
  #kept: RunningProgram | undefined;

  constructor(
    driver: ContainerDriver,
    spec: Pick<ContainerSpec, "image" | "entrypoint" | "isolation">,
  ) {
    this.#driver = driver;
    this.#spec = spec;
  }

  async start(): Promise<ProbeProgram> {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept) {
      kept.waiting.unshift(HELLO);
      return kept;
    }
    const container = await this.#driver.start({
      ...this.#spec,
      determinism: "strict",
      resources: RESOURCE_CLASSES.small,
      labels: { chain: "sdks", contract: "0x", version: "1", replica: "0" },
      cpuset: undefined,
    });
    return new RunningProgram(container, (program) => {
      this.#kept = program;
    });
  }
}

class RunningProgram implements ProbeProgram {
  /** Frames that have come and were not asked for yet, and `end`. */
  readonly waiting: string[] = [];
  readonly #container: Container;
  readonly #keep: (program: RunningProgram) => void;
  /** Calls that have not ended. */
  #open = 0;
  #ended = false;
  #changed: () => void = () => undefined;

  constructor(container: Container, keep: (program: RunningProgram) => void) {
    this.#container = container;
    this.#keep = keep;
    const reader = new FrameReader(RESOURCE_CLASSES.small.frameBytes);
    container.channel.receive(
      (piece) => {
        for (const frame of reader.push(piece)) this.#take(toHex(encodeFrame(frame)));
      },
      () => {
        this.#ended = true;
        this.#take("end");
      },
    );
  }

  send(frame: string): void {
    if (frame.slice(10, 12) === CALL_TYPE) this.#open++;
    this.#container.channel.send(Buffer.from(frame.slice(2), "hex"));
  }

  async next(): Promise<string> {
    const deadline = Date.now() + FRAME_MS;
    while (this.waiting.length === 0) {
      const ms = deadline - Date.now();
      if (ms <= 0) throw new Error(`no frame came; it wrote: ${this.#container.output}`);
      await this.#change(ms);
    }
    return this.waiting.shift() as string;
  }

  kill(): void {
    void this.#container.kill();
  }

  /** Ready again once every call has ended; one that cannot be is ended. */
  async stop(): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (this.#open > 0 && !this.#ended && Date.now() < deadline) await this.#change(READY_MS);
    const isGood = this.#open === 0 && !this.#ended;
    this.waiting.length = 0;
    if (isGood) this.#keep(this);
    else await this.#container.kill();
  }

  #take(frame: string): void {
    if (frame !== "end" && frame !== HELLO) {
      const type = frame.slice(10, 12);
      if (type === HELLO_TYPE || type === TRAP_TYPE) this.#open--;
    }
    this.waiting.push(frame);
    this.#changed();
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
