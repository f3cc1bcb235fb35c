import { GasMeter, OutOfGas } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import type { StateView } from "../state/view.ts";
import type { Address } from "../types/address.ts";
import { EMPTY_BYTES, fromHex } from "../types/bytes.ts";
import type { BlockContext } from "../types/context.ts";
import { assert } from "../types/errors.ts";
import { type Hash, keccak256 } from "../types/hash.ts";
import {
  type AgreedOutcome,
  agreedOutput,
  normalizedOutput,
  normalizeInput,
} from "./agreedOutput.ts";
import {
  CONSTRUCTOR_SELECTOR,
  clearConstructor,
  constructorInput,
  loadConstructor,
  namesConstructor,
  type PendingConstructor,
} from "./constructorCall.ts";
import type { CallFrame } from "./frames.ts";
import { HostCalls } from "./hostCalls.ts";
import { BatchJournal } from "./journal.ts";
import { MEDIAN_INPUT_BYTES_MAX } from "./limits.ts";
import { Outbox, type Sending } from "./outbox.ts";
import { type OutputRule, type OutputRules, outputRule } from "./outputRule.ts";
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
  readonly sending: Sending;
};

export type Batch = {
  readonly contract: Address;
  readonly resourceClass: ResourceClass;
  /** How members agree on outputs that are not identical; without them every output must be. */
  readonly rules?: OutputRules;
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

const REVERTED: CallOutcome = { status: "revert", output: EMPTY_BYTES };
const OUT_OF_GAS: CallOutcome = {
  status: "halt",
  code: "outOfGas",
  detail: "what runs with the call, a constructor or normalize, is not paid for",
};

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
  for (const call of batch.calls) {
    const scope = { batch, call, view, runner, journal, onDebug };
    const gained = balanceDelta + call.value;
    const available = () => (view.account(batch.contract)?.balance ?? 0n) + gained;
    const outbox = new Outbox(available, call.sending);
    const result = await runCall({ ...scope, outbox });
    if (result.status === "success") balanceDelta = gained - outbox.spent;
    results.push(result);
  }
  return { results, slots: journal.changes(), balanceDelta };
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
  readonly outbox: Outbox;
  readonly onDebug: (text: string) => void;
};

async function runCall(scope: CallScope): Promise<CallResult> {
  const { batch, call, journal, view, outbox, onDebug } = scope;
  assert(call.gasLimit <= GAS_LIMIT_MAX, `gas limit ${call.gasLimit} is above 2^39`);
  const meter = new GasMeter(Number(call.gasLimit));
  if (!pays(meter, CONTAINER_PRICES.call[batch.resourceClass])) return halted(call, "outOfGas");
  const { contract } = batch;
  const hostCalls = new HostCalls({ contract, journal, view, meter, outbox, onDebug });
  const rule = batch.rules && outputRule(batch.rules, call.input);
  const agreed = await withRollback(scope, () => agreedOf(scope, meter, hostCalls, rule));
  const result = concluded(call, agreed, meter);
  if (result.status !== "success") {
    journal.rollback();
    return result;
  }
  return { ...result, logs: journal.commit(), messages: outbox.messages };
}

/** The machine's trouble leaves nothing of the call either. */
async function withRollback<Result>(
  { journal }: CallScope,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    journal.rollback();
    throw error;
  }
}

/** The call, and what its manifest makes of its answer. */
async function agreedOf(
  scope: CallScope,
  meter: GasMeter,
  hostCalls: HostCalls,
  rule: OutputRule | undefined,
): Promise<AgreedOutcome> {
  const { batch, call, runner, journal } = scope;
  if (rule?.rule === "median") {
    // A constructor would write, and `settle` takes no longer input.
    const isTooEarly = loadConstructor(journal) !== undefined;
    if (isTooEarly || call.input.length > MEDIAN_INPUT_BYTES_MAX) return { outcome: REVERTED };
    hostCalls.isReadOnly = true;
  }
  let outcome = await outcomeOf(scope, meter, hostCalls);
  if (rule === undefined || outcome.status !== "success") return { outcome };
  if (rule.rule === "fields" && rule.isNormalized) {
    if (!pays(meter, CONTAINER_PRICES.call[batch.resourceClass])) return { outcome: OUT_OF_GAS };
    hostCalls.isReadOnly = true;
    const input = normalizeInput(outcome.output);
    const frame = { ...callFrame(batch, call), value: 0n, input };
    outcome = await runner.run(frame, (asked) => hostCalls.answer(asked));
    if (outcome.status !== "success") return { outcome };
    outcome = normalizedOutput(outcome.output);
    if (outcome.status !== "success") return { outcome };
  }
  return agreedOutput(rule, outcome.output);
}

/**
 * The call, and the constructor before it while the contract is not constructed. They stand or fall together, so a
 * constructor that does not succeed lets no call in.
 */
async function outcomeOf(
  scope: CallScope,
  meter: GasMeter,
  hostCalls: HostCalls,
): Promise<CallOutcome> {
  const { batch, call, runner, journal } = scope;
  const answer: Answer = (asked) => hostCalls.answer(asked);
  const pending = loadConstructor(journal);
  const isConstruction = namesConstructor(call.input);
  if (isConstruction && !isPlainConstruction(call, pending)) return REVERTED;
  if (pending) {
    const words = Math.ceil(constructorInput(pending).length / 32);
    const price = CONTAINER_PRICES.call[batch.resourceClass] + PRICES.storageColdLoad * words;
    if (!pays(meter, price)) return OUT_OF_GAS;
    const outcome = await runner.run(constructorFrame(batch, call, pending), answer);
    if (outcome.status !== "success") return outcome;
    clearConstructor(journal, pending);
    if (isConstruction) return { status: "success", output: EMPTY_BYTES };
  }
  return runner.run(callFrame(batch, call), answer);
}

/** A call that is there to construct: the selector alone, without value. */
function isPlainConstruction(call: BatchCall, pending: PendingConstructor | undefined): boolean {
  return (
    pending !== undefined && call.input.length === CONSTRUCTOR_SELECTOR.length && call.value === 0n
  );
}

function concluded(
  call: BatchCall,
  { outcome, ...agreed }: AgreedOutcome,
  meter: GasMeter,
): CallResult {
  if (outcome.status === "timeout") {
    return { status: "timeout", output: EMPTY_BYTES, logs: [], messages: [], gasUsed: 0n };
  }
  if (outcome.status === "halt") return halted(call, outcome.code);
  const { status, output } = outcome;
  // An output goes into a block, like the data of a log, and costs the same.
  if (!pays(meter, PRICES.logByte * output.length)) return halted(call, "outOfGas");
  const gasUsed = call.gasLimit - BigInt(meter.gas);
  return { status, output, logs: [], messages: [], gasUsed, ...agreed };
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
  const nothing = { output: EMPTY_BYTES, logs: [], messages: [] };
  return { status: "halt", ...nothing, gasUsed: call.gasLimit, haltCode };
}

/** In the deployer's name; its randomness is another than that of the call behind it. */
function constructorFrame(batch: Batch, call: BatchCall, pending: PendingConstructor): CallFrame {
  const { deployer: caller, value } = pending;
  const seed = keccak256(fromHex(call.seed));
  return { ...callFrame(batch, call), caller, value, seed, input: constructorInput(pending) };
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
