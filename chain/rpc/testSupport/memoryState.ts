import {
  type Address,
  contractAddress,
  EMPTY_BYTES,
  EMPTY_CODE_HASH,
  type ExecutableTransaction,
  type ExecutionResult,
  type Hash,
  keccak256,
  type Log,
  type TransactionOutcome,
  toHex,
  ZERO_HASH,
} from "@delchain/runtime";

/** What stands for contract code: a function of the call. Gas is what it says it used beside the intrinsic. */
export type Program = (call: ProgramCall) => ProgramResult;

export type ProgramCall = {
  readonly self: Address;
  readonly sender: Address;
  readonly value: bigint;
  readonly data: Uint8Array;
  /** What is left after the intrinsic gas. */
  readonly gas: bigint;
  readonly load: (slot: Hash) => Hash;
};

export type ProgramResult =
  | {
      readonly status: "success";
      readonly gas: bigint;
      readonly output?: Uint8Array;
      readonly logs?: readonly Omit<Log, "address">[];
      readonly writes?: readonly (readonly [Hash, Hash])[];
    }
  | { readonly status: "revert"; readonly gas: bigint; readonly output: Uint8Array }
  | { readonly status: "halt"; readonly reason: string };

type MemoryAccount = {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly code: Uint8Array;
  readonly slots: ReadonlyMap<Hash, Hash>;
};

const NO_ACCOUNT: MemoryAccount = { nonce: 0n, balance: 0n, code: EMPTY_BYTES, slots: new Map() };

/** Accounts whose code is a test's function, found by the code's bytes. Cheap to copy: one copy is one block. */
export class MemoryState {
  readonly #accounts: Map<Address, MemoryAccount>;
  readonly #programs: ReadonlyMap<string, Program>;

  constructor(
    programs: ReadonlyMap<string, Program>,
    accounts: Map<Address, MemoryAccount> = new Map(),
  ) {
    this.#programs = programs;
    this.#accounts = accounts;
  }

  copy(): MemoryState {
    return new MemoryState(this.#programs, new Map(this.#accounts));
  }

  has(address: Address): boolean {
    return this.#accounts.has(address);
  }

  get(address: Address): MemoryAccount {
    return this.#accounts.get(address) ?? NO_ACCOUNT;
  }

  set(address: Address, change: Partial<MemoryAccount>): void {
    this.#accounts.set(address, { ...this.get(address), ...change });
  }

  codeHash(address: Address): Hash {
    const { code } = this.get(address);
    return code.length === 0 ? EMPTY_CODE_HASH : keccak256(code);
  }

  /** Not a trie's root, but as sensitive to every account. */
  root(): Hash {
    const text = [...this.#accounts]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([address, { nonce, balance, code, slots }]) =>
        [address, nonce, balance, toHex(code), ...slots].join(),
      )
      .join(";");
    return keccak256(new TextEncoder().encode(text));
  }

  /** Runs a call or creation, and keeps what it did unless it failed; `price` is what a unit of gas costs it. */
  run(transaction: ExecutableTransaction, price: bigint): TransactionOutcome {
    const { sender, gasLimit, data, value } = transaction;
    const intrinsic = intrinsicGas(data, transaction.to === undefined);
    if (gasLimit < intrinsic) return { status: "invalid", reason: "intrinsic gas too low" };
    const before = this.get(sender);
    this.set(sender, { nonce: before.nonce + 1n, balance: before.balance - gasLimit * price });
    const outcome = this.#call(transaction, gasLimit - intrinsic, intrinsic, before.nonce);
    const moved = outcome.status === "success" ? value : 0n;
    this.set(sender, {
      balance: this.get(sender).balance + (gasLimit - outcome.gasUsed) * price - moved,
    });
    return outcome;
  }

  #call(
    { sender, to, data, value }: ExecutableTransaction,
    gas: bigint,
    intrinsic: bigint,
    nonce: bigint,
  ): ExecutionResult {
    if (to === undefined) {
      const created = contractAddress(sender, nonce);
      this.set(created, { nonce: 1n, code: data, balance: this.get(created).balance + value });
      return { status: "success", gasUsed: intrinsic, output: data, logs: [], created };
    }
    const account = this.get(to);
    const program = this.#programs.get(toHex(account.code));
    const load = (slot: Hash): Hash => account.slots.get(slot) ?? ZERO_HASH;
    const result: ProgramResult = program?.({ self: to, sender, value, data, gas, load }) ?? {
      status: "success",
      gas: 0n,
    };
    if (result.status === "halt" || result.gas > gas) {
      const reason = result.status === "halt" ? result.reason : "OutOfGas";
      return { status: "halt", gasUsed: intrinsic + gas, reason };
    }
    const gasUsed = intrinsic + result.gas;
    if (result.status === "revert") return { status: "revert", gasUsed, output: result.output };
    const slots = new Map([...account.slots, ...(result.writes ?? [])]);
    this.set(to, { balance: account.balance + value, slots });
    return {
      status: "success",
      gasUsed,
      output: result.output ?? EMPTY_BYTES,
      logs: (result.logs ?? []).map((log) => ({ ...log, address: to })),
      created: undefined,
    };
  }
}

/** Yellow Paper, appendix G, with EIP-2028's 16 for a byte; every byte counts as not zero. */
function intrinsicGas(data: Uint8Array, creates: boolean): bigint {
  return 21_000n + (creates ? 32_000n : 0n) + 16n * BigInt(data.length);
}
