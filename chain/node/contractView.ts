import {
  type Account,
  type Address,
  type Hash,
  InvalidInput,
  type StateView,
} from "@delchain/runtime";
import type { StatePruned } from "../state/history.ts";

/**
 * What the ordered calls of one contract see: the state as block `number` left it, however long they run. No node
 * keeps that state for ever, but nothing changes the contract's own slots before the certificate over these calls,
 * so that once it is gone they are read from a state that is kept, and are the same.
 */
export class ContractView implements StateView {
  readonly #contract: Address;
  readonly #viewAt: (number: bigint) => StateView;
  readonly #view: StateView;
  #own: StateView;

  constructor(contract: Address, number: bigint, viewAt: (number: bigint) => StateView) {
    this.#contract = contract;
    this.#viewAt = viewAt;
    this.#view = viewAt(number);
    this.#own = this.#view;
  }

  account(address: Address): Account | undefined {
    return this.#view.account(address);
  }

  storage(address: Address, slot: Hash): Hash {
    if (address !== this.#contract) return this.#view.storage(address, slot);
    try {
      return this.#own.storage(address, slot);
    } catch (error) {
      const newest = newestKept(error);
      if (newest === undefined) throw error;
      this.#own = this.#viewAt(newest);
      return this.#own.storage(address, slot);
    }
  }

  code(hash: Hash): Uint8Array | undefined {
    return this.#view.code(hash);
  }

  blockHash(number: bigint): Hash | undefined {
    return this.#view.blockHash(number);
  }
}

/** The newest state that is kept, when the one that was asked for is not. */
function newestKept(error: unknown): bigint | undefined {
  if (!(error instanceof InvalidInput) || error.facts.code !== "STATE_PRUNED") return undefined;
  return (error.facts as StatePruned).newest;
}
