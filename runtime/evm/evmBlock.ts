import type { BlockExecution, ProtocolWrite } from "../executor/executor.ts";
import type { StateDiff } from "../state/diff.ts";
import type { Account } from "../state/view.ts";
import type { Address } from "../types/address.ts";
import type { ExecutableTransaction } from "../types/context.ts";
import { assert } from "../types/errors.ts";
import { EMPTY_ROOT, type Hash } from "../types/hash.ts";
import type { TransactionOutcome } from "../types/result.ts";
import { decodeDiff } from "./decodeDiff.ts";
import type { Engine } from "./engine.ts";
import type { HostFrames } from "./hostFrames.ts";
import { runBatches } from "./runBatches.ts";
import { copyBytes, readHash, readWord, writeHex, writeWord } from "./wire.ts";

const ADDRESS_BYTES = 20;
const WORD_BYTES = 32;
const WRITES_NONCE = 1;
const WRITES_BALANCE = 2;
const U64_END = 1n << 64n;
const U256_END = 1n << 256n;

/** A block that the engine has open: `BlockExecution` over its exports. */
export class EvmBlock implements BlockExecution {
  readonly #engine: Engine;
  readonly #frames: HostFrames;
  #isOpen = true;

  constructor(engine: Engine, frames: HostFrames) {
    this.#engine = engine;
    this.#frames = frames;
  }

  /** The engine serves another block from now on; this one answers nothing more. */
  close(): void {
    this.#isOpen = false;
  }

  execute(transactions: readonly ExecutableTransaction[]): readonly TransactionOutcome[] {
    this.#requireOpen();
    return runBatches(this.#engine, this.#frames, transactions);
  }

  account(address: Address): Account | undefined {
    this.#requireOpen();
    const found = this.#engine.enter((exports) => {
      const at = exports.input_alloc(ADDRESS_BYTES);
      writeHex(this.#engine.memory, address, at);
      return exports.read_account();
    });
    if (found === 0) return undefined;
    const at = this.#engine.exports.output_pointer();
    const memory = this.#engine.memory;
    return {
      nonce: memory.readBigUInt64LE(at),
      balance: readWord(memory, at + 8),
      codeHash: readHash(memory, at + 40),
      storageRoot: this.#frames.view.account(address)?.storageRoot ?? EMPTY_ROOT,
    };
  }

  storage(address: Address, slot: Hash): Hash {
    this.#requireOpen();
    this.#engine.enter((exports) => {
      const at = exports.input_alloc(ADDRESS_BYTES + WORD_BYTES);
      writeHex(this.#engine.memory, address, at);
      writeHex(this.#engine.memory, slot, at + ADDRESS_BYTES);
      return exports.read_slot();
    });
    return readHash(this.#engine.memory, this.#engine.exports.output_pointer());
  }

  code(hash: Hash): Uint8Array | undefined {
    this.#requireOpen();
    const known = this.#engine.enter((exports) => {
      const at = exports.input_alloc(WORD_BYTES);
      writeHex(this.#engine.memory, hash, at);
      return exports.read_code();
    });
    if (known === 0) return this.#frames.payloads.get(hash) ?? this.#frames.view.code(hash);
    const { output_pointer, output_length } = this.#engine.exports;
    return copyBytes(this.#engine.memory, output_pointer(), output_length());
  }

  write({ address, nonce, balance, slots }: ProtocolWrite): void {
    this.#requireOpen();
    assert(nonce === undefined || (nonce >= 0n && nonce < U64_END), `nonce ${nonce} has 64 bits`);
    assert(
      balance === undefined || (balance >= 0n && balance < U256_END),
      `balance ${balance} has 256 bits`,
    );
    if (nonce !== undefined || balance !== undefined) this.#writeAccount(address, nonce, balance);
    for (const { slot, value } of slots ?? []) this.#writeSlot(address, slot, value);
  }

  diff(): StateDiff {
    this.#requireOpen();
    this.#engine.enter((exports) => exports.diff());
    return decodeDiff(this.#engine.output(), this.#frames.payloads);
  }

  #writeAccount(address: Address, nonce: bigint | undefined, balance: bigint | undefined): void {
    this.#engine.enter((exports) => {
      const at = exports.input_alloc(ADDRESS_BYTES + 1 + 8 + WORD_BYTES);
      const memory = this.#engine.memory;
      writeHex(memory, address, at);
      memory[at + ADDRESS_BYTES] =
        (nonce === undefined ? 0 : WRITES_NONCE) | (balance === undefined ? 0 : WRITES_BALANCE);
      memory.writeBigUInt64LE(nonce ?? 0n, at + ADDRESS_BYTES + 1);
      writeWord(memory, balance ?? 0n, at + ADDRESS_BYTES + 9);
      return exports.write_account();
    });
  }

  #writeSlot(address: Address, slot: Hash, value: Hash): void {
    const written = this.#engine.enter((exports) => {
      const at = exports.input_alloc(ADDRESS_BYTES + 2 * WORD_BYTES);
      const memory = this.#engine.memory;
      writeHex(memory, address, at);
      writeHex(memory, slot, at + ADDRESS_BYTES);
      writeHex(memory, value, at + ADDRESS_BYTES + WORD_BYTES);
      return exports.write_slot();
    });
    // Nonce, balance and code are all empty: the next transaction that touched it would delete the slots.
    assert(
      written === 1,
      `${address} has a nonce before the protocol writes its storage (EIP-161)`,
    );
  }

  #requireOpen(): void {
    assert(this.#isOpen, "this block was dropped when another one was opened");
    if (this.#engine.failure !== undefined) throw this.#engine.unavailable();
  }
}
