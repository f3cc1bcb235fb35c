import type { Tier } from "../executor/tier.ts";
import type { FrameResult, HostApi } from "../host/api.ts";
import type { ConsoleWriter } from "../host/console.ts";
import { CODE_KINDS } from "../host/envelope.ts";
import { PRICES } from "../host/prices.ts";
import { EMPTY_BYTES } from "../types/bytes.ts";
import type { Hash } from "../types/hash.ts";
import { type CompiledModule, CompiledModules, compile } from "./compiledModules.ts";
import { constructorCall } from "./constructorCall.ts";
import { CONSTRUCTOR, contractPolicy, ENTRYPOINT } from "./contractPolicy.ts";
import { FrameStack } from "./frameStack.ts";
import { GuestFrame } from "./guestFrame.ts";
import { HOOK_PRICES } from "./hookPrices.ts";
import { instrument, instrumentForProfile } from "./instrument/instrument.ts";
import { METER_EXPORTS } from "./instrument/meterNames.ts";
import type { InstrumentPolicy } from "./instrument/policy.ts";
import { TRANSACTION_PAGES } from "./limits.ts";
import { halt, settle, settleThrown } from "./outcome.ts";
import { profilerFunction } from "./profilerFunction.ts";
import { HookBinding } from "./vmHooks.ts";
import { pagesInk, WEIGHTS } from "./weights.ts";

export type WasmTierOptions = {
  /** Takes what contracts print. Without it, modules that import `console` are refused: a devnet's tool. */
  readonly print?: ConsoleWriter;
  /** Shared with the other tiers of this engine, whose frames lie on the same native stack. */
  readonly frames?: FrameStack;
};

/**
 * Runs WebAssembly contracts on the engine of this process: instrumented at deployment and again when they are not
 * in memory, a fresh instance for each call, everything synchronous. Threads that run it need
 * `resourceLimits.stackSizeMb` of `NATIVE_STACK_MEGABYTES`.
 */
export class WasmTier implements Tier {
  readonly kind: typeof CODE_KINDS.wasm = CODE_KINDS.wasm;
  readonly #hooks: HookBinding;
  readonly #policy: InstrumentPolicy;
  readonly #modules = new CompiledModules();
  /** The same modules with their marks in them, of queries that asked for a profile. */
  readonly #profiled = new CompiledModules();
  readonly #frames: FrameStack;
  /** Where a profiled guest tells how far it has come. */
  readonly #reach = profilerFunction((mark, ink) =>
    this.#hooks.current?.host.profiler?.reach(mark, ink),
  );
  /** The deployment in progress, so that its constructor need not be instrumented again. */
  #prepared: { readonly payload: Uint8Array; readonly compiled: CompiledModule } | undefined;

  constructor({ print, frames = new FrameStack() }: WasmTierOptions = {}) {
    this.#frames = frames;
    this.#hooks = new HookBinding(print);
    this.#policy = contractPolicy(this.#hooks.offered);
  }

  /** Throws `InvalidInput<InvalidModule>`. */
  prepare(payload: Uint8Array, host: HostApi): Uint8Array {
    host.meter.charge(PRICES.instrumentByte * payload.length);
    this.#prepared = { payload, compiled: this.#compile(payload) };
    return payload;
  }

  /** What a module without `user_constructor` makes of its calldata: constructorCall.ts. */
  construct(payload: Uint8Array, payloadHash: Hash, host: HostApi): FrameResult {
    const compiled = this.#moduleFor(host, payloadHash, () => payload);
    const hasConstructor = WebAssembly.Module.exports(compiled.module).some(
      ({ name }) => name === CONSTRUCTOR,
    );
    if (hasConstructor) return this.#run(compiled, CONSTRUCTOR, host.frame.input, host);
    const input = constructorCall(host.frame.input);
    if (input === undefined) return { status: "success", output: EMPTY_BYTES };
    return this.#run(compiled, ENTRYPOINT, input, host);
  }

  call(payloadHash: Hash, load: () => Uint8Array, host: HostApi): FrameResult {
    const compiled = this.#moduleFor(host, payloadHash, load);
    return this.#run(compiled, ENTRYPOINT, host.frame.input, host);
  }

  #moduleFor(host: HostApi, payloadHash: Hash, load: () => Uint8Array): CompiledModule {
    if (host.profiler === undefined) return this.#module(payloadHash, load);
    let compiled = this.#profiled.get(payloadHash);
    if (compiled === undefined) {
      const payload = load();
      const { module, marks } = instrumentForProfile(payload, this.#policy);
      compiled = compile(payload, module, marks);
      this.#profiled.add(payloadHash, compiled);
    }
    host.profiler.enter(payloadHash, compiled.marks ?? []);
    return compiled;
  }

  #module(payloadHash: Hash, load: () => Uint8Array): CompiledModule {
    const known = this.#modules.get(payloadHash);
    if (known !== undefined) return known;
    const payload = load();
    const prepared = this.#prepared;
    const isPrepared = prepared?.payload === payload;
    const compiled = isPrepared && prepared ? prepared.compiled : this.#compile(payload);
    this.#prepared = undefined;
    this.#modules.add(payloadHash, compiled);
    return compiled;
  }

  #compile(payload: Uint8Array): CompiledModule {
    return compile(payload, instrument(payload, this.#policy));
  }

  #run(compiled: CompiledModule, entry: string, input: Uint8Array, host: HostApi): FrameResult {
    const parent = this.#hooks.current;
    let frame: GuestFrame | undefined;
    try {
      const openPages = this.#frames.pages;
      if (openPages + compiled.pages > TRANSACTION_PAGES) return halt("TooManyPages");
      host.meter.charge(HOOK_PRICES.frame + HOOK_PRICES.moduleWord * compiled.payloadWords);
      host.meter.chargeInk(pagesInk(WEIGHTS, openPages, compiled.pages));
      const { exports } = new WebAssembly.Instance(
        compiled.module,
        this.#hooks.imports as WebAssembly.Imports,
      );
      if (host.profiler !== undefined) {
        (exports[METER_EXPORTS.profiler] as WebAssembly.Table).set(0, this.#reach);
      }
      const budget = this.#frames.budget(host.frame, compiled.pages);
      frame = new GuestFrame(host, input, budget, exports);
      this.#frames.push(frame);
      this.#hooks.current = frame;
      const status = enter(exports, entry, input.length);
      frame.pause();
      return settle(status, frame);
    } catch (thrown) {
      return settleThrown(thrown, frame);
    } finally {
      if (frame !== undefined) this.#frames.pop();
      this.#hooks.current = parent;
    }
  }
}

type GuestExports = Readonly<Record<string, WebAssembly.ExportValue>>;

function enter(exports: GuestExports, entry: string, inputLength: number): number {
  const start = exports[METER_EXPORTS.start];
  if (typeof start === "function") start();
  return (exports[entry] as (length: number) => number)(inputLength);
}
