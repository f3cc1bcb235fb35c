import type { Address, Hash } from "@delchain/runtime";
import type { ExecutedBlock } from "../block/block.ts";
import { callId } from "../transition/queue.ts";
import { isMessage, namesOf } from "../tx/transaction.ts";
import type { PendingBatch, PendingCall } from "./pendingBatch.ts";

export type OrderedCall = PendingCall & {
  readonly ordering: PendingBatch["ordering"];
  readonly callId: Hash;
};

/** Container calls that are ordered and not yet listed: rebuilt from the chain's queue when a node starts. */
export class OrderedCalls {
  readonly #chainId: bigint;
  readonly #byName = new Map<Hash, OrderedCall>();
  readonly #bySender = new Map<Address, Map<bigint, OrderedCall>>();
  readonly #counts = new Map<Address, number>();

  constructor(chainId: bigint) {
    this.#chainId = chainId;
  }

  add(ordering: PendingBatch["ordering"], calls: readonly PendingCall[]): void {
    for (const call of calls) {
      const { orderedIn, index } = call.entry;
      // Once: whoever waits for a receipt asks for the call time and again.
      const ordered = { ...call, ordering, callId: callId(this.#chainId, orderedIn, index) };
      const { sender, transaction } = call.listed;
      for (const name of namesOf(call.listed)) this.#byName.set(name, ordered);
      if (!isMessage(transaction)) {
        const nonces = this.#bySender.get(sender) ?? new Map<bigint, OrderedCall>();
        this.#bySender.set(sender, nonces);
        nonces.set(transaction.nonce, ordered);
      }
      this.#count(transaction.to as Address, 1);
    }
  }

  /** Forgets what a block lists. */
  settle({ receipts }: ExecutedBlock): void {
    for (const { transactionHash, containerCall } of receipts) {
      if (containerCall === undefined) continue;
      const ordered = this.#byName.get(transactionHash);
      if (ordered === undefined) continue;
      for (const name of namesOf(ordered.listed)) this.#byName.delete(name);
      const { sender, transaction } = ordered.listed;
      const nonces = this.#bySender.get(sender);
      if (!isMessage(transaction)) nonces?.delete(transaction.nonce);
      if (nonces?.size === 0) this.#bySender.delete(sender);
      this.#count(transaction.to as Address, -1);
    }
  }

  #count(contract: Address, change: 1 | -1): void {
    const count = this.countOf(contract) + change;
    if (count === 0) this.#counts.delete(contract);
    else this.#counts.set(contract, count);
  }

  /** How many there are. */
  get size(): number {
    return this.#byName.size;
  }

  get(hash: Hash): OrderedCall | undefined {
    return this.#byName.get(hash);
  }

  /** Which block ordered the call of this nonce, while it is not listed. */
  orderedIn(sender: Address, nonce: bigint): bigint | undefined {
    return this.#bySender.get(sender)?.get(nonce)?.entry.orderedIn;
  }

  /** How many calls wait for a contract. */
  countOf(contract: Address): number {
    return this.#counts.get(contract) ?? 0;
  }

  /**
   * The sender's lowest nonce that is ordered and not listed. `eth_getTransactionCount` says `latest` up to here,
   * because wallets call a transaction dropped when the count has passed it and no receipt comes.
   */
  lowestNonce(sender: Address): bigint | undefined {
    let lowest: bigint | undefined;
    for (const nonce of this.#bySender.get(sender)?.keys() ?? []) {
      if (lowest === undefined || nonce < lowest) lowest = nonce;
    }
    return lowest;
  }
}
