import type { Tier } from "../executor/tier.ts";
import { type CallContext, type Frame, type FrameResult, StaticViolation } from "../host/api.ts";
import type { ConsoleWriter } from "../host/console.ts";
import {
  type CodeKind,
  decodeEnvelope,
  decodeStoredCode,
  describeCode,
  encodeStoredCode,
} from "../host/envelope.ts";
import { GasMeter, OutOfGas } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import type { Profiler } from "../host/profiler.ts";
import { encodeRevertReason } from "../host/revertReason.ts";
import type { StateView } from "../state/view.ts";
import type { BlockContext, ExecutableTransaction } from "../types/context.ts";
import { assert, InvalidInput, Unavailable } from "../types/errors.ts";
import { type Hash, keccak256 } from "../types/hash.ts";
import { consoleText } from "./consoleText.ts";
import type { Engine, EngineHost } from "./engine.ts";
import type { Pointer } from "./engineExports.ts";
import { EvmHost } from "./evmHost.ts";
import { answerHostRequest, readHostRequest } from "./hostRequest.ts";

const FRAME_SUCCESS = 0;
const FRAME_REVERT = 1;
const FRAME_HALT = 2;
/** Of a halt's reason, which is for people and may quote a guest. */
const REASON_CHARACTERS_MAX = 200;

export type UnknownTier = { readonly code: "UNKNOWN_TIER"; readonly kind: number };

export type FrameTools = {
  readonly tiers: ReadonlyMap<CodeKind, Tier>;
  /** Takes what contracts in Solidity print. */
  readonly print: ConsoleWriter | undefined;
};

/** Runs the frames of other tiers for one block or query, and keeps the payloads that it deployed. */
export class HostFrames implements EngineHost {
  readonly view: StateView;
  /** Payloads deployed since the block began, of reverted transactions too. */
  readonly payloads: Map<Hash, Uint8Array> = new Map();
  /** What the engine is running. */
  batch: readonly ExecutableTransaction[] = [];
  /** Told where the frames of a query go, when it asked. */
  profiler: Profiler | undefined = undefined;
  readonly #engine: Engine;
  readonly #tiers: ReadonlyMap<CodeKind, Tier>;
  readonly #block: BlockContext;
  readonly print: EngineHost["print"];

  constructor(engine: Engine, { tiers, print }: FrameTools, block: BlockContext, view: StateView) {
    this.#engine = engine;
    this.#tiers = tiers;
    this.print = print && ((contract, input) => print(contract, consoleText(input)));
    this.#block = block;
    this.view = view;
  }

  /** Whatever a tier throws that is no outcome of its contract leaves here, and makes the block unavailable. */
  runFrame(pointer: Pointer): number {
    const request = readHostRequest(this.#engine, pointer);
    const transaction = this.batch[request.transactionIndex];
    assert(transaction !== undefined, "a frame belongs to a transaction of the batch");
    const meter = new GasMeter(request.gas);
    const context = this.#context(transaction);
    const result = settled(() =>
      request.frame.isCreate
        ? this.#create(request.code, request.frame, context, meter)
        : this.#call(request.code, request.frame, context, meter),
    );
    // A tier that swallowed a failure of the engine has not decided anything.
    if (this.#engine.failure !== undefined) throw this.#engine.unavailable();
    if (result.status === "halt") {
      const reason = Buffer.from(result.reason.slice(0, REASON_CHARACTERS_MAX), "latin1");
      answerHostRequest(this.#engine, pointer, 0, reason);
      return FRAME_HALT;
    }
    answerHostRequest(this.#engine, pointer, meter.gas, result.output);
    return result.status === "success" ? FRAME_SUCCESS : FRAME_REVERT;
  }

  #context({
    type,
    sender,
    origin = sender,
    maxFeePerGas,
    maxPriorityFeePerGas,
  }: ExecutableTransaction): CallContext {
    const { baseFee } = this.#block;
    const tipped = baseFee + maxPriorityFeePerGas;
    const gasPrice = type === 2 && tipped < maxFeePerGas ? tipped : maxFeePerGas;
    return { block: this.#block, origin, gasPrice };
  }

  #call(code: Uint8Array, frame: Frame, context: CallContext, meter: GasMeter): FrameResult {
    const stored = decodeStoredCode(code);
    assert(stored !== undefined, `stored code of a tier: ${describeCode(code)}`);
    const tier = this.#tiers.get(stored.kind);
    if (tier === undefined) {
      throw new Unavailable("evm", `this node has no tier for stored code of kind ${stored.kind}`);
    }
    const { payloadHash } = stored;
    const host = new EvmHost(this.#engine, frame, context, meter, this.profiler);
    return tier.call(payloadHash, () => this.#payload(payloadHash), host);
  }

  #payload(hash: Hash): Uint8Array {
    const payload = this.payloads.get(hash) ?? this.view.code(hash);
    if (payload === undefined) {
      throw new Unavailable("store", `payload ${hash} is missing from this node's state`);
    }
    return payload;
  }

  #create(initCode: Uint8Array, frame: Frame, context: CallContext, meter: GasMeter): FrameResult {
    // Every byte of the init code, constructor calldata and refused envelopes too: the engine charged none.
    meter.charge(PRICES.deployByte * initCode.length);
    const { kind, payload, constructorInput } = decodeEnvelope(initCode);
    const tier = this.#tiers.get(kind);
    if (tier === undefined) {
      throw new InvalidInput<UnknownTier>(
        { code: "UNKNOWN_TIER", kind },
        `this chain has no tier for code of kind ${kind}`,
      );
    }
    const constructing = { ...frame, input: constructorInput };
    const host = new EvmHost(this.#engine, constructing, context, meter, this.profiler);
    const prepared = tier.prepare(payload, host);
    const payloadHash = keccak256(prepared);
    this.payloads.set(payloadHash, prepared);
    const result = tier.construct(prepared, payloadHash, host);
    if (result.status !== "success") return result;
    return { status: "success", output: encodeStoredCode({ kind, payloadHash }) };
  }
}

/** The outcomes that a tier may throw; anything else is the machine's trouble or a bug, and goes on. */
function settled(run: () => FrameResult): FrameResult {
  try {
    return run();
  } catch (error) {
    if (error instanceof OutOfGas) return { status: "halt", reason: "OutOfGas" };
    if (error instanceof StaticViolation) return { status: "halt", reason: "StaticViolation" };
    if (error instanceof InvalidInput) {
      return { status: "revert", output: encodeRevertReason(error.message) };
    }
    throw error;
  }
}
