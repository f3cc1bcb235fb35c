import { readFileSync } from "node:fs";
import { CONSOLE_TEXT_BYTES } from "../host/console.ts";
import { INK_PER_GAS } from "../host/meter.ts";
import type { Profiler } from "../host/profiler.ts";
import type { StateView } from "../state/view.ts";
import type { Address } from "../types/address.ts";
import { Unavailable } from "../types/errors.ts";
import { EMPTY_ROOT } from "../types/hash.ts";
import type { EngineExports, Pointer } from "./engineExports.ts";
import { copyBytes, readAddress, readHash, WireReader, writeHex, writeWord } from "./wire.ts";

/**
 * Memory of an instance never shrinks, so one that has grown past this is replaced at the next block. A cold
 * block of 3,000 transfers needs 5 MiB; code that was read stays until then.
 */
export const ENGINE_MEMORY_BYTES_MAX: number = 256 * 1024 * 1024;

/** Of what a contract prints: twice what is shown, since words have 32 bytes. */
const PRINTED_BYTES_MAX: number = 2 * CONSOLE_TEXT_BYTES;

/** What an import answers when it failed; the engine ends the transaction as unavailable. */
const IMPORT_FAILED = -50;
const ABSENT = 0;
const FOUND = 1;
const FOUND_WITH_STORAGE = 3;

/** What an instance asks while it runs. */
export type EngineHost = {
  readonly view: StateView;
  /** Runs a frame of another tier: 0 success, 1 revert, 2 halt. A throw makes the transaction unavailable. */
  runFrame(request: Pointer): number;
  /** Hears of every frame and instruction of a query that asked for a profile. */
  readonly profiler: Profiler | undefined;
  /** Takes what a contract in Solidity prints; nothing of it enters a result. */
  readonly print?: ((contract: Address, input: Uint8Array) => void) | undefined;
};

const END_STATUSES = ["success", "revert", "halt"] as const;

const module: WebAssembly.Module = new WebAssembly.Module(
  readFileSync(new URL("./engine.wasm", import.meta.url)),
);

/**
 * One instance of the EVM. The first failure of an import or a trap is kept in `failure`; from then on the
 * instance is of no use and `isSpent`.
 */
export class Engine {
  readonly exports: EngineExports;
  host: EngineHost | undefined = undefined;
  failure: unknown = undefined;
  #memory: Buffer;

  constructor() {
    const instance = new WebAssembly.Instance(module, { env: this.#imports() });
    this.exports = instance.exports as unknown as EngineExports;
    this.#memory = Buffer.from(this.exports.memory.buffer);
  }

  /** Good until the next call of an export, which may move it. */
  get memory(): Buffer {
    if (this.#memory.buffer !== this.exports.memory.buffer) {
      this.#memory = Buffer.from(this.exports.memory.buffer);
    }
    return this.#memory;
  }

  get isSpent(): boolean {
    return (
      this.failure !== undefined || this.exports.memory.buffer.byteLength > ENGINE_MEMORY_BYTES_MAX
    );
  }

  /**
   * Runs an export between transactions. Throws the `Unavailable` that ends the block when the machine could
   * not answer or the engine trapped.
   */
  enter<Result>(run: (exports: EngineExports) => Result): Result {
    let result: Result;
    try {
      result = run(this.exports);
    } catch (trap) {
      this.failure ??= trap;
      throw this.unavailable();
    }
    if (this.failure !== undefined) throw this.unavailable();
    return result;
  }

  /** The failure as the error that callers see. */
  unavailable(): Unavailable {
    const cause = this.failure;
    if (cause instanceof Unavailable) return cause;
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    return new Unavailable("evm", `the EVM could not go on (${reason}); run the block again`, {
      cause,
    });
  }

  /** Keeps the first failure and answers for the import that failed. */
  fail(error: unknown): number {
    this.failure ??= error ?? new Error("an import failed without an error");
    return IMPORT_FAILED;
  }

  output(): WireReader {
    const { output_pointer, output_length } = this.exports;
    return new WireReader(this.memory, output_pointer(), output_length());
  }

  /** What the last nested call of a host frame returned. */
  returned(): Uint8Array {
    const { return_pointer, return_length } = this.exports;
    return copyBytes(this.memory, return_pointer(), return_length());
  }

  #attached(): EngineHost {
    if (this.host === undefined) throw new Error("broken invariant: no block is open");
    return this.host;
  }

  /** None may throw: an exception would unwind Rust's frames and leave its data half written. */
  #imports(): WebAssembly.ModuleImports {
    const guarded =
      <Arguments extends never[]>(answer: (...given: Arguments) => number) =>
      (...given: Arguments): number => {
        if (this.failure !== undefined) return IMPORT_FAILED;
        try {
          return answer(...given);
        } catch (error) {
          return this.fail(error);
        }
      };
    return {
      db_account: guarded((address: Pointer, out: Pointer) => this.#account(address, out)),
      db_storage: guarded((address: Pointer, slot: Pointer, out: Pointer) => {
        const memory = this.memory;
        const { view } = this.#attached();
        writeHex(memory, view.storage(readAddress(memory, address), readHash(memory, slot)), out);
        return FOUND;
      }),
      db_code: guarded((hash: Pointer) => this.#code(hash)),
      db_block_hash: guarded((number: bigint, out: Pointer) => {
        const hash = this.#attached().view.blockHash(BigInt.asUintN(64, number));
        if (hash !== undefined) writeHex(this.memory, hash, out);
        return FOUND;
      }),
      host_run: guarded((request: Pointer) => this.#attached().runFrame(request)),
      profile_open: guarded((address: Pointer, gas: number) =>
        this.#profiled((profiler) => profiler.open(readAddress(this.memory, address), gas)),
      ),
      profile_code: guarded((code: Pointer, length: number) =>
        this.#profiled((profiler) => profiler.code(copyBytes(this.memory, code, length))),
      ),
      profile_step: guarded((position: number, gas: number) =>
        this.#profiled((profiler) => profiler.reach(position, gas * INK_PER_GAS)),
      ),
      profile_close: guarded((status: number, gas: number, output: Pointer, length: number) =>
        this.#profiled((profiler) => {
          const end = END_STATUSES[status] ?? "halt";
          profiler.close(end, gas, copyBytes(this.memory, output, length));
        }),
      ),
      host_print: (caller: Pointer, input: Pointer, length: number) => {
        // A call that is run again to be profiled has printed before.
        if (this.host?.profiler !== undefined) return;
        this.host?.print?.(
          readAddress(this.memory, caller),
          copyBytes(this.memory, input, Math.min(length, PRINTED_BYTES_MAX)),
        );
      },
    };
  }

  #profiled(tell: (profiler: Profiler) => void): number {
    const { profiler } = this.#attached();
    if (profiler !== undefined) tell(profiler);
    return FOUND;
  }

  #account(address: Pointer, out: Pointer): number {
    const memory = this.memory;
    const account = this.#attached().view.account(readAddress(memory, address));
    if (account === undefined) return ABSENT;
    memory.writeBigUInt64LE(account.nonce, out);
    writeWord(memory, account.balance, out + 8);
    writeHex(memory, account.codeHash, out + 40);
    return account.storageRoot === EMPTY_ROOT ? FOUND : FOUND_WITH_STORAGE;
  }

  #code(pointer: Pointer): number {
    const hash = readHash(this.memory, pointer);
    const code = this.#attached().view.code(hash);
    if (code === undefined) {
      throw new Unavailable("store", `code ${hash} is missing from this node's state`);
    }
    const room = this.exports.code_alloc(code.length);
    this.memory.set(code, room);
    return code.length;
  }
}
