import type { Address, Hash } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { maxCost } from "../tx/intrinsic.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { checkAdmission, notAdmitted, type OrderedIn } from "./admission.ts";
import { MEMPOOL_LIMITS, type MempoolLimits } from "./limits.ts";
import { type AccountFacts, type BaseFees, type Lane, type Pooled, tipAt } from "./pooled.ts";
import { PriorityQueue } from "./priorityQueue.ts";
import { type BlockRoom, type Selection, selectTransactions } from "./selection.ts";
import { SenderQueue } from "./senderQueue.ts";

/** What a new head changes for the mempool. */
export type NewHead = {
  readonly number: bigint;
  /** What the block after the head charges. */
  readonly baseFees: BaseFees;
  /** Every account that the block changed, not only the senders here: one's transaction may be on its way in. */
  readonly accounts: ReadonlyMap<Address, AccountFacts>;
  /** Containers that the block deployed: calls to them are ordered from now on. */
  readonly containers: readonly Address[];
};

type Sender = { account: AccountFacts; readonly queue: SenderQueue };

/** Waits for a missing nonce: when room is short, everything that can be executed is worth more. */
const NOT_EXECUTABLE = -1n;

/** Evicted at once when room is short, so that not every newcomer searches the whole mempool. */
const EVICTION_BATCH = 64;

/**
 * Transactions that wait for a block, by sender and nonce. Holds at most what its limits say: when it is full,
 * what pays most stays. Synchronous and without a disk; `MempoolJournal` keeps it over restarts.
 */
export class Mempool {
  readonly #spec: ChainSpec;
  readonly #limits: MempoolLimits;
  readonly #orderedIn: OrderedIn;
  readonly #senders = new Map<Address, Sender>();
  readonly #byHash = new Map<Hash, Pooled>();
  #bytes = 0;
  #arrivals = 0;
  #head = 0n;
  #baseFees: BaseFees;
  /** What the cheapest here is worth, while that is known. */
  #floor: bigint | undefined;

  constructor(
    spec: ChainSpec,
    orderedIn: OrderedIn = () => undefined,
    limits: MempoolLimits = MEMPOOL_LIMITS,
  ) {
    this.#spec = spec;
    this.#limits = limits;
    this.#orderedIn = orderedIn;
    this.#baseFees = { execute: spec.initialBaseFee, order: spec.initialContainerBaseFee };
  }

