import type { Account, Address, Hash, SlotChange, StateView } from "@delchain/runtime";
import { BoundedCache } from "../state/boundedCache.ts";

/** How a contract's storage came from the one before: the last certificate over calls of it. */
export type StorageChange = { readonly from: Hash; readonly slots: readonly SlotChange[] };

/** Contracts whose slots are remembered, and how many of each: 80 MB at about 300 bytes a slot. */
export const KNOWN_CONTRACTS_MAX = 64;
export const KNOWN_SLOTS_MAX = 4_096;

/**
 * What was read of contracts' own slots, by the root of their storage: a busy contract's calls look at the same slots
 * again and again, and the thread that has them is building a block meanwhile.
 */
export class KnownSlots {
  readonly #contracts = new BoundedCache<Address, { root: Hash; slots: Map<Hash, Hash> }>(
    KNOWN_CONTRACTS_MAX,
  );

  /** `view` with what is known of the contract's storage of root `root`, which `since` may have led to. */
  over(
    view: StateView,
    contract: Address,
    root: Hash,
    since: StorageChange | undefined,
  ): StateView {
    let known = this.#contracts.get(contract);
    if (known?.root !== root) {
      const isNext = known !== undefined && known.root === since?.from;
      // A copy: runs on the storage before may go on.
      const slots = new Map(isNext ? known?.slots : []);
      for (const { slot, value } of (isNext && since?.slots) || []) slots.set(slot, value);
      known = { root, slots: slots.size > KNOWN_SLOTS_MAX ? new Map() : slots };
      this.#contracts.set(contract, known);
    }
    return new KnownView(view, contract, known.slots);
  }
}

class KnownView implements StateView {
  readonly #view: StateView;
  readonly #contract: Address;
  readonly #slots: Map<Hash, Hash>;

  constructor(view: StateView, contract: Address, slots: Map<Hash, Hash>) {
    this.#view = view;
    this.#contract = contract;
    this.#slots = slots;
  }

  account(address: Address): Account | undefined {
    return this.#view.account(address);
  }

  storage(address: Address, slot: Hash): Hash {
    if (address !== this.#contract) return this.#view.storage(address, slot);
    const known = this.#slots.get(slot);
    if (known !== undefined) return known;
    const value = this.#view.storage(address, slot);
    if (this.#slots.size < KNOWN_SLOTS_MAX) this.#slots.set(slot, value);
    return value;
  }

  code(hash: Hash): Uint8Array | undefined {
    return this.#view.code(hash);
  }

  blockHash(number: bigint): Hash | undefined {
    return this.#view.blockHash(number);
  }
}
