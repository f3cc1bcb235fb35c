import type { Account, Address, Hash, SlotChange, StateView } from "@delchain/runtime";

/**
 * A state with changes of one contract's slots on top, for calls that run before those in front of them are certified.
 * Remembers the balances that were asked for: no result may be used where they have become others.
 */
export class SpeculativeView implements StateView {
  readonly balances: Map<Address, bigint> = new Map();
  readonly #view: StateView;
  readonly #contract: Address;
  readonly #slots: ReadonlyMap<Hash, Hash>;

  constructor(view: StateView, contract: Address, changes: readonly SlotChange[] = []) {
    this.#view = view;
    this.#contract = contract;
    this.#slots = new Map(changes.map(({ slot, value }) => [slot, value]));
  }

  account(address: Address): Account | undefined {
    const account = this.#view.account(address);
    this.balances.set(address, account?.balance ?? 0n);
    return account;
  }

  storage(address: Address, slot: Hash): Hash {
    const changed = address === this.#contract ? this.#slots.get(slot) : undefined;
    return changed ?? this.#view.storage(address, slot);
  }

  code(hash: Hash): Uint8Array | undefined {
    return this.#view.code(hash);
  }

  blockHash(number: bigint): Hash | undefined {
    return this.#view.blockHash(number);
  }
}
