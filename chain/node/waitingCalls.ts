import { type Address, assert, type StateView } from "@delchain/runtime";
import { waitingEntries } from "../transition/queue.ts";
import type { WaitingCalls } from "./chainAnswers.ts";
import type { PendingCall } from "./pendingBatch.ts";
import { type Blocks, orderingOf } from "./settledBatches.ts";

/** Calls that are ordered and not settled, out of the blocks that ordered them; the oldest block's first. */
export function waitingCalls(
  view: Pick<StateView, "storage">,
  queue: Address,
  { block }: Pick<Blocks, "block">,
): readonly WaitingCalls[] {
  const entries = [...waitingEntries(view, queue)].reverse();
  const byBlock = Map.groupBy(entries, ({ orderedIn }) => orderedIn);
  return [...byBlock].map(([number, ordered]) => {
    const ordering = block(number);
    const byHash = new Map(ordering.block.orders.map((listed) => [listed.hash, listed]));
    const calls = ordered.map((entry): PendingCall => {
      const listed = byHash.get(entry.transactionHash);
      assert(listed, `block ${number} misses the call ${entry.index} that it ordered`);
      return { entry, listed };
    });
    return { ordering: orderingOf(ordering), calls };
  });
}
