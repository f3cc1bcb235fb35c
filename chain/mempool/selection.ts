import type { Address } from "@delchain/runtime";
import type { SignedTransaction } from "../tx/transaction.ts";
import { type BaseFees, type Lane, type Pooled, tipAt } from "./pooled.ts";
import { PriorityQueue } from "./priorityQueue.ts";

/** What the next block has room for. */
export type BlockRoom = {
  readonly baseFees: BaseFees;
  /** Sums of gas limits; each lane has its own. */
  readonly gas: Readonly<Record<Lane, bigint>>;
  readonly ordersMax: number;
  /** Of transactions of both lanes. */
  readonly bytes: number;
  /** How many more calls may be ordered for a container. */
  readonly queueRoom: (contract: Address) => number;
};

/** Transactions of the two lanes, as `executeBlock` takes them: those to execute, then those to order. */
export type Selection = {
  readonly transactions: readonly SignedTransaction[];
  readonly orders: readonly SignedTransaction[];
};

/** One sender's run, and how far it is taken. */
type Cursor = { readonly run: readonly Pooled[]; next: number; tip: bigint; hasOrdered: boolean };

/**
 * The transactions of the next block: the highest tip first, each sender's in the order of nonces. `runs` holds
 * for each sender what could follow its account's nonce without a gap. A transaction that does not fit ends
 * its sender's turn and no one else's.
 */
export function selectTransactions(runs: Iterable<readonly Pooled[]>, room: BlockRoom): Selection {
  const cursors = new PriorityQueue<Cursor>(isBefore);
  for (const run of runs) pushNext(cursors, { run, next: 0, tip: 0n, hasOrdered: false }, room);
  const left = new RoomLeft(room);
  const transactions: SignedTransaction[] = [];
  const orders: SignedTransaction[] = [];
  for (let cursor = cursors.pop(); cursor !== undefined; cursor = cursors.pop()) {
    const pooled = cursor.run[cursor.next] as Pooled;
    if (!left.take(pooled)) continue;
    (pooled.lane === "order" ? orders : transactions).push(pooled.signed);
    const hasOrdered = cursor.hasOrdered || pooled.lane === "order";
    pushNext(cursors, { ...cursor, next: cursor.next + 1, hasOrdered }, room);
  }
  return { transactions, orders };
}

function pushNext(cursors: PriorityQueue<Cursor>, cursor: Cursor, { baseFees }: BlockRoom): void {
  const pooled = cursor.run[cursor.next];
  if (pooled === undefined) return;
  // A block executes before it orders: what follows a sender's order waits for the block after.
  if (cursor.hasOrdered && pooled.lane === "execute") return;
  const tip = tipAt(pooled, baseFees[pooled.lane]);
  if (tip >= 0n) cursors.push({ ...cursor, tip });
}

function isBefore(left: Cursor, right: Cursor): boolean {
  if (left.tip !== right.tip) return left.tip > right.tip;
  return (left.run[left.next] as Pooled).arrival < (right.run[right.next] as Pooled).arrival;
}

/** What is left of a block's room while it is filled. */
class RoomLeft {
  readonly #gas: Record<Lane, bigint>;
  readonly #queues = new Map<Address, number>();
  readonly #room: BlockRoom;
  #bytes: number;
  #orders: number;

  constructor(room: BlockRoom) {
    this.#room = room;
    this.#gas = { ...room.gas };
    this.#bytes = room.bytes;
    this.#orders = room.ordersMax;
  }

  /** Takes the transaction's share if all of it is there. */
  take({ signed, lane }: Pooled): boolean {
    const { gasLimit, to } = signed.transaction;
    if (this.#gas[lane] < gasLimit || this.#bytes < signed.raw.length) return false;
    if (lane === "order") {
      const queue = to === undefined ? 0 : (this.#queues.get(to) ?? this.#room.queueRoom(to));
      if (to === undefined || this.#orders === 0 || queue <= 0) return false;
      this.#queues.set(to, queue - 1);
      this.#orders--;
    }
    this.#gas[lane] -= gasLimit;
    this.#bytes -= signed.raw.length;
    return true;
  }
}
