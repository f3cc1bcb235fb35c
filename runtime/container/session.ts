import { InvalidInput, Unavailable } from "../types/errors.ts";
import type { Container, ContainerEnd } from "./driver.ts";
import { FrameReader } from "./frameReader.ts";
import { type CallFrame, encodeFrame, type Frame, PROTOCOL_VERSION } from "./frames.ts";
import type { HostCall } from "./hostCall.ts";
import type { Reply } from "./hostCalls.ts";
import { STOPS_MAX } from "./limits.ts";
import type { Resources } from "./resources.ts";
import { type Answer, type CallOutcome, describeEnd, RunningCall } from "./runningCall.ts";

/** How long a container that closed its stream may take to show how it ended, in milliseconds. */
const END_MS = 5_000;

/**
 * The host's end of the protocol to one container: one call at a time, each with a timer. After `usable` has turned
 * false the container is dead or dying and another one is needed.
 */
export class Session {
  readonly container: Container;
  readonly #resources: Pick<Resources, "frameBytes" | "wallMs">;
  readonly #reader: FrameReader;
  #usable = true;
  #lastExchange = 0n;
  #running: RunningCall | undefined;
  #hello: { resolve: () => void; reject: (error: Error) => void } | undefined;

  private constructor(container: Container, resources: Pick<Resources, "frameBytes" | "wallMs">) {
    this.container = container;
    this.#resources = resources;
    this.#reader = new FrameReader(resources.frameBytes);
  }

  /**
   * Waits for the program's HELLO. Throws `Unavailable` when it does not come within `helloMs`, or something else
   * does: a program that never was ready has no result to give. The container is killed then.
   */
  static async open(
    container: Container,
    resources: Pick<Resources, "frameBytes" | "wallMs">,
    helloMs: number,
  ): Promise<Session> {
    const session = new Session(container, resources);
    const hello = new Promise<void>((resolve, reject) => {
      session.#hello = { resolve, reject };
    });
    const timer = setTimeout(
      () => session.#hello?.reject(new Error(`no HELLO within ${helloMs} ms`)),
      helloMs,
    );
    container.channel.receive(
      (piece) => session.#received(piece),
      () => session.#closed(),
    );
    try {
      await hello;
      return session;
    } catch (error) {
      await session.close();
      throw new Unavailable("container", notReady(container, error as Error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether another call may be given to it. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Throws `Unavailable` when the engine, and not the program, is what failed. */
  async run(call: CallFrame, answer: Answer): Promise<CallOutcome> {
    if (this.#running) throw new Error("broken invariant: one call at a time for each container");
    if (!this.#usable) throw new Unavailable("container", "the container has ended");
    this.#lastExchange += 1n;
    const running = new RunningCall(this.#lastExchange, answer);
    this.#running = running;
    const timer = setTimeout(() => running.expire(), this.#resources.wallMs);
    try {
      const { timestamp, seed } = call;
      this.container.startCall?.({ exchange: running.exchange, timestamp, seed });
      this.#send({ type: "CALL", exchange: running.exchange, call });
      const outcome = await running.outcome;
      if (outcome.status === "timeout") await this.close();
      return running.stops > 0 ? OUT_OF_GAS : outcome;
    } finally {
      // Nobody else would end it before the next call.
      if (running.broken) await this.close();
      clearTimeout(timer);
      this.#running = undefined;
    }
  }

  async close(): Promise<void> {
    this.#usable = false;
    await this.container.kill();
  }

  #send(frame: Frame): void {
    this.container.channel.send(encodeFrame(frame));
  }

  #received(piece: Uint8Array): void {
    if (!this.#usable) return;
    try {
      for (const frame of this.#reader.push(piece)) {
        this.#take(frame);
        if (!this.#usable) return;
      }
    } catch (error) {
      if (error instanceof InvalidInput) this.#breach(error.message);
      else this.#fail(error as Error);
    }
  }

  #take(frame: Frame): void {
    if (this.#hello) {
      this.#takeHello(frame);
      return;
    }
    const running = this.#running;
    if (!running || running.settled) {
      this.#breach(`a ${frame.type} frame between calls`);
    } else if (frame.exchange !== running.exchange) {
      this.#breach(`exchange ${frame.exchange}; the running call is ${running.exchange}`);
    } else if (frame.type === "HOSTCALL") {
      this.#takeHostCall(running, frame.hostCall);
    } else {
      const breach = running.take(frame);
      if (breach !== undefined) this.#breach(breach);
    }
  }

  #takeHello(frame: Frame): void {
    const { type, exchange } = frame;
    if (type !== "HELLO" || exchange !== 0n || frame.version !== PROTOCOL_VERSION) {
      const version = type === "HELLO" ? ` of version ${frame.version}` : "";
      this.#breach(`${type}(${exchange})${version} instead of HELLO(0) of ${PROTOCOL_VERSION}`);
      return;
    }
    this.#hello?.resolve();
    this.#hello = undefined;
  }

  #takeHostCall(running: RunningCall, hostCall: HostCall): void {
    if (running.hasResult) {
      this.#breach("a HOSTCALL after RESULT");
      return;
    }
    // A program that waits for its replies, as the protocol has it, has taken all that was sent before it asks again.
    if (this.container.channel.backlog > 2 * this.#resources.frameBytes) {
      this.#breach(`it leaves its replies unread, ${this.container.channel.backlog} bytes of them`);
      return;
    }
    const reply = this.#answered(running, hostCall);
    if (reply === undefined) return;
    if (reply.status === "stop") running.stops++;
    if (running.stops > STOPS_MAX) {
      this.#breach(`${STOPS_MAX} stop replies and it still asks`);
      return;
    }
    this.#send({ type: "HOSTREPLY", exchange: running.exchange, ...reply });
  }

  /** What goes wrong while this host reads the state is its own trouble, of whatever kind: no breach, no result. */
  #answered(running: RunningCall, hostCall: HostCall): Reply | undefined {
    try {
      return running.answer(hostCall);
    } catch (error) {
      this.#fail(error as Error);
      return undefined;
    }
  }

  /** The program broke the protocol: its call halts, and no call follows in this container. */
  #breach(detail: string): void {
    this.#usable = false;
    if (this.#hello) this.#rejectHello(new Error(detail));
    else if (this.#running) this.#running.breach(detail);
    else void this.close();
  }

  /** A failure of ours in the middle of a call: no result. */
  #fail(error: Error): void {
    this.#usable = false;
    if (this.#running) this.#running.fail(error);
    else void this.close();
  }

  #rejectHello(error: Error): void {
    this.#hello?.reject(error);
    this.#hello = undefined;
  }

  /** The stream ended: how the container ended says whose doing it was. */
  #closed(): void {
    this.#usable = false;
    this.#running?.streamEnded();
    void this.#howItEnded().then((end) => {
      this.#rejectHello(new Error(describeEnd(end)));
      if (this.#running) this.#running.ended(end);
      else void this.close();
    });
  }

  async #howItEnded(): Promise<ContainerEnd | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), END_MS);
    });
    const end = await Promise.race([this.container.ended, late]);
    clearTimeout(timer);
    return end;
  }
}

const OUT_OF_GAS: CallOutcome = {
  status: "halt",
  code: "outOfGas",
  detail: "the call's gas limit, or its number of host calls, is used up",
};

function notReady(container: Container, error: Error): string {
  const output = container.output.trim();
  const said = output === "" ? "" : `; it wrote: ${output.slice(0, 500)}`;
  return `container ${container.id} is not ready: ${error.message}${said}`;
}
