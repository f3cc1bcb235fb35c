import type Docker from "dockerode";
import { StreamChannel } from "../channels.ts";
import type { CallRecord } from "../detinit/kit.ts";
import type { CallStart, Channel, Container, ContainerEnd } from "../driver.ts";
import type { HostSocket } from "../hostSocket.ts";
import { removeContainer } from "./engine.ts";
import type { BoundedOutput } from "./output.ts";

/** Exit statuses above this are 128 and the number of the signal that ended the first process. */
const SIGNAL_BASE = 128;
const SIGKILL = 9;
const SIGXFSZ = 25;
const SIGNALS = 64;

/** A running container; see the port for what each member promises. */
export class DockerContainer implements Container {
  readonly id: string;
  readonly channel: Channel;
  readonly ended: Promise<ContainerEnd>;
  readonly #docker: Docker;
  readonly #socket: HostSocket;
  readonly #record: CallRecord | undefined;
  readonly #output: BoundedOutput;
  readonly #onGone: () => void;
  #killing: Promise<void> | undefined;

  constructor(parts: {
    readonly docker: Docker;
    readonly id: string;
    readonly stream: ConstructorParameters<typeof StreamChannel>[0];
    readonly socket: HostSocket;
    /** Of a strict container. */
    readonly record: CallRecord | undefined;
    readonly output: BoundedOutput;
    /** Settles when the engine says that the container has stopped, or fails to. */
    readonly stopped: Promise<unknown>;
    /** Called when it was killed and all it left is gone. */
    readonly onGone: () => void;
  }) {
    this.id = parts.id;
    this.channel = new StreamChannel(parts.stream);
    this.#docker = parts.docker;
    this.#socket = parts.socket;
    this.#record = parts.record;
    this.#output = parts.output;
    this.#onGone = parts.onGone;
    this.ended = this.#watch(parts.stopped);
  }

  get output(): string {
    return this.#output.text;
  }

  startCall(call: CallStart): void {
    this.#record?.write(call);
  }

  kill(): Promise<void> {
    this.#killing ??= this.#kill();
    return this.#killing;
  }

  async #kill(): Promise<void> {
    // An engine that is gone cannot remove it; reconciliation at the next start will.
    await removeContainer(this.#docker, this.id).catch(() => undefined);
    this.#output.close();
    this.#record?.close();
    await this.#socket.close();
    this.#onGone();
  }

  async #watch(stopped: Promise<unknown>): Promise<ContainerEnd> {
    try {
      await stopped;
      if (this.#killing !== undefined) return { by: "host" };
      const { State } = await this.#docker.getContainer(this.id).inspect();
      return endOf(State);
    } catch (error) {
      if (this.#killing !== undefined) return { by: "host" };
      return { by: "engine", detail: `docker lost the container: ${(error as Error).message}` };
    }
  }
}

/**
 * Whose doing an end was. Inside of a container nobody can send its first process SIGKILL (pid_namespaces(7)), so
 * that signal is the memory limit when the engine says so, and else somebody outside: an operator, or a machine out
 * of memory.
 */
export function endOf(state: {
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
}): ContainerEnd {
  const { ExitCode: status } = state;
  const signal = status - SIGNAL_BASE;
  if (signal === SIGKILL) {
    return state.OOMKilled
      ? { by: "limit", code: "memory", detail: "its memory limit was reached" }
      : { by: "engine", detail: "something outside of the container killed it" };
  }
  if (signal === SIGXFSZ) {
    return { by: "limit", code: "fileSize", detail: "its file size limit was reached" };
  }
  if (signal > 0 && signal <= SIGNALS) {
    return { by: "limit", code: "signal", detail: `signal ${signal} ended its first process` };
  }
  return { by: "limit", code: "exit", detail: `its first process exited with ${status}` };
}
