import {
  type Address,
  addressFromBytes,
  addressToBytes,
  bigintToBytes,
  bytesToBigint,
  keccak256Bytes,
  toHex,
} from "@delchain/runtime";

// A second, plain implementation of the host API, so that a contract's behaviour is not judged by the tier that runs
// it. Strict where a host may be lenient: a cached write that nobody flushes is lost.

export type Outcome = { readonly status: "success" | "revert"; readonly output: Uint8Array };
export type EmittedLog = {
  readonly address: Address;
  readonly topics: readonly string[];
  readonly data: string;
};

type Account = {
  module: WebAssembly.Module | undefined;
  storage: Map<string, Uint8Array>;
  balance: bigint;
};

type Frame = {
  readonly self: Address;
  readonly caller: Address;
  readonly value: bigint;
  readonly input: Uint8Array;
  readonly isStatic: boolean;
  readonly cache: Map<string, Uint8Array>;
  memory: WebAssembly.Memory | undefined;
  output: Uint8Array;
  returned: Uint8Array;
};

class ExitEarly extends Error {
  readonly status: number;
  constructor(status: number) {
    super("exit_early");
    this.status = status;
  }
}

const WORD_LIMIT = 1n << 256n;
const ZERO_WORD: Uint8Array = new Uint8Array(32);
const EMPTY = new Uint8Array(0);

function word(value: bigint): Uint8Array {
  return bigintToBytes(value, 32);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let bits = exponent, square = base; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * square) % WORD_LIMIT;
    square = (square * square) % WORD_LIMIT;
  }
  return result;
}

/** Contracts and their storage in memory, and calls between them; fixed block and gas. */
export class VmHooksHost {
  readonly logs: EmittedLog[] = [];
  #accounts = new Map<Address, Account>();
  readonly #open: Address[] = [];
  #origin: Address = addressFromBytes(new Uint8Array(20));
  #transient = new Map<string, Uint8Array>();

  deploy(address: Address, module: Uint8Array): void {
    this.#account(address).module = new WebAssembly.Module(module as BufferSource);
  }

  /** Runs `user_constructor` of a contract that was deployed. */
  construct(address: Address, caller: Address, input: Uint8Array): Outcome {
    this.#origin = caller;
    return this.#run("user_constructor", address, address, caller, input, 0n, false);
  }

  call(address: Address, caller: Address, input: Uint8Array, value = 0n): Outcome {
    this.#origin = caller;
    this.#transient = new Map();
    return this.#run("user_entrypoint", address, address, caller, input, value, false);
  }

  fund(address: Address, amount: bigint): void {
    this.#account(address).balance += amount;
  }

