import {
  type Account,
  type Address,
  EMPTY_CODE_HASH,
  EMPTY_ROOT,
  type Hash,
  keccak256,
  type StateView,
  ZERO_HASH,
} from "@delchain/runtime";
import type { StateOverride } from "../rpc/backend.ts";

/** A state with what a call wants it to have. */
export class OverriddenView implements StateView {
  readonly #view: StateView;
  readonly #accounts: ReadonlyMap<Address, StateOverride>;
  readonly #codes: ReadonlyMap<Hash, Uint8Array>;
  readonly #slots: ReadonlyMap<string, Hash>;

  constructor(view: StateView, overrides: readonly StateOverride[]) {
    this.#view = view;
    this.#accounts = new Map(overrides.map((one) => [one.address, one]));
    this.#codes = new Map(overrides.flatMap(({ code }) => (code ? [[keccak256(code), code]] : [])));
    this.#slots = new Map(
      overrides.flatMap(({ address, slots }) =>
        slots.map(({ slot, value }) => [address + slot, value] as const),
      ),
    );
  }

  account(address: Address): Account | undefined {
    const found = this.#view.account(address);
    const override = this.#accounts.get(address);
    if (override === undefined) return found;
    const { balance, nonce, code } = override;
    return {
      nonce: nonce ?? found?.nonce ?? 0n,
      balance: balance ?? found?.balance ?? 0n,
      codeHash: code ? keccak256(code) : (found?.codeHash ?? EMPTY_CODE_HASH),
      storageRoot: found?.storageRoot ?? EMPTY_ROOT,
    };
  }

  storage(address: Address, slot: Hash): Hash {
    const value = this.#slots.get(address + slot);
    if (value !== undefined) return value;
    return this.#accounts.get(address)?.isStorageWhole
      ? ZERO_HASH
      : this.#view.storage(address, slot);
  }

  code(hash: Hash): Uint8Array | undefined {
    return this.#codes.get(hash) ?? this.#view.code(hash);
  }

  blockHash(number: bigint): Hash | undefined {
    return this.#view.blockHash(number);
  }
}
