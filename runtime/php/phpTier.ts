import type { Tier } from "../executor/tier.ts";
import type { FrameResult, HostApi } from "../host/api.ts";
import type { ConsoleWriter } from "../host/console.ts";
import { CODE_KINDS } from "../host/envelope.ts";
import { PRICES } from "../host/prices.ts";
import type { FrameProfiler } from "../host/profile.ts";
import { InvalidInput } from "../types/errors.ts";
import type { Hash } from "../types/hash.ts";
import { FrameStack, type OpenFrame } from "../wasm/frameStack.ts";
import type { FrameBudget } from "../wasm/guestFrame.ts";
import { bootEngine, type Engine, type PhpPins, profiledModule } from "./engine.ts";
import { enter, type GuestEntry } from "./enter.ts";
import { Interpreter } from "./interpreter.ts";
import { hasInterpreter, noInterpreter } from "./interpreterPackage.ts";
import { INTERPRETER_STACK_BYTES, MAX_INTERPRETER_DEPTH } from "./limits.ts";
import { PhpCall } from "./phpCall.ts";
import { PHP_PRICES } from "./prices.ts";
import { ProfiledInterpreter } from "./profiledInterpreter.ts";
import { checkSource, phpCode } from "./source.ts";

const WORD_BYTES = 32;

export type PhpTierOptions = {
  readonly pins: PhpPins;
  /** Shared with the other tiers of this engine, whose frames lie on the same native stack. */
  readonly frames?: FrameStack;
  /** Takes what contracts print. */
  readonly print?: ConsoleWriter;
  /** Where instrumented interpreters lie. */
  readonly cache?: string;
};

/**
 * Runs contracts whose code is PHP source, in one pinned interpreter that is instrumented as every module is. Each
 * frame is a copy of one snapshot, taken when the interpreter had booted and loaded the SDK, so nothing of a call
 * outlives it. Everything is synchronous.
 */
export class PhpTier implements Tier {
  readonly kind: typeof CODE_KINDS.php = CODE_KINDS.php;
  readonly #options: PhpTierOptions;
  readonly #frames: FrameStack;
  /** By depth of nesting; made when a frame first needs one. */
  readonly #interpreters: Interpreter[] = [];
  /** The same for frames of queries that asked for a profile. */
  readonly #profiled: ProfiledInterpreter[] = [];
  #engine: Engine | undefined;
  #profiledModule: WebAssembly.Module | undefined;
  #depth = 0;

  /** Throws `Unavailable`, which says what to do, when the interpreter's package is not installed. */
  constructor(options: PhpTierOptions) {
    if (!hasInterpreter()) throw noInterpreter();
    this.#options = options;
    this.#frames = options.frames ?? new FrameStack();
  }

  /**
   * Makes the interpreter ready now rather than at the first call, which would wait for it: 0.5 s, and 2 s more on a
   * machine that never did. Throws `Unavailable` when the machine does not have what the chain runs.
   */
  boot(): void {
    this.#engine ??= bootEngine(this.#options.pins, this.#options.cache);
  }

  /** Throws `InvalidInput<InvalidSource>`; syntax is checked where the constructor runs. */
  prepare(payload: Uint8Array, host: HostApi): Uint8Array {
    host.meter.charge(PRICES.copyWord * Math.ceil(payload.length / WORD_BYTES));
    checkSource(payload);
    return payload;
  }

  construct(payload: Uint8Array, payloadHash: Hash, host: HostApi): FrameResult {
    host.profiler?.enter(payloadHash);
    return this.#run("construct", payload, host);
  }

  call(payloadHash: Hash, load: () => Uint8Array, host: HostApi): FrameResult {
    host.profiler?.enter(payloadHash);
    return this.#run("call", load(), host);
  }

  #run(entry: GuestEntry, source: Uint8Array, host: HostApi): FrameResult {
    if (this.#depth >= MAX_INTERPRETER_DEPTH) {
      throw new InvalidInput(
        { code: "INTERPRETER_DEPTH", limit: MAX_INTERPRETER_DEPTH },
        `a transaction has at most ${MAX_INTERPRETER_DEPTH} PHP contracts open at one time`,
      );
    }
    host.meter.charge(PHP_PRICES.frame);
    // A call that is run again to be profiled has printed before.
    const print = host.profiler === undefined ? this.#options.print : undefined;
    const call = new PhpCall(host, phpCode(source), print);
    const guest =
      host.profiler === undefined
        ? this.#interpreter(call)
        : this.#profiledInterpreter(call, host.profiler);
    const budget = this.#frames.budget(host.frame, 0, INTERPRETER_STACK_BYTES);
    guest.ink = host.meter.ink;
    guest.stackLeft = budget.stackBytes;
    this.#depth += 1;
    this.#frames.push(openFrame(host, budget, guest));
    try {
      return enter(guest, entry, call, host);
    } finally {
      this.#frames.pop();
      this.#depth -= 1;
    }
  }

  /** The interpreter for the next depth, as it was when it had booted. */
  #interpreter(call: PhpCall): Interpreter {
    this.#engine ??= bootEngine(this.#options.pins, this.#options.cache);
    const { module, snapshot } = this.#engine;
    const guest = this.#interpreters[this.#depth] ?? new Interpreter(module, call);
    this.#interpreters[this.#depth] = guest;
    guest.restore(snapshot);
    guest.surroundings = call;
    return guest;
  }

  #profiledInterpreter(call: PhpCall, profiler: FrameProfiler): Interpreter {
    const { pins, cache } = this.#options;
    this.#engine ??= bootEngine(pins, cache);
    const { snapshot } = this.#engine;
    this.#profiledModule ??= profiledModule(pins, cache);
    let guest = this.#profiled[this.#depth];
    if (guest === undefined) {
      guest = new ProfiledInterpreter(this.#profiledModule, call);
      guest.check(snapshot);
      this.#profiled[this.#depth] = guest;
    }
    guest.restore(snapshot);
    guest.surroundings = call;
    guest.profiler = profiler;
    return guest;
  }
}

function openFrame(host: HostApi, budget: FrameBudget, guest: Interpreter): OpenFrame {
  return {
    host,
    budget,
    // An interpreter's memory is bounded by how many may be open; contracts' pages are counted without it.
    pages: budget.pages,
    get stackLeft() {
      return guest.stackLeft;
    },
  };
}
