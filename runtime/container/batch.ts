import { GasMeter, OutOfGas } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import type { StateView } from "../state/view.ts";
import type { Address } from "../types/address.ts";
import { EMPTY_BYTES } from "../types/bytes.ts";
import type { BlockContext } from "../types/context.ts";
import { assert } from "../types/errors.ts";
import type { Hash } from "../types/hash.ts";
import type { CallFrame } from "./frames.ts";
import { HostCalls } from "./hostCalls.ts";
import { BatchJournal } from "./journal.ts";
import { CONTAINER_PRICES } from "./prices.ts";
import type { ResourceClass } from "./resources.ts";
import type { BatchResult, CallResult, HaltCode } from "./result.ts";
import type { Answer, CallOutcome } from "./runningCall.ts";

/** One ordered call. */
export type BatchCall = {
  readonly caller: Address;
  readonly origin: Address;
  readonly value: bigint;
  readonly input: Uint8Array;
  readonly gasLimit: bigint;
  /** Randomness for this call alone, equal for all who run it. */
  readonly seed: Hash;
};

export type Batch = {
  readonly contract: Address;
  readonly resourceClass: ResourceClass;
  /** The block that ordered the calls. */
  readonly block: BlockContext;
  /** In queue order. */
  readonly calls: readonly BatchCall[];
};

/** Runs one call in some live container of the contract. Throws `Unavailable` for the machine's trouble. */
export interface CallRunner {
  run(call: CallFrame, answer: Answer): Promise<CallOutcome>;
}

/** A call's gas limit stays far below what a `GasMeter` counts exactly; chain specs cap at 2^26. */
const GAS_LIMIT_MAX: bigint = 1n << 39n;

/**
 * Runs the ordered calls of one contract, each on top of what the last one left; `view` is the state before the first.
 * The result is a function of the arguments alone, so hosts that agree on them agree on its hash. A call that did
 * not succeed leaves nothing but its gas. Throws `Unavailable` when this machine could not run them all.
 */
export async function executeBatch(
  batch: Batch,
  view: StateView,
  runner: CallRunner,
  onDebug: (text: string) => void = () => undefined,
): Promise<BatchResult> {
  const journal = new BatchJournal(view, batch.contract);
  const results: CallResult[] = [];
  let balanceDelta = 0n;
  const before = view.account(batch.contract)?.balance ?? 0n;
  for (const call of batch.calls) {
    const scope = { batch, call, view, runner, journal, onDebug };
    const result = await runCall({ ...scope, balance: before + balanceDelta + call.value });
    if (result.status === "success") balanceDelta += call.value;
    results.push(result);
  }
  return { results, slots: journal.changes(), balanceDelta, outgoing: [] };
}

/** Runs one call that leaves no trace: `eth_call` on a container. */
export async function queryContainer(
  batch: Batch & { readonly calls: readonly [BatchCall] },
  view: StateView,
  runner: CallRunner,
  onDebug?: (text: string) => void,
): Promise<CallResult> {
  const { results } = await executeBatch(batch, view, runner, onDebug);
  const result = results[0];
  assert(result !== undefined, "a batch of one call has one result");
  return result;
}

type CallScope = {
  readonly batch: Batch;
  readonly call: BatchCall;
  readonly view: StateView;
  readonly runner: CallRunner;
  readonly journal: BatchJournal;
  readonly balance: bigint;
  readonly onDebug: (text: string) => void;
};

async function runCall(scope: CallScope): Promise<CallResult> {
  const { batch, call, runner, journal } = scope;
  assert(call.gasLimit <= GAS_LIMIT_MAX, `gas limit ${call.gasLimit} is above 2^39`);
  const meter = new GasMeter(Number(call.gasLimit));
  if (!pays(meter, CONTAINER_PRICES.call[batch.resourceClass])) return halted(call, "outOfGas");
  const { view, balance, onDebug } = scope;
  const hostCalls = new HostCalls({
    contract: batch.contract,
    journal,
    view,
    meter,
    balance,
    onDebug,
  });
  let outcome: CallOutcome;
  try {
    outcome = await runner.run(callFrame(batch, call), (asked) => hostCalls.answer(asked));
  } catch (error) {
    journal.rollback();
    throw error;
  }
  const result = concluded(call, outcome, meter);
  if (result.status !== "success") {
    journal.rollback();
    return result;
  }
  return { ...result, logs: journal.commit() };
}

function concluded(call: BatchCall, outcome: CallOutcome, meter: GasMeter): CallResult {
  if (outcome.status === "timeout") {
    return { status: "timeout", output: EMPTY_BYTES, logs: [], gasUsed: 0n };
  }
  if (outcome.status === "halt") return halted(call, outcome.code);
  const { status, output } = outcome;
  // An output goes into a block, like the data of a log, and costs the same.
  if (!pays(meter, PRICES.logByte * output.length)) return halted(call, "outOfGas");
  return { status, output, logs: [], gasUsed: call.gasLimit - BigInt(meter.gas) };
}

function pays(meter: GasMeter, gas: number): boolean {
  try {
    meter.charge(gas);
    return true;
  } catch (error) {
    if (error instanceof OutOfGas) return false;
    throw error;
  }
}

function halted(call: BatchCall, haltCode: HaltCode): CallResult {
  return { status: "halt", output: EMPTY_BYTES, logs: [], gasUsed: call.gasLimit, haltCode };
}

function callFrame({ contract, block }: Batch, call: BatchCall): CallFrame {
  return {
    contract,
    caller: call.caller,
    origin: call.origin,
    value: call.value,
    chainId: block.chainId,
    blockNumber: block.number,
    timestamp: block.timestamp,
    producer: block.producer,
    seed: call.seed,
    gasLimit: call.gasLimit,
    input: call.input,
  };
}
