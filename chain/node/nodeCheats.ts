import {
  type Address,
  fromHex,
  type Hash,
  type Hex,
  InvalidInput,
  keccak256,
} from "@delchain/runtime";
import type { Cheats, KeylessTransaction } from "../rpc/cheats.ts";
import { DEVNET_ACCOUNTS, DEVNET_KEYS } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { StateEdit } from "../transition/editState.ts";
import { encodeTransaction } from "../tx/codec.ts";
import { signTransaction } from "../tx/signer.ts";
import type { FeeMarketTransaction, SignedTransaction } from "../tx/transaction.ts";
import type { ChainClock, ClockState } from "./chainClock.ts";
import type { NodeBackend } from "./nodeBackend.ts";
import type { OrderedCalls } from "./orderedCalls.ts";
import type { Producer } from "./producer.ts";

/** Blocks that one request may make: each is on disk before the next, which takes about 2 ms. */
export const MINE_BLOCKS_MAX = 1_024;
/** About 100 bytes each; test runners keep one a fixture. */
export const SNAPSHOTS_MAX = 1_024;
/** Addresses that may be sent for at the same time. */
export const IMPERSONATED_MAX = 1_024;
/** Beyond a day nobody waits for a block. */
const INTERVAL_MS_MAX = 86_400_000;

export type InvalidCheat =
  | {
      readonly code: "CHEAT_LIMIT";
      readonly what: string;
      readonly value: number;
      readonly limit: number;
    }
  | { readonly code: "NOT_IMPERSONATED"; readonly from: Address }
  | { readonly code: "CALLS_UNDER_WAY"; readonly calls: number }
  | { readonly code: "INSUFFICIENT_FUNDS"; readonly balance: bigint; readonly needed: bigint };

type Snapshot = { readonly id: bigint; readonly block: bigint; readonly clock: ClockState };

export type CheatParts = {
  readonly spec: ChainSpec;
  readonly producer: Producer;
  readonly clock: ChainClock;
  readonly ordered: OrderedCalls;
  readonly backend: NodeBackend;
  /** Undoes the blocks after one, in every part of the node. */
  readonly rewind: (block: bigint) => Promise<void>;
};

/** The cheats of a node whose chain has them: each waits its turn between two blocks. */
export class NodeCheats implements Cheats {
  readonly accounts: readonly Address[] = DEVNET_ACCOUNTS;
  readonly #parts: CheatParts;
  readonly #impersonated = new Set<Address>();
  #isEverybody = false;
  #snapshots: Snapshot[] = [];
  #nextId = 1n;

  constructor(parts: CheatParts) {
    this.#parts = parts;
  }

  get isAutomatic(): boolean {
    return this.#parts.producer.isAutomatic;
  }

  edit(edits: readonly StateEdit[]): Promise<void> {
    return this.#parts.producer.cheat(async () => ({ edits }));
  }

  async mine(count: number, intervalSeconds: bigint): Promise<void> {
    checkLimit("blocks of one request", count, MINE_BLOCKS_MAX);
    for (let made = 0; made < count; made++) {
      if (made > 0) this.#parts.clock.increase(intervalSeconds);
      await this.#parts.producer.mine();
    }
  }

