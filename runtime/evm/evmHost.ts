import {
  type CallContext,
  type Frame,
  type HostApi,
  type NestedCall,
  type NestedCreate,
  type NestedOutcome,
  StaticViolation,
} from "../host/api.ts";
import type { GasMeter } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import type { FrameProfiler } from "../host/profile.ts";
import { type Address, addressFromBytes } from "../types/address.ts";
import { EMPTY_BYTES } from "../types/bytes.ts";
import { assert } from "../types/errors.ts";
import { type Hash, keccak256Bytes } from "../types/hash.ts";
import type { Engine } from "./engine.ts";
import type { EngineExports, Pointer } from "./engineExports.ts";
import { copyBytes, readHash, readWord, writeHex, writeWord } from "./wire.ts";

const WORD_BYTES = 32;
const ADDRESS_BYTES = 20;
const TOPICS_MAX = 4;
/** The exports take gas as u32; the transaction gas cap keeps real amounts below (`hostRequest.ts`). */
const GAS_MAX = 2 ** 31 - 1;

const CALL_KINDS = { call: 0, static: 1, delegate: 2 } as const;
const NESTED_STATUSES = ["success", "revert", "halt"] as const;

const OUT_OF_GAS = -1;
const STATIC_VIOLATION = -2;
const NO_SALT: Pointer = 0;

/** The host API of one frame inside a transaction: the engine's journal, warm and cold sets, and prices. */
export class EvmHost implements HostApi {
  readonly frame: Frame;
  readonly context: CallContext;
  readonly meter: GasMeter;
  readonly profiler: FrameProfiler | undefined;
  readonly #engine: Engine;

  constructor(
    engine: Engine,
    frame: Frame,
    context: CallContext,
    meter: GasMeter,
    profiler?: FrameProfiler,
  ) {
    this.#engine = engine;
    this.frame = frame;
    this.context = context;
    this.meter = meter;
    this.profiler = profiler;
  }

