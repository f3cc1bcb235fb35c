import type { Address, Hash } from "@delchain/runtime";
import type { Header } from "../block/header.ts";
import type { QueueEntry } from "../transition/queue.ts";
import type { SignedTransaction } from "../tx/transaction.ts";

export type PendingCall = { readonly entry: QueueEntry; readonly signed: SignedTransaction };

/** All calls of one contract that one block ordered: what is run, attested and certified as one. */
export type PendingBatch = {
  readonly contract: Address;
  readonly ordering: { readonly hash: Hash; readonly header: Header };
  /** In queue order; never empty. */
  readonly calls: readonly PendingCall[];
};

/** Groups what a block ordered by contract, each group in queue order. */
export function batchesOf(
  ordering: PendingBatch["ordering"],
  calls: readonly PendingCall[],
): readonly PendingBatch[] {
  const groups = new Map<Address, PendingCall[]>();
  for (const call of calls) {
    const contract = call.signed.transaction.to as Address;
    const group = groups.get(contract);
    if (group) group.push(call);
    else groups.set(contract, [call]);
  }
  return [...groups].map(([contract, group]) => ({ contract, ordering, calls: group }));
}
