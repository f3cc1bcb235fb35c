import {
  type Address,
  type BlockExecution,
  EMPTY_BYTES,
  type Hash,
  InvalidInput,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import type { ListedTransaction } from "../tx/transaction.ts";
import type { Ancestor } from "./applyCertificate.ts";
import { afterGivenUp, isPaidOut } from "./contractLife.ts";
import { readContractQueue, readEntry, removeEntries } from "./queue.ts";
import { type SettledCall, settleCall } from "./settleCall.ts";

export type InvalidOverdue =
  | { readonly code: "NOT_WAITING"; readonly transaction: Hash }
  | { readonly code: "NOT_OVERDUE"; readonly orderedIn: bigint; readonly number: bigint };

/** When a block was or will be made. */
export type BlockTime = { readonly number: bigint; readonly timestamp: bigint };

/** Whether a call ordered in one block may be given up in another (`ChainSpec.orderDeadlineBlocks`). */
export function isOverdue(ordering: BlockTime, block: BlockTime, spec: ChainSpec): boolean {
  return (
    block.number - ordering.number >= spec.orderDeadlineBlocks &&
    block.timestamp - ordering.timestamp >= spec.orderDeadlineSeconds
  );
}

/**
 * Settles a contract's first waiting call as timed out when no committee has certified it by its deadline, or when the
 * contract was suspended since: the caller
 * pays for the order alone, to the producer of this block, because no host is known to have worked. Without this,
 * value would be locked for ever in a contract that no host can run. Throws `InvalidInput<InvalidOverdue>` and
 * changes nothing.
 */
export function giveUpOrder(
  execution: BlockExecution,
  listed: ListedTransaction,
  context: {
    readonly block: BlockTime & { readonly producer: Address };
    readonly ancestor: (number: bigint) => Ancestor | undefined;
    readonly spec: ChainSpec;
  },
): SettledCall {
  const { block, ancestor, spec } = context;
  const contract = listed.transaction.to;
  const list = contract && readContractQueue(execution, spec.queueAddress, contract);
  const entry = list && readEntry(execution, spec.queueAddress, list.first);
  if (contract === undefined || entry?.transactionHash !== listed.hash) {
    throw new InvalidInput<InvalidOverdue>(
      { code: "NOT_WAITING", transaction: listed.hash },
      `${listed.hash} is not the next ordered call of ${contract}`,
    );
  }
  const ordering = ancestor(entry.orderedIn);
  const isDue =
    isPaidOut(execution, contract, entry.index, spec) ||
    (ordering !== undefined &&
      isOverdue({ number: entry.orderedIn, timestamp: ordering.timestamp }, block, spec));
  if (!isDue) {
    throw new InvalidInput<InvalidOverdue>(
      { code: "NOT_OVERDUE", orderedIn: entry.orderedIn, number: block.number },
      `${listed.hash} was ordered in block ${entry.orderedIn}; a call waits ${spec.orderDeadlineBlocks} blocks and ` +
        `${spec.orderDeadlineSeconds} s before it is given up`,
    );
  }
  const outcome = {
    outcome: "timedOut",
    logs: [],
    gasUsed: spec.orderGas,
    result: EMPTY_BYTES,
  } as const;
  const payees = [block.producer];
  const settled = settleCall(execution, entry, outcome, listed, {
    payees,
    spec,
    resultsHash: undefined,
    notBefore: 0n,
  });
  removeEntries(execution, spec.queueAddress, contract, [entry], block.number);
  const logs = afterGivenUp(execution, contract, entry.index, spec);
  return { ...settled, logs: settled.logs.concat(logs) };
}