  /** Slots that are not zero, sorted, as hexadecimal. */
  storage(address: Address): readonly (readonly [string, string])[] {
    return [...this.#account(address).storage]
      .map(([slot, value]) => [slot, toHex(value)] as const)
      .filter(([, value]) => BigInt(value) !== 0n)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #account(address: Address): Account {
    let account = this.#accounts.get(address);
    if (account === undefined) {
      account = { module: undefined, storage: new Map(), balance: 0n };
      this.#accounts.set(address, account);
    }
    return account;
  }

  #run(
    entry: "user_entrypoint" | "user_constructor",
    code: Address,
    self: Address,
    caller: Address,
    input: Uint8Array,
    value: bigint,
    isStatic: boolean,
  ): Outcome {
    const saved = new Map(
      [...this.#accounts].map(([key, one]) => [key, { ...one, storage: new Map(one.storage) }]),
    );
    const logs = this.logs.length;
    const frame: Frame = {
      self,
      caller,
      value,
      input,
      isStatic,
      cache: new Map(),
      memory: undefined,
      output: EMPTY,
      returned: EMPTY,
    };
    this.#open.push(self);
    const status = this.#enter(frame, entry, code);
    this.#open.pop();
    if (status === 0) return { status: "success", output: frame.output };
    this.#accounts = saved;
    this.logs.length = logs;
    return { status: "revert", output: frame.output };
  }

  #enter(frame: Frame, entry: string, code: Address): number {
    if (frame.value > 0n) {
      this.#account(frame.caller).balance -= frame.value;
      this.#account(frame.self).balance += frame.value;
    }
    const { module } = this.#account(code);
    if (module === undefined) return 0;
    const instance = new WebAssembly.Instance(module, { vm_hooks: this.#hooks(frame) });
    frame.memory = instance.exports.memory as WebAssembly.Memory;
    try {
      return (instance.exports[entry] as (length: number) => number)(frame.input.length);
    } catch (error) {
      if (error instanceof ExitEarly) return error.status;
      throw error;
    }
  }

  #hooks(frame: Frame): Record<string, (...args: never[]) => unknown> {
    const read = (at: number, length: number): Uint8Array =>
      new Uint8Array((frame.memory as WebAssembly.Memory).buffer).slice(at, at + length);
    const put = (at: number, bytes: Uint8Array): void =>
      new Uint8Array((frame.memory as WebAssembly.Memory).buffer).set(bytes, at);
    return {
      ...this.#storageHooks(frame, read, put),
      ...this.#callHooks(frame, read, put),
      ...contextHooks(frame, put, this.#origin, () =>
        this.#open.slice(0, -1).includes(frame.self) ? 1 : 0,
      ),
      ...arithmeticHooks(read, put),
      account_balance: (at: number, to: number) =>
        put(to, word(this.#account(addressFromBytes(read(at, 20))).balance)),
      account_code: () => 0,
      account_code_size: () => 0,
      account_codehash: (_at: number, to: number) => put(to, ZERO_WORD),
      native_keccak256: (at: number, length: number, to: number) =>
        put(to, keccak256Bytes(read(at, length))),
      emit_log: (at: number, length: number, topics: number) => {
        const bytes = read(at, length);
        this.logs.push({
          address: frame.self,
          topics: Array.from({ length: topics }, (_, i) => toHex(bytes.slice(32 * i, 32 * i + 32))),
          data: toHex(bytes.slice(32 * topics)),
        });
      },
    };
  }

  #storageHooks(frame: Frame, read: Read, put: Put): Record<string, (...args: never[]) => unknown> {
    const storage = (): Map<string, Uint8Array> => this.#account(frame.self).storage;
    const key = (at: number): string => toHex(read(at, 32));
    return {
      storage_load_bytes32: (at: number, to: number) =>
        put(to, frame.cache.get(key(at)) ?? storage().get(key(at)) ?? ZERO_WORD),
      storage_cache_bytes32: (at: number, value: number) => {
        if (frame.isStatic) throw new Error("a write in a static call");
        frame.cache.set(key(at), read(value, 32));
      },
      storage_flush_cache: (clear: number) => {
        for (const [slot, value] of frame.cache) storage().set(slot, value);
        if (clear !== 0) frame.cache.clear();
      },
      transient_load_bytes32: (at: number, to: number) =>
        put(to, this.#transient.get(frame.self + key(at)) ?? ZERO_WORD),
      transient_store_bytes32: (at: number, value: number) =>
        void this.#transient.set(frame.self + key(at), read(value, 32)),
    };
  }

  #callHooks(frame: Frame, read: Read, put: Put): Record<string, (...args: never[]) => unknown> {
    const finish = (outcome: Outcome, lengthAt: number): number => {
      frame.returned = outcome.output;
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, outcome.output.length, true);
      put(lengthAt, length);
      return outcome.status === "success" ? 0 : 1;
    };
    const target = (at: number): Address => addressFromBytes(read(at, 20));
    const entry = "user_entrypoint";
    return {
      call_contract: (
        to: number,
        data: number,
        length: number,
        value: number,
        _gas: bigint,
        at: number,
      ) => {
        const amount = bytesToBigint(read(value, 32));
        const input = read(data, length);
        const { self, isStatic } = frame;
        return finish(this.#run(entry, target(to), target(to), self, input, amount, isStatic), at);
      },
      static_call_contract: (to: number, data: number, length: number, _gas: bigint, at: number) =>
        finish(
          this.#run(entry, target(to), target(to), frame.self, read(data, length), 0n, true),
          at,
        ),
      delegate_call_contract: (
        to: number,
        data: number,
        length: number,
        _gas: bigint,
        at: number,
      ) => {
        const { self, caller, isStatic } = frame;
        const input = read(data, length);
        return finish(this.#run(entry, target(to), self, caller, input, 0n, isStatic), at);
      },
      create1: () => {
        throw new Error("this host creates no contracts");
      },
      create2: () => {
        throw new Error("this host creates no contracts");
      },
      read_return_data: (to: number, offset: number, length: number) => {
        const bytes = frame.returned.slice(offset, offset + length);
        put(to, bytes);
        return bytes.length;
      },
      return_data_size: () => frame.returned.length,
    };
  }
}

type Read = (at: number, length: number) => Uint8Array;
type Put = (at: number, bytes: Uint8Array) => void;

/** What a contract sees of block and transaction in this host. */
export const FIXED_CONTEXT: {
  readonly number: bigint;
  readonly time: bigint;
  readonly chainId: bigint;
  readonly gasLimit: bigint;
  readonly gasLeft: bigint;
  readonly baseFee: bigint;
  readonly gasPrice: bigint;
} = {
  number: 7n,
  time: 1_800_000_000n,
  chainId: 31_337n,
  gasLimit: 1n << 27n,
  gasLeft: 1_000_000n,
  baseFee: 7n,
  gasPrice: 9n,
};

function contextHooks(
  frame: Frame,
  put: Put,
  origin: Address,
  isReentrant: () => number,
): Record<string, (...args: never[]) => unknown> {
  const { number, time, chainId, gasLimit, gasLeft, baseFee, gasPrice } = FIXED_CONTEXT;
  return {
    read_args: (to: number) => put(to, frame.input),
    write_result: (at: number, length: number) => {
      frame.output = new Uint8Array((frame.memory as WebAssembly.Memory).buffer).slice(
        at,
        at + length,
      );
    },
    exit_early: (status: number) => {
      throw new ExitEarly(status);
    },
    pay_for_memory_grow: () => {},
    msg_sender: (to: number) => put(to, addressToBytes(frame.caller)),
    msg_value: (to: number) => put(to, word(frame.value)),
    msg_reentrant: isReentrant,
    tx_origin: (to: number) => put(to, addressToBytes(origin)),
    tx_gas_price: (to: number) => put(to, word(gasPrice)),
    tx_ink_price: () => 10_000,
    contract_address: (to: number) => put(to, addressToBytes(frame.self)),
    block_coinbase: (to: number) => put(to, new Uint8Array(20).fill(0xcb)),
    block_basefee: (to: number) => put(to, word(baseFee)),
    block_number: () => number,
    block_timestamp: () => time,
    block_gas_limit: () => gasLimit,
    chainid: () => chainId,
    evm_gas_left: () => gasLeft,
    evm_ink_left: () => gasLeft * 10_000n,
  };
}

function arithmeticHooks(read: Read, put: Put): Record<string, (...args: never[]) => unknown> {
  const at = (pointer: number): bigint => bytesToBigint(read(pointer, 32));
  return {
    math_div: (a: number, b: number) => put(a, word(at(b) === 0n ? 0n : at(a) / at(b))),
    math_mod: (a: number, b: number) => put(a, word(at(b) === 0n ? 0n : at(a) % at(b))),
    math_pow: (a: number, b: number) => put(a, word(power(at(a), at(b)))),
    math_add_mod: (a: number, b: number, m: number) =>
      put(a, word(at(m) === 0n ? 0n : (at(a) + at(b)) % at(m))),
    math_mul_mod: (a: number, b: number, m: number) =>
      put(a, word(at(m) === 0n ? 0n : (at(a) * at(b)) % at(m))),
  };
}
