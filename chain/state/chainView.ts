import type { Account, Address, Hash, StateView } from "@delchain/runtime";
import type { FlatState } from "./flatState.ts";
import type { History } from "./history.ts";

/** Block hashes that a contract can ask for (EIP-2935's window, the `BLOCKHASH` opcode). */
export const BLOCK_HASH_WINDOW = 256n;

/** What a view needs of the store it looks into. */
export type ViewSource = {
  readonly flat: FlatState;
  readonly history: History;
  /** The number of the newest block. */
  readonly tipNumber: () => bigint;
  readonly blockHash: (number: bigint) => Hash | undefined;
};

/** The state as block `number` left it. It stays right while later blocks are committed, until it is pruned. */
export class ChainView implements StateView {
  readonly number: bigint;
  readonly #source: ViewSource;
  readonly #overlay: ReturnType<History["overlay"]>;

  constructor(source: ViewSource, number: bigint) {
    this.number = number;
    this.#source = source;
    this.#overlay = source.history.overlay(number);
  }

  account(address: Address): Account | undefined {
    this.#advance();
    const replaced = this.#overlay.accounts.get(address);
    if (replaced !== undefined) return replaced ?? undefined;
    return this.#source.flat.account(address);
  }

  storage(address: Address, slot: Hash): Hash {
    this.#advance();
    return this.#overlay.slots.get(address + slot) ?? this.#source.flat.storage(address, slot);
  }

  /** Code lies under its hash and is never deleted, so it needs no history. */
  code(hash: Hash): Uint8Array | undefined {
    return this.#source.flat.code(hash);
  }

  blockHash(number: bigint): Hash | undefined {
    if (number > this.number || number <= this.number - BLOCK_HASH_WINDOW) return undefined;
    return this.#source.blockHash(number);
  }

  #advance(): void {
    const tip = this.#source.tipNumber();
    if (this.#overlay.through !== tip) this.#source.history.advance(this.#overlay, tip);
  }
}
