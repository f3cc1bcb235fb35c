import type { BlockExecution, Executor, Query, QueryOutcome } from "../executor/executor.ts";
import type { Tier } from "../executor/tier.ts";
import type { CallTrace } from "../executor/trace.ts";
import type { ConsoleWriter } from "../host/console.ts";
import { Profiler } from "../host/profiler.ts";
import type { StateView } from "../state/view.ts";
import type { BlockContext, ExecutableTransaction } from "../types/context.ts";
import { assert, InvalidInput } from "../types/errors.ts";
import type { TransactionOutcome } from "../types/result.ts";
import { decodeTrace } from "./decodeTrace.ts";
import { BLOCK_BYTES, encodeBlock } from "./encodeTransaction.ts";
import { Engine } from "./engine.ts";
import { EvmBlock } from "./evmBlock.ts";
import { type FrameTools, HostFrames } from "./hostFrames.ts";
import { runBatches, runDiscarded } from "./runBatches.ts";
import { WireReader } from "./wire.ts";

/** What the chain spec says of execution. */
export type ExecutorOptions = {
  /** The tiers beside the EVM, one a kind. */
  readonly tiers: readonly Tier[];
  /** The most gas that one transaction may ask for (EIP-7825, with the chain's own number). */
  readonly transactionGasCap: number;
  /** Takes what contracts in Solidity print, on a devnet. */
  readonly print?: ConsoleWriter;
};

/** Host frames count gas in 31 bits, and every nested call may add a stipend of 2,300. */
const TRANSACTION_GAS_CAP_MAX = 2 ** 30;

export type TraceTooLarge = { readonly code: "TRACE_TOO_LARGE" };

export function createExecutor(options: ExecutorOptions): Executor {
  return new EvmExecutor(options);
}

/**
 * revm in WebAssembly, with the frames of other tiers on its journal. One instance runs blocks and another runs
 * queries, so that a query never disturbs an open block; an instance that failed or grew too large is replaced.
 */
export class EvmExecutor implements Executor {
  readonly #tools: FrameTools;
  readonly #transactionGasCap: number;
  #blockEngine: Engine | undefined;
  #queryEngine: Engine | undefined;
  #block: EvmBlock | undefined;

  constructor({ tiers, transactionGasCap, print }: ExecutorOptions) {
    assert(
      transactionGasCap > 0 && transactionGasCap <= TRANSACTION_GAS_CAP_MAX,
      `the transaction gas cap ${transactionGasCap} lies in 1 to ${TRANSACTION_GAS_CAP_MAX}`,
    );
    this.#tools = { tiers: new Map(tiers.map((tier) => [tier.kind, tier])), print };
    assert(this.#tools.tiers.size === tiers.length, "each kind of code has one tier");
    this.#transactionGasCap = transactionGasCap;
  }

  openBlock(context: BlockContext, view: StateView, unchecked = false): BlockExecution {
    this.#block?.close();
    const engine = usable(this.#blockEngine);
    this.#blockEngine = engine;
    const frames = this.#open(engine, context, view, unchecked);
    this.#block = new EvmBlock(engine, frames);
    return this.#block;
  }

  /** Throws `InvalidInput<TraceTooLarge>` when the trace passes the engine's limit of 64 MiB. */
  query(context: BlockContext, view: StateView, query: Query): QueryOutcome {
    const engine = usable(this.#queryEngine);
    this.#queryEngine = engine;
    const frames = this.#open(engine, context, view, query.unchecked);
    const transaction = query.unchecked ? this.#capped(query.transaction) : query.transaction;
    try {
      const before = runBatches(engine, frames, query.before ?? []);
      const profiler = query.profile && new Profiler(query.profile);
      const outcome = runDiscarded(engine, frames, transaction, query.trace, profiler);
      const trace = query.trace ? readTrace(engine, transaction, outcome) : undefined;
      if (profiler === undefined || outcome.status === "invalid") return { outcome, before, trace };
      const profile = profiler.finish(transaction.gasLimit, outcome.gasUsed);
      return { outcome, before, trace, profile };
    } finally {
      engine.host = undefined;
    }
  }

  #open(engine: Engine, context: BlockContext, view: StateView, unchecked: boolean): HostFrames {
    const frames = new HostFrames(engine, this.#tools, context, view);
    engine.host = frames;
    engine.enter((exports) => {
      const at = exports.input_alloc(BLOCK_BYTES);
      const transactionGasCap = this.#transactionGasCap;
      encodeBlock(engine.memory, at, context, { transactionGasCap, unchecked });
      exports.open_block();
    });
    return frames;
  }

  /** Callers of `eth_call` pass no limit or a huge one; what they get is a transaction's. */
  #capped(transaction: ExecutableTransaction): ExecutableTransaction {
    const cap = BigInt(this.#transactionGasCap);
    return transaction.gasLimit > cap ? { ...transaction, gasLimit: cap } : transaction;
  }
}

function usable(engine: Engine | undefined): Engine {
  return engine === undefined || engine.isSpent ? new Engine() : engine;
}

/** The root frame carries the transaction's own figures, intrinsic gas included, as Ethereum's tracers do. */
function readTrace(
  engine: Engine,
  { gasLimit }: ExecutableTransaction,
  outcome: TransactionOutcome,
): CallTrace | undefined {
  if (outcome.status === "invalid") return undefined;
  const { trace_pointer, trace_length } = engine.exports;
  const length = trace_length();
  if (length < 0) {
    throw new InvalidInput<TraceTooLarge>(
      { code: "TRACE_TOO_LARGE" },
      "the transaction's trace is over 64 MiB; trace it with a lower gas limit",
    );
  }
  const root = decodeTrace(new WireReader(engine.memory, trace_pointer(), length));
  return root && { ...root, gasLimit, gasUsed: outcome.gasUsed };
}
