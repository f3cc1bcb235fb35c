import { compareHex, type SlotChange } from "../state/diff.ts";
import type { StateView } from "../state/view.ts";
import type { Address } from "../types/address.ts";
import type { Hash } from "../types/hash.ts";
import type { Log } from "../types/result.ts";

/** The pending writes of one contract's batch: each call's own on top of those of the calls that succeeded. */
export class BatchJournal {
  readonly #view: StateView;
  readonly #contract: Address;
  readonly #kept = new Map<Hash, Hash>();
  #writes = new Map<Hash, Hash>();
  #logs: Log[] = [];

  constructor(view: StateView, contract: Address) {
    this.#view = view;
    this.#contract = contract;
  }

  load(slot: Hash): Hash {
    return (
      this.#writes.get(slot) ?? this.#kept.get(slot) ?? this.#view.storage(this.#contract, slot)
    );
  }

  store(slot: Hash, value: Hash): void {
    this.#writes.set(slot, value);
  }

  emit(topics: readonly Hash[], data: Uint8Array): void {
    this.#logs.push({ address: this.#contract, topics, data });
  }

  /** Keeps the running call's writes and hands out its logs. */
  commit(): readonly Log[] {
    for (const [slot, value] of this.#writes) this.#kept.set(slot, value);
    const logs = this.#logs;
    this.rollback();
    return logs;
  }

  /** Forgets the running call's writes and logs. */
  rollback(): void {
    this.#writes = new Map();
    this.#logs = [];
  }

  /** The net changes of the calls that were committed, by slot. */
  changes(): readonly SlotChange[] {
    const changes: SlotChange[] = [];
    for (const [slot, value] of this.#kept) {
      if (value !== this.#view.storage(this.#contract, slot)) changes.push({ slot, value });
    }
    return changes.sort((left, right) => compareHex(left.slot, right.slot));
  }
}
