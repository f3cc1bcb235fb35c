import type { Tier } from "../../executor/tier.ts";
import { encodeStoredCode } from "../../host/envelope.ts";
import type { StateDiff } from "../../state/diff.ts";
import { MemoryView } from "../../state/memoryView.ts";
import type { StateView } from "../../state/view.ts";
import { type Address, toAddress } from "../../types/address.ts";
import { bigintToBytes, fromHex, type Hex, toHex } from "../../types/bytes.ts";
import type { BlockContext, ExecutableTransaction } from "../../types/context.ts";
import { type Hash, ZERO_HASH } from "../../types/hash.ts";
import type { TransactionOutcome } from "../../types/result.ts";
import { EvmExecutor } from "../evmExecutor.ts";
import { TRAMPOLINE } from "./scriptTier.ts";

export const TRANSACTION_GAS_CAP: number = 2 ** 26;

/** An address of one byte, repeated, for tests to read. */
export function account(byte: number): Address {
  return toAddress(`0x${byte.toString(16).padStart(2, "0").repeat(20)}`);
}

export function slot(value: number | bigint): Hash {
  return toHex(bigintToBytes(BigInt(value), 32)) as Hash;
}

export const SENDER: Address = account(0x11);
export const PRODUCER: Address = account(0x99);

export const BLOCK: BlockContext = {
  chainId: 31_337n,
  number: 10n,
  timestamp: 1_000n,
  gasLimit: 2n ** 27n,
  baseFee: 7n,
  producer: PRODUCER,
  randomness: slot(0xabcd),
};

export type TransactionOverrides = Partial<Omit<ExecutableTransaction, "data">> & {
  readonly data?: Hex;
};

/** A chain of one account that opens a block for each call and applies what it changed. */
export class World {
  readonly view: MemoryView = new MemoryView();
  readonly executor: EvmExecutor;
  /** What blocks read through; `view` unless a test puts something before it. */
  reads: StateView = this.view;
  nonce = 0n;

  constructor(...tiers: readonly Tier[]) {
    this.executor = new EvmExecutor({ tiers, transactionGasCap: TRANSACTION_GAS_CAP });
    this.view.set(SENDER, { balance: 10n ** 24n });
  }

  /** Puts EVM code at an address. */
  putCode(address: Address, code: Hex, balance = 0n): void {
    this.view.set(address, { code: fromHex(code), nonce: 1n, balance });
  }

  /** Puts a contract of a tier at an address. */
  putContract(address: Address, balance = 0n): void {
    const payloadHash = this.view.putCode(TRAMPOLINE);
    const code = encodeStoredCode({ kind: 1, payloadHash });
    this.view.set(address, { code, nonce: 1n, balance });
  }

  transaction(overrides: TransactionOverrides = {}): ExecutableTransaction {
    const { data, ...rest } = overrides;
    return {
      type: 2,
      sender: SENDER,
      to: undefined,
      nonce: this.nonce,
      gasLimit: 5_000_000n,
      maxFeePerGas: 10n,
      maxPriorityFeePerGas: 1n,
      value: 0n,
      data: fromHex(data ?? "0x"),
      accessList: [],
      ...rest,
    };
  }

  /** Runs the transactions as one block and applies it. */
  block(...overrides: readonly TransactionOverrides[]): {
    outcomes: readonly TransactionOutcome[];
    diff: StateDiff;
  } {
    const block = this.executor.openBlock(BLOCK, this.reads);
    const transactions = overrides.map((one, index) =>
      this.transaction({ nonce: this.nonce + BigInt(index), ...one }),
    );
    const outcomes = block.execute(transactions);
    const diff = block.diff();
    this.view.apply(diff);
    this.nonce = this.view.account(SENDER)?.nonce ?? 0n;
    return { outcomes, diff };
  }

  send(overrides: TransactionOverrides): TransactionOutcome {
    const [outcome] = this.block(overrides).outcomes;
    if (outcome === undefined) throw new Error("one transaction has one outcome");
    return outcome;
  }

  /** A slot as a number. */
  slot(address: Address, index: number): number {
    return Number(BigInt(this.view.storage(address, slot(index))));
  }
}

/** A state that fails where a test says so, as a disk would. */
export class FailingView implements StateView {
  readonly #view: StateView;
  readonly #fails: (address: Address) => boolean;

  constructor(view: StateView, fails: (address: Address) => boolean) {
    this.#view = view;
    this.#fails = fails;
  }

  account(address: Address): ReturnType<StateView["account"]> {
    return this.#view.account(address);
  }

  storage(address: Address, key: Hash): Hash {
    if (this.#fails(address)) throw new Error("the disk is gone");
    return this.#view.storage(address, key);
  }

  code(hash: Hash): Uint8Array | undefined {
    return this.#view.code(hash);
  }

  blockHash(number: bigint): Hash | undefined {
    return number < 0n ? ZERO_HASH : this.#view.blockHash(number);
  }
}
