import type { Address, Hash } from "@delchain/runtime";
import type { Header } from "../block/header.ts";
import { isSwitch } from "../transition/orderRules.ts";
import type { QueueEntry } from "../transition/queue.ts";
import type { ListedTransaction } from "../tx/transaction.ts";
import type { ContractFacts } from "./contractFacts.ts";

export type PendingCall = { readonly entry: QueueEntry; readonly listed: ListedTransaction };

/** What calls need of the block that ordered them. */
export type OrderingBlock = {
  readonly hash: Hash;
  readonly header: Header;
  /** In wei per gas. */
  readonly containerBaseFee: bigint;
};

/** All calls of one contract that one block ordered: what is run, attested and certified as one. */
export type PendingBatch = {
  readonly contract: Address;
  readonly ordering: OrderingBlock;
  /** In queue order; never empty. */
  readonly calls: readonly PendingCall[];
  /** The block that has it judged once more, after it was settled: it holds a challenge of the result. */
  readonly again?: { readonly number: bigint; readonly hash: Hash };
};

/**
 * Groups what a block ordered by contract, each group in queue order; a call that switches a contract to another
 * version is a group of its own.
 */
export function batchesOf(
  ordering: PendingBatch["ordering"],
  calls: readonly PendingCall[],
): readonly PendingBatch[] {
  const groups: { readonly contract: Address; readonly calls: PendingCall[] }[] = [];
  const open = new Map<Address, PendingCall[]>();
  for (const call of calls) {
    const { listed } = call;
    const contract = listed.transaction.to as Address;
    const isAlone = isSwitch(listed.transaction.data);
    const group = isAlone ? undefined : open.get(contract);
    if (group) {
      group.push(call);
      continue;
    }
    const own = [call];
    groups.push({ contract, calls: own });
    if (isAlone) open.delete(contract);
    else open.set(contract, own);
  }
  return groups.map((group) => ({ ...group, ordering }));
}

/** What is left of a batch when its calls up to one are settled: the same batch, a shorter one, or none. */
export function afterCall(batch: PendingBatch, last: bigint): readonly PendingBatch[] {
  const calls = batch.calls.filter(({ entry }) => entry.index > last);
  if (calls.length === batch.calls.length) return [batch];
  return calls.length === 0 ? [] : [{ ...batch, calls }];
}

/**
 * How many calls are judged at first. A list that a block has fixed for fewer proves that a quorum has halved the
 * batch, and behind a half there are twice as many at most: where every call differs, judging the whole rest after
 * each would cost as many runs of it as there are calls.
 */
export function countAtFirst(
  { calls }: PendingBatch,
  { fixed, certifiedBefore }: ContractFacts,
): number {
  const counts = fixed
    .filter(({ firstIndex }) => firstIndex === calls[0]?.entry.index)
    .map(({ lastIndex }) => calls.filter(({ entry }) => entry.index <= lastIndex).length);
  return Math.min(calls.length, 2 * (certifiedBefore ?? calls.length), ...counts);
}