  snapshot(): Promise<bigint> {
    return this.#parts.producer.between(async () => {
      this.#checkSettled();
      checkLimit("snapshots", this.#snapshots.length + 1, SNAPSHOTS_MAX);
      const id = this.#nextId++;
      const { backend, clock } = this.#parts;
      this.#snapshots.push({ id, block: backend.head().header.number, clock: clock.state });
      return id;
    });
  }

  revert(id: bigint): Promise<boolean> {
    return this.#parts.producer.between(async () => {
      const snapshot = this.#snapshots.find((one) => one.id === id);
      if (snapshot === undefined) return false;
      this.#checkSettled();
      await this.#parts.rewind(snapshot.block);
      this.#parts.clock.set(snapshot.clock);
      this.#snapshots = this.#snapshots.filter((one) => one.id < id);
      return true;
    });
  }

  increaseTime(seconds: bigint): bigint {
    return this.#parts.clock.increase(seconds);
  }

  setNextTimestamp(seconds: bigint): void {
    const { clock, backend } = this.#parts;
    clock.setNext(seconds, backend.head().header.timestamp);
  }

  setAutomatic(isAutomatic: boolean): void {
    this.#parts.producer.setAutomatic(isAutomatic);
  }

  setInterval(milliseconds: number): void {
    checkLimit("milliseconds between blocks", milliseconds, INTERVAL_MS_MAX);
    this.#parts.producer.setInterval(milliseconds === 0 ? undefined : milliseconds);
  }

  impersonate(address: Address): void {
    checkLimit("impersonated accounts", this.#impersonated.size + 1, IMPERSONATED_MAX);
    this.#impersonated.add(address);
  }

  stopImpersonating(address: Address): void {
    this.#impersonated.delete(address);
  }

  impersonateAll(isOn: boolean): void {
    this.#isEverybody = isOn;
  }

  async send(transaction: KeylessTransaction): Promise<Hash> {
    const { from } = transaction;
    const key = DEVNET_KEYS[DEVNET_ACCOUNTS.indexOf(from)];
    if (this.#impersonated.has(from)) return this.#sendImpersonated(transaction);
    if (key !== undefined) return this.#sendSigned(transaction, key);
    if (this.#isEverybody) return this.#sendImpersonated(transaction);
    throw new InvalidInput<InvalidCheat>(
      { code: "NOT_IMPERSONATED", from },
      `unknown account ${from}: it is neither one of the devnet's nor impersonated; call anvil_impersonateAccount first`,
    );
  }

  async #sendSigned(transaction: KeylessTransaction, key: Hex): Promise<Hash> {
    const { backend } = this.#parts;
    const nonce =
      transaction.nonce ?? (await backend.transactionCount(transaction.from, "pending"));
    const unsigned = { ...this.#unsigned(transaction), nonce };
    return backend.submit(signTransaction(unsigned, fromHex(key)));
  }

  async #sendImpersonated(transaction: KeylessTransaction): Promise<Hash> {
    const { producer, backend } = this.#parts;
    const { from, value } = transaction;
    const { promise, resolve } = Promise.withResolvers<Hash>();
    await producer.cheat(async () => {
      const account = await backend.account(from, backend.head().header.number);
      const balance = account?.balance ?? 0n;
      if (balance < value) {
        throw new InvalidInput<InvalidCheat>(
          { code: "INSUFFICIENT_FUNDS", balance, needed: value },
          `insufficient funds for transfer: ${from} has ${balance} wei and wants to send ${value}; give it some with anvil_setBalance`,
        );
      }
      // The account's own, whatever was asked: it pays for no gap, and nothing waits for one.
      const unsigned = { ...this.#unsigned(transaction), nonce: account?.nonce ?? 0n };
      const impersonated = withoutKey(unsigned, from);
      resolve(impersonated.hash);
      return { impersonated };
    });
    return promise;
  }

  #unsigned(transaction: KeylessTransaction): Omit<FeeMarketTransaction, "signature" | "nonce"> {
    const { to, value, data, gasLimit } = transaction;
    const { nextBaseFee, nextContainerBaseFee } = this.#parts.backend.head();
    const base = nextBaseFee > nextContainerBaseFee ? nextBaseFee : nextContainerBaseFee;
    const tip = transaction.maxPriorityFeePerGas ?? this.#parts.backend.limits.priorityFee;
    const maxFeePerGas = transaction.maxFeePerGas ?? 2n * base + tip;
    const maxPriorityFeePerGas = tip < maxFeePerGas ? tip : maxFeePerGas;
    const fees = { maxFeePerGas, maxPriorityFeePerGas };
    const { chainId } = this.#parts.spec;
    return { type: 2, chainId, to, value, data, gasLimit, accessList: [], ...fees };
  }

  /** A call that is ordered and has no result stands in several parts; none of them can be set back halfway. */
  #checkSettled(): void {
    const calls = this.#parts.ordered.size;
    if (calls === 0) return;
    throw new InvalidInput<InvalidCheat>(
      { code: "CALLS_UNDER_WAY", calls },
      `${calls} container ${calls === 1 ? "call is" : "calls are"} ordered and without result; wait for the receipts first`,
    );
  }
}

function checkLimit(what: string, value: number, limit: number): void {
  if (value <= limit) return;
  throw new InvalidInput<InvalidCheat>(
    { code: "CHEAT_LIMIT", what, value, limit },
    `${value} ${what} are over the limit of ${limit}`,
  );
}

/**
 * A transaction in the place of a signed one. Its r says whom it is of, so that no two accounts' have one hash; no
 * key made it, and no other chain takes it.
 */
function withoutKey(
  unsigned: Omit<FeeMarketTransaction, "signature">,
  sender: Address,
): SignedTransaction {
  const signature = { yParity: 0 as const, r: 2n ** 160n + BigInt(sender), s: 1n };
  const transaction: FeeMarketTransaction = { ...unsigned, signature };
  const raw = encodeTransaction(transaction);
  return { transaction, raw, hash: keccak256(raw), sender };
}
