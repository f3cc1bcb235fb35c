import { Unavailable } from "../types/errors.ts";
import type { ContainerEnd } from "./driver.ts";
import { type Frame, PROTOCOL_VERSION } from "./frames.ts";
import type { HostCall } from "./hostCall.ts";
import type { Reply } from "./hostCalls.ts";
import { OUTPUT_BYTES_MAX } from "./limits.ts";
import type { HaltCode } from "./result.ts";

/** How a call ended as far as frames, container and clock tell; gas and writes are the batch's. */
export type CallOutcome =
  | { readonly status: "success" | "revert"; readonly output: Uint8Array }
  | { readonly status: "halt"; readonly code: HaltCode; readonly detail: string }
  | { readonly status: "timeout" };

/** Answers a contract's host calls while it runs. */
export type Answer = (hostCall: HostCall) => Reply;

const SIGKILL = 9;
const SIGXFSZ = 25;

/** One call between CALL and the HELLO or TRAP that ends it. */
export class RunningCall {
  readonly exchange: bigint;
  readonly answer: Answer;
  readonly outcome: Promise<CallOutcome>;
  stops = 0;
  settled = false;
  /** Whether the container may not be used again. */
  broken = false;
  #result: CallOutcome | undefined;
  #hasStream = true;
  #resolve: (outcome: CallOutcome) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(exchange: bigint, answer: Answer) {
    this.exchange = exchange;
    this.answer = answer;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get hasResult(): boolean {
    return this.#result !== undefined;
  }

  settle(outcome: CallOutcome): void {
    this.settled = true;
    this.#resolve(outcome);
  }

  /** The host's timer ended. Without its stream the call is decided by how its container ends, timer or not. */
  expire(): void {
    if (this.#hasStream) this.settle({ status: "timeout" });
  }

  streamEnded(): void {
    this.#hasStream = false;
  }

  breach(detail: string): void {
    this.broken = true;
    this.settle({ status: "halt", code: "protocolError", detail });
  }

  fail(error: Error): void {
    this.broken = true;
    this.settled = true;
    this.#reject(error);
  }

  /** Takes all but HELLO(0) and HOSTCALL. Returns what is wrong with the frame, if something is. */
  take(frame: Frame): string | undefined {
    switch (frame.type) {
      case "RESULT":
        return this.#takeResult(frame);
      case "HELLO":
        if (frame.version !== PROTOCOL_VERSION) return `HELLO of version ${frame.version}`;
        this.settle(this.#result ?? halt("exit", "it ended without a RESULT"));
        return undefined;
      case "TRAP":
        this.settle(trapped(frame.kind, frame.detail));
        return undefined;
      default:
        return `a ${frame.type} frame, which only the host sends`;
    }
  }

  /** The container is gone while the call ran. */
  ended(end: ContainerEnd | undefined): void {
    if (this.settled) return;
    this.broken = true;
    if (end === undefined) this.breach("it closed its stream and went on running");
    else if (end.by === "limit") this.settle(halt(end.code, end.detail));
    else this.fail(new Unavailable("container", describeEnd(end)));
  }

  #takeResult({ status, output }: Extract<Frame, { type: "RESULT" }>): string | undefined {
    if (this.#result) return "a second RESULT";
    if (output.length > OUTPUT_BYTES_MAX) {
      return `an output of ${output.length} bytes; the limit is ${OUTPUT_BYTES_MAX}`;
    }
    // A copy: the output outlives the stream's buffer, which may hold much more.
    this.#result = { status, output: new Uint8Array(output) };
    return undefined;
  }
}

function trapped(kind: "signal" | "exit" | "start", detail: number): CallOutcome {
  if (kind === "start") return halt("pids", `no process could be started for the call (${detail})`);
  if (kind === "exit") return halt("exit", `it exited with ${detail}`);
  if (detail === SIGKILL) return halt("memory", "its memory limit was reached");
  if (detail === SIGXFSZ) return halt("fileSize", "its file size limit was reached");
  return halt("signal", `signal ${detail} ended it`);
}

function halt(code: HaltCode, detail: string): CallOutcome {
  return { status: "halt", code, detail };
}

/** For messages. */
export function describeEnd(end: ContainerEnd | undefined): string {
  if (end === undefined) return "the container closed its stream and went on running";
  if (end.by === "host") return "the container was killed by this host";
  return end.by === "limit" ? `the container ended: ${end.detail}` : end.detail;
}
