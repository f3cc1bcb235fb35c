import type { Address } from "../types/address.ts";
import { EMPTY_CODE_HASH, EMPTY_ROOT, type Hash, keccak256, ZERO_HASH } from "../types/hash.ts";
import type { StateDiff } from "./diff.ts";
import type { Account, StateView } from "./view.ts";

/** The state in maps: for tests, tools and genesis. It keeps no roots, so `storageRoot` is the empty root. */
export class MemoryView implements StateView {
  readonly #accounts = new Map<Address, Account>();
  readonly #slots = new Map<Address, Map<Hash, Hash>>();
  readonly #codes = new Map<Hash, Uint8Array>();
  readonly blockHashes: Map<bigint, Hash> = new Map();

  account(address: Address): Account | undefined {
    return this.#accounts.get(address);
  }

  storage(address: Address, slot: Hash): Hash {
    return this.#slots.get(address)?.get(slot) ?? ZERO_HASH;
  }

  code(hash: Hash): Uint8Array | undefined {
    return this.#codes.get(hash);
  }

  blockHash(number: bigint): Hash | undefined {
    return this.blockHashes.get(number);
  }

  /** Adds or replaces an account; with `code` the account gets it. */
  set(address: Address, account: { balance?: bigint; nonce?: bigint; code?: Uint8Array }): void {
    const codeHash = account.code ? keccak256(account.code) : EMPTY_CODE_HASH;
    if (account.code) this.#codes.set(codeHash, account.code);
    this.#accounts.set(address, {
      nonce: account.nonce ?? 0n,
      balance: account.balance ?? 0n,
      codeHash,
      storageRoot: EMPTY_ROOT,
    });
  }

  putCode(bytes: Uint8Array): Hash {
    const hash = keccak256(bytes);
    this.#codes.set(hash, bytes);
    return hash;
  }

  apply(diff: StateDiff): void {
    for (const { hash, bytes } of diff.codes) this.#codes.set(hash, bytes);
    for (const change of diff.accounts) {
      if (change.wiped || !change.exists) this.#slots.delete(change.address);
      if (!change.exists) {
        this.#accounts.delete(change.address);
        continue;
      }
      const { address, nonce, balance, codeHash } = change;
      this.#accounts.set(address, { nonce, balance, codeHash, storageRoot: EMPTY_ROOT });
      const slots = this.#slots.get(address) ?? new Map<Hash, Hash>();
      this.#slots.set(address, slots);
      for (const { slot, value } of change.slots) {
        if (value === ZERO_HASH) slots.delete(slot);
        else slots.set(slot, value);
      }
    }
  }
}
