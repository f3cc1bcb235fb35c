import {
  type Account,
  type Address,
  compareHex,
  EMPTY_CODE_HASH,
  type Hash,
  type StateDiff,
} from "@delchain/runtime";
import type { ExecutedBlock } from "../block/block.ts";
import { namesOf } from "../tx/transaction.ts";
import type { Batch } from "./batch.ts";
import { hashKey, numberKey } from "./keys.ts";
import type { Undo } from "./records.ts";

/**
 * The diff that leads from the newest state back to that before the blocks of `undos`, which come oldest first.
 * Code lies under its hash and is never deleted, so it needs nothing.
 */
export function undoDiff(undos: readonly Undo[]): StateDiff {
  const accounts = new Map<Address, Account | undefined>();
  const slots = new Map<Address, Map<Hash, Hash>>();
  for (const undo of undos) {
    for (const { address, account, slots: replaced } of undo) {
      // The first block to replace a value is the one that saw it as it was.
      if (!accounts.has(address)) accounts.set(address, account);
      const own = slots.get(address) ?? new Map<Hash, Hash>();
      slots.set(address, own);
      for (const { slot, value } of replaced) if (!own.has(slot)) own.set(slot, value);
    }
  }
  const changes = [...accounts].map(([address, account]) => ({
    address,
    exists: account !== undefined,
    nonce: account?.nonce ?? 0n,
    balance: account?.balance ?? 0n,
    codeHash: account?.codeHash ?? EMPTY_CODE_HASH,
    wiped: account === undefined,
    slots:
      account === undefined
        ? []
        : [...(slots.get(address) ?? [])]
            .map(([slot, value]) => ({ slot, value }))
            .sort((left, right) => compareHex(left.slot, right.slot)),
  }));
  return {
    accounts: changes.sort((left, right) => compareHex(left.address, right.address)),
    codes: [],
  };
}

/** Takes a block out of the database: itself, its receipts, its undo, and what finds them. */
export function deleteBlockRecords(batch: Batch, hash: Hash, { block }: ExecutedBlock): void {
  const { number } = block.header;
  for (const kind of ["header", "block", "receipts", "undo", "blockHash"] as const) {
    batch.delete(numberKey(kind, number));
  }
  batch.delete(hashKey("blockNumber", hash));
  for (const name of block.transactions.flatMap(namesOf)) {
    batch.delete(hashKey("transaction", name));
  }
  for (const name of block.orders.flatMap(namesOf)) batch.delete(hashKey("order", name));
}
