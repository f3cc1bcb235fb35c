import type { Profiler } from "../host/profiler.ts";
import type { ExecutableTransaction } from "../types/context.ts";
import type { TransactionOutcome } from "../types/result.ts";
import { decodeOutcome } from "./decodeOutcome.ts";
import { encodedLength, encodeTransaction, unencodable } from "./encodeTransaction.ts";
import type { Engine } from "./engine.ts";
import type { HostFrames } from "./hostFrames.ts";

/** Transactions in one crossing: beyond a few hundred the crossing's cost no longer shows. */
export const BATCH_TRANSACTIONS_MAX = 1_024;
/** Encoded bytes in one crossing, unless one transaction alone has more. */
export const BATCH_BYTES_MAX: number = 4 * 1024 * 1024;

const COMMIT = 1;
const TRACE = 2;
const PROFILE = 4;

/** Runs them in order, each on top of the last. Throws `Unavailable` when one could not be decided. */
export function runBatches(
  engine: Engine,
  frames: HostFrames,
  transactions: readonly ExecutableTransaction[],
): TransactionOutcome[] {
  const outcomes: TransactionOutcome[] = [];
  while (outcomes.length < transactions.length) {
    const first = transactions[outcomes.length] as ExecutableTransaction;
    const reason = unencodable(first);
    if (reason !== undefined) {
      outcomes.push({ status: "invalid", reason });
      continue;
    }
    runBatch(engine, frames, nextBatch(transactions, outcomes.length), COMMIT, outcomes);
  }
  return outcomes;
}

/** Runs one transaction and drops what it changed. */
export function runDiscarded(
  engine: Engine,
  frames: HostFrames,
  transaction: ExecutableTransaction,
  trace: boolean,
  profiler: Profiler | undefined,
): TransactionOutcome {
  const reason = unencodable(transaction);
  if (reason !== undefined) return { status: "invalid", reason };
  const outcomes: TransactionOutcome[] = [];
  frames.profiler = profiler;
  const flags = (trace ? TRACE : 0) | (profiler === undefined ? 0 : PROFILE);
  runBatch(engine, frames, [transaction], flags, outcomes);
  return outcomes[0] as TransactionOutcome;
}

function nextBatch(
  transactions: readonly ExecutableTransaction[],
  start: number,
): readonly ExecutableTransaction[] {
  let end = start;
  let length = 0;
  while (end < transactions.length && end - start < BATCH_TRANSACTIONS_MAX) {
    const transaction = transactions[end] as ExecutableTransaction;
    length += encodedLength(transaction);
    if (end > start && (length > BATCH_BYTES_MAX || unencodable(transaction) !== undefined)) break;
    end++;
  }
  return transactions.slice(start, end);
}

/** Appends the outcomes of those that ran: the engine stops early when many bytes of output wait. */
function runBatch(
  engine: Engine,
  frames: HostFrames,
  batch: readonly ExecutableTransaction[],
  flags: number,
  outcomes: TransactionOutcome[],
): void {
  let length = 0;
  for (const transaction of batch) length += encodedLength(transaction);
  let offset = engine.exports.input_alloc(length);
  const memory = engine.memory;
  for (const transaction of batch) offset = encodeTransaction(memory, offset, transaction);
  frames.batch = batch;
  const count = engine.enter((exports) => exports.run(batch.length, flags));
  const reader = engine.output();
  for (let i = 0; i < count; i++) {
    const outcome = decodeOutcome(reader);
    if (outcome.status === "unavailable") {
      engine.fail(new Error(outcome.reason));
      throw engine.unavailable();
    }
    outcomes.push(outcome);
  }
}