  loadStorage(slot: Uint8Array): Uint8Array {
    const at = this.#arguments(2 * WORD_BYTES, slot);
    this.#charged((exports, gas) => exports.host_load_storage(at, at + WORD_BYTES, gas));
    return copyBytes(this.#engine.memory, at + WORD_BYTES, WORD_BYTES);
  }

  storeStorage(slot: Uint8Array, value: Uint8Array): void {
    const at = this.#arguments(2 * WORD_BYTES, slot, value);
    this.#charged((exports, gas) => exports.host_store_storage(at, at + WORD_BYTES, gas));
  }

  loadTransient(slot: Uint8Array): Uint8Array {
    this.meter.charge(PRICES.transientStorage);
    const at = this.#arguments(2 * WORD_BYTES, slot);
    this.#ask((exports) => exports.host_load_transient(at, at + WORD_BYTES));
    return copyBytes(this.#engine.memory, at + WORD_BYTES, WORD_BYTES);
  }

  storeTransient(slot: Uint8Array, value: Uint8Array): void {
    this.#refuseStatic();
    this.meter.charge(PRICES.transientStorage);
    const at = this.#arguments(2 * WORD_BYTES, slot, value);
    this.#ask((exports) => exports.host_store_transient(at, at + WORD_BYTES));
  }

  emitLog(topics: readonly Uint8Array[], data: Uint8Array): void {
    assert(topics.length <= TOPICS_MAX, `a log has at most ${TOPICS_MAX} topics`);
    this.#refuseStatic();
    this.meter.charge(
      PRICES.logBase + PRICES.logTopic * topics.length + PRICES.logByte * data.length,
    );
    const topicBytes = topics.length * WORD_BYTES;
    const at = this.#engine.exports.arguments_alloc(topicBytes + data.length);
    const memory = this.#engine.memory;
    topics.forEach((topic, index) => {
      assert(topic.length === WORD_BYTES, "a topic has 32 bytes");
      memory.set(topic, at + index * WORD_BYTES);
    });
    memory.set(data, at + topicBytes);
    this.#ask((exports) => exports.host_log(at, topics.length, at + topicBytes, data.length));
  }

  call({ kind, to, value, gas, input }: NestedCall): NestedOutcome {
    assert(kind === "call" || value === 0n, `a ${kind} call sends no value`);
    // The EVM's frames share memory; ours copies its input into the engine.
    this.meter.charge(PRICES.copyWord * Math.ceil(input.length / WORD_BYTES));
    const at = this.#engine.exports.arguments_alloc(ADDRESS_BYTES + WORD_BYTES + input.length);
    const memory = this.#engine.memory;
    writeHex(memory, to, at);
    writeWord(memory, value, at + ADDRESS_BYTES);
    const inputAt = at + ADDRESS_BYTES + WORD_BYTES;
    memory.set(input, inputAt);
    const limit = Math.max(0, Math.min(Math.floor(gas), GAS_MAX));
    const status = this.#nested((exports, left) =>
      exports.host_call(
        CALL_KINDS[kind],
        at,
        at + ADDRESS_BYTES,
        limit,
        inputAt,
        input.length,
        left,
      ),
    );
    return { status, output: this.#engine.returned(), created: undefined };
  }

  create({ value, initCode, salt }: NestedCreate): NestedOutcome {
    assert(salt === undefined || salt.length === WORD_BYTES, "a salt has 32 bytes");
    const at = this.#engine.exports.arguments_alloc(2 * WORD_BYTES + initCode.length);
    const memory = this.#engine.memory;
    writeWord(memory, value, at);
    if (salt !== undefined) memory.set(salt, at + WORD_BYTES);
    const codeAt = at + 2 * WORD_BYTES;
    memory.set(initCode, codeAt);
    const saltAt = salt === undefined ? NO_SALT : at + WORD_BYTES;
    const status = this.#nested((exports, left) =>
      exports.host_create(at, saltAt, codeAt, initCode.length, left),
    );
    const output = this.#engine.returned();
    return status === "success"
      ? { status, output: EMPTY_BYTES, created: addressFromBytes(output) }
      : { status, output, created: undefined };
  }

  balance(address: Address): bigint {
    const at = this.#address(address);
    this.#charged((exports, gas) => exports.host_balance(at, at + ADDRESS_BYTES, gas));
    return readWord(this.#engine.memory, at + ADDRESS_BYTES);
  }

  code(address: Address): Uint8Array {
    const at = this.#address(address);
    this.#charged((exports, gas) => exports.host_code(at, gas));
    const words = Math.ceil(this.#engine.exports.return_length() / WORD_BYTES);
    this.meter.charge(PRICES.copyWord * words);
    return this.#engine.returned();
  }

  codeHash(address: Address): Hash {
    const at = this.#address(address);
    this.#charged((exports, gas) => exports.host_code_hash(at, at + ADDRESS_BYTES, gas));
    return readHash(this.#engine.memory, at + ADDRESS_BYTES);
  }

  keccak256(data: Uint8Array): Uint8Array {
    this.meter.charge(PRICES.keccakBase + PRICES.keccakWord * Math.ceil(data.length / WORD_BYTES));
    return keccak256Bytes(data);
  }

  #address(address: Address): Pointer {
    const at = this.#engine.exports.arguments_alloc(ADDRESS_BYTES + WORD_BYTES);
    writeHex(this.#engine.memory, address, at);
    return at;
  }

  #arguments(length: number, slot: Uint8Array, value?: Uint8Array): Pointer {
    assert(slot.length === WORD_BYTES, "a slot has 32 bytes");
    const at = this.#engine.exports.arguments_alloc(length);
    this.#engine.memory.set(slot, at);
    if (value !== undefined) {
      assert(value.length === WORD_BYTES, "a storage word has 32 bytes");
      this.#engine.memory.set(value, at + WORD_BYTES);
    }
    return at;
  }

  #refuseStatic(): void {
    if (this.frame.isStatic) throw new StaticViolation("a write in a static call");
  }

  /** An export whose answer is the gas that it charged. */
  #charged(run: (exports: EngineExports, gas: number) => number): void {
    this.meter.charge(this.#ask(run));
  }

  #nested(run: (exports: EngineExports, gas: number) => number): NestedOutcome["status"] {
    const status = NESTED_STATUSES[this.#ask(run)];
    assert(status !== undefined, "a nested call ends in one of three ways");
    this.meter.charge(this.#engine.exports.host_spent());
    return status;
  }

  #ask(run: (exports: EngineExports, gas: number) => number): number {
    let answer: number;
    try {
      answer = run(this.#engine.exports, this.meter.gas);
    } catch (trap) {
      // A trap, or the native stack's end, went through Rust's frames: nothing that they hold can be trusted.
      this.#engine.fail(trap);
      throw this.#engine.unavailable();
    }
    if (answer >= 0) return answer;
    if (answer === OUT_OF_GAS) this.meter.charge(Number.POSITIVE_INFINITY);
    if (answer === STATIC_VIOLATION) throw new StaticViolation("a write in a static call");
    if (this.#engine.failure === undefined)
      this.#engine.fail(new Error(`the engine said ${answer}`));
    throw this.#engine.unavailable();
  }
}
