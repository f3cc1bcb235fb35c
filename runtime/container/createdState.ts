import { MemoryView } from "../state/memoryView.ts";
import type { Address } from "../types/address.ts";
import { EMPTY_CODE_HASH, type Hash, ZERO_HASH } from "../types/hash.ts";
import { type PendingConstructor, storeConstructor } from "./constructorCall.ts";

/** A state with one contract as its creation leaves it: nothing in its storage but what its constructor waits for. */
export function createdState(
  contract: Address,
  pending: PendingConstructor | undefined,
): MemoryView {
  const slots = new Map<Hash, Hash>();
  if (pending !== undefined) {
    storeConstructor(
      {
        load: (slot) => slots.get(slot) ?? ZERO_HASH,
        store: (slot, value) => slots.set(slot, value),
      },
      pending,
    );
  }
  const view = new MemoryView();
  const account = {
    address: contract,
    exists: true,
    nonce: 1n,
    balance: pending?.value ?? 0n,
    codeHash: EMPTY_CODE_HASH,
    wiped: false,
    slots: [...slots].map(([slot, value]) => ({ slot, value })),
  };
  view.apply({ accounts: [account], codes: [] });
  return view;
}