  /**
   * Takes in a transaction that `checkTransaction` found right. `"stale"`: nothing was done, because `account`
   * is of an older block than the head; look again. Throws `InvalidInput<NotAdmitted>` and stays as it was.
   */
  add(signed: SignedTransaction, lane: Lane, account: AccountFacts): "added" | "stale" {
    if (account.block < this.#head) return "stale";
    const { sender } = signed;
    const queue = this.#senders.get(sender)?.queue ?? new SenderQueue();
    const replaced = checkAdmission(signed, lane, account, queue, {
      spec: this.#spec,
      limits: this.#limits,
      baseFees: this.#baseFees,
      orderedIn: this.#orderedIn,
    });
    const pooled: Pooled = { signed, lane, arrival: this.#arrivals };
    this.#makeRoom(pooled, replaced, { account, queue });
    this.#arrivals++;
    if (replaced) this.#drop(replaced);
    queue.put(pooled);
    this.#senders.set(sender, { account, queue });
    this.#byHash.set(signed.hash, pooled);
    this.#bytes += signed.raw.length;
    this.#floor = undefined;
    return "added";
  }

  get(hash: Hash): SignedTransaction | undefined {
    return this.#byHash.get(hash)?.signed;
  }

  /** All of them, in the order of their arrival. */
  all(): readonly SignedTransaction[] {
    const pooled = [...this.#byHash.values()].sort((left, right) => left.arrival - right.arrival);
    return pooled.map(({ signed }) => signed);
  }

  /** The nonce that a sender should sign with next: after the unbroken run on top of `nonce`, its account's. */
  nextNonce(sender: Address, nonce: bigint): bigint {
    return this.#senders.get(sender)?.queue.firstMissing(nonce) ?? nonce;
  }

  /** `pending` could go into the next blocks; `queued` waits for a missing nonce. */
  status(): { readonly pending: number; readonly queued: number } {
    let pending = 0;
    for (const { account, queue } of this.#senders.values()) {
      pending += Number(queue.firstMissing(account.nonce) - account.nonce);
    }
    return { pending, queued: this.#byHash.size - pending };
  }

  /** What the next block could hold; it stays here until a head has used its nonces. */
  select(room: Omit<BlockRoom, "baseFees">): Selection {
    const runs = [...this.#senders.values()].map(({ account, queue }) => queue.run(account.nonce));
    return selectTransactions(runs, { ...room, baseFees: this.#baseFees });
  }

  /** Follows a new head: drops what it used up, and what its sender can no longer pay. Returns the dropped. */
  advance(head: NewHead): readonly SignedTransaction[] {
    this.#head = head.number;
    this.#baseFees = head.baseFees;
    this.#floor = undefined;
    const dropped: Pooled[] = [];
    for (const [address, account] of head.accounts) {
      const sender = this.#senders.get(address);
      if (sender === undefined) continue;
      sender.account = account;
      dropped.push(...sender.queue.all().filter((pooled) => !isPossible(pooled, account)));
    }
    for (const pooled of dropped) this.#drop(pooled);
    if (head.containers.length > 0) {
      const tooPoor = this.#reroute(new Set(head.containers));
      for (const pooled of tooPoor) this.#drop(pooled);
      dropped.push(...tooPoor);
    }
    return dropped.map(({ signed }) => signed);
  }

  /** Takes a transaction out, whatever its nonce. */
  remove(hash: Hash): void {
    const pooled = this.#byHash.get(hash);
    if (pooled) this.#drop(pooled);
  }

  /**
   * Takes out what a block refused and would refuse again. What it refused only because an earlier nonce of the
   * sender's was not used stays, and waits for that nonce.
   */
  refuse(hash: Hash): void {
    const pooled = this.#byHash.get(hash);
    const next = pooled && this.#senders.get(pooled.signed.sender)?.account.nonce;
    if (pooled && pooled.signed.transaction.nonce === next) this.#drop(pooled);
  }

  /** Calls to what has become a container change lanes. Returns those whose gas does not pay for an order. */
  #reroute(containers: ReadonlySet<Address>): readonly Pooled[] {
    const tooPoor: Pooled[] = [];
    for (const pooled of this.#byHash.values()) {
      const { sender, hash, transaction } = pooled.signed;
      const { to, data, gasLimit } = transaction;
      if (to === undefined || data.length === 0 || !containers.has(to)) continue;
      const rerouted: Pooled = { ...pooled, lane: "order" };
      this.#senders.get(sender)?.queue.put(rerouted);
      this.#byHash.set(hash, rerouted);
      if (gasLimit < this.#spec.orderGas) tooPoor.push(rerouted);
    }
    return tooPoor;
  }

  #drop({ signed }: Pooled): void {
    if (!this.#byHash.delete(signed.hash)) return;
    this.#floor = undefined;
    this.#bytes -= signed.raw.length;
    const sender = this.#senders.get(signed.sender);
    sender?.queue.remove(signed.transaction.nonce);
    if (sender?.queue.length === 0) this.#senders.delete(signed.sender);
  }

  /** Evicts what is worth less than the newcomer; throws and evicts nothing when that is not enough. */
  #makeRoom(newcomer: Pooled, replaced: Pooled | undefined, sender: Sender): void {
    const { transactionsMax, bytesMax } = this.#limits;
    let count = this.#byHash.size + (replaced ? 0 : 1) - transactionsMax;
    let bytes =
      this.#bytes + newcomer.signed.raw.length - (replaced?.signed.raw.length ?? 0) - bytesMax;
    if (count <= 0 && bytes <= 0) return;
    const worth = this.#worthOf(newcomer, sender);
    const cheapest = this.#floor ?? NOT_EXECUTABLE;
    if (worth <= cheapest) throw full(worth, cheapest);
    const evicted: Pooled[] = [];
    for (const { pooled, worth: other } of this.#cheapestFirst()) {
      this.#floor ??= other;
      if (other >= worth || (count <= 0 && bytes <= 0 && evicted.length >= EVICTION_BATCH)) break;
      if (pooled.signed.sender === newcomer.signed.sender) continue;
      evicted.push(pooled);
      count--;
      bytes -= pooled.signed.raw.length;
    }
    if (count > 0 || bytes > 0) throw full(worth, this.#floor ?? worth);
    for (const pooled of evicted) this.#drop(pooled);
  }

  /** From each sender its last nonce first, so that what stays has no gaps. */
  *#cheapestFirst(): Generator<{ readonly pooled: Pooled; readonly worth: bigint }> {
    type Tail = { pooled: Pooled; worth: bigint; sender: Sender; index: number };
    const tails = new PriorityQueue<Tail>((left, right) => left.worth < right.worth);
    const push = (sender: Sender, index: number) => {
      const pooled = sender.queue.all()[index];
      if (pooled) tails.push({ pooled, worth: this.#worthOf(pooled, sender), sender, index });
    };
    for (const sender of this.#senders.values()) push(sender, sender.queue.length - 1);
    for (let tail = tails.pop(); tail !== undefined; tail = tails.pop()) {
      yield tail;
      push(tail.sender, tail.index - 1);
    }
  }

  #worthOf(pooled: Pooled, { account, queue }: Sender): bigint {
    const isExecutable = pooled.signed.transaction.nonce <= queue.firstMissing(account.nonce);
    return isExecutable ? tipAt(pooled, this.#baseFees[pooled.lane]) : NOT_EXECUTABLE;
  }
}

function isPossible({ signed: { transaction } }: Pooled, account: AccountFacts): boolean {
  return transaction.nonce >= account.nonce && maxCost(transaction) <= account.balance;
}

function full(tip: bigint, cheapest: bigint): Error {
  return notAdmitted(
    { code: "MEMPOOL_FULL", tip, cheapest },
    `txpool is full: a tip of ${tip} wei per gas does not displace one of ${cheapest}; ` +
      "raise maxPriorityFeePerGas, fill nonce gaps, or wait for a block",
  );
}
