import { INK_PER_GAS, OutOfGas } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import { GuestFault } from "../wasm/guestFrame.ts";
import { METER_EXPORTS } from "../wasm/instrument/meterNames.ts";
import { buildImports } from "./imports.ts";
import { GLOBAL_PREFIX } from "./interpreterModule.ts";
import { PHP_PRICES } from "./prices.ts";
import type { Surroundings } from "./surroundings.ts";
import { PAGE_BITS, PAGE_BYTES, WRITTEN_EXPORT } from "./writtenPages.ts";

/** The C functions of the interpreter that this host calls; pointers are numbers. */
export type InterpreterExports = {
  readonly memory: WebAssembly.Memory;
  readonly __wasm_call_ctors: () => void;
  readonly php_wasm_init: () => void;
  readonly wasm_set_phpini_path: (path: number) => void;
  readonly wasm_set_path_translated: (path: number) => void;
  readonly wasm_sapi_handle_request: () => number;
  readonly zend_eval_string: (code: number, result: number, name: number) => number;
  readonly malloc: (bytes: number) => number;
  readonly emscripten_stack_get_current: () => number;
  readonly _emscripten_stack_restore: (stack: number) => void;
  readonly setThrew: (thrown: number, value: number) => void;
} & { readonly [name: string]: unknown };

/** An interpreter's whole state: its memory, and its variables in a fixed order. */
export type Snapshot = { readonly memory: Uint8Array; readonly variables: readonly number[] };

const WORD_BYTES = 32;
const utf8 = new TextEncoder();

/** One instance of the instrumented interpreter: its memory, its meter, and what surrounds it now. */
export class Interpreter {
  readonly exports: InterpreterExports;
  surroundings: Surroundings;
  readonly #memory: Buffer;
  readonly #view: DataView;
  readonly #variables: WebAssembly.Global[] = [];
  readonly #gas: WebAssembly.Global;
  readonly #stack: WebAssembly.Global;
  readonly #fault: WebAssembly.Global;
  /** By page: what was written since the last snapshot was put back. */
  readonly #written: Uint8Array;
  #isFresh = true;

  constructor(module: WebAssembly.Module, surroundings: Surroundings) {
    this.surroundings = surroundings;
    const imports = buildImports(module, this, this.#variables);
    const { exports } = new WebAssembly.Instance(module, imports);
    this.exports = exports as unknown as InterpreterExports;
    for (const [name, value] of Object.entries(exports)) {
      if (name.startsWith(GLOBAL_PREFIX)) this.#variables.push(value as WebAssembly.Global);
    }
    // It never grows, so what is seen of it stays true.
    this.#memory = Buffer.from(this.exports.memory.buffer);
    this.#view = new DataView(this.exports.memory.buffer);
    this.#gas = exports[METER_EXPORTS.gas] as WebAssembly.Global;
    this.#stack = exports[METER_EXPORTS.stack] as WebAssembly.Global;
    this.#fault = exports[METER_EXPORTS.fault] as WebAssembly.Global;
    const written = exports[WRITTEN_EXPORT] as WebAssembly.Memory;
    this.#written = new Uint8Array(written.buffer, 0, this.#memory.length / PAGE_BYTES + 1);
  }

  /** Gas left, in ink. */
  get ink(): number {
    return this.#gas.value as number;
  }

  set ink(left: number) {
    this.#gas.value = left;
  }

  get stackLeft(): number {
    return this.#stack.value as number;
  }

  set stackLeft(bytes: number) {
    this.#stack.value = bytes;
  }

  /** Why it stopped: one of `FAULTS`. */
  get fault(): number {
    return this.#fault.value as number;
  }

  /** Throws `OutOfGas` when the guest cannot pay for what the host does. */
  charge(gas: number): void {
    const left = this.ink - gas * INK_PER_GAS;
    if (left < 0) throw new OutOfGas("the frame's gas is used up");
    this.ink = left;
  }

  /** A copy. */
  snapshot(): Snapshot {
    return {
      memory: Uint8Array.from(this.#memory),
      variables: this.#variables.map(({ value }) => value as number),
    };
  }

  /**
   * Puts a snapshot back, whatever ran since: every page that was written, by code (writtenPages.ts) or by the host.
   * All snapshots that one interpreter is given must be the same.
   */
  restore({ memory, variables }: Snapshot): void {
    if (this.#isFresh) this.#memory.set(memory);
    else this.#restorePages(memory);
    this.#isFresh = false;
    this.#written.fill(0);
    for (const [i, variable] of this.#variables.entries()) variable.value = variables[i];
    this.#fault.value = 0;
  }

  /** A mark stands for its page and the next, into which a store may reach over. */
  #restorePages(memory: Uint8Array): void {
    const written = this.#written;
    let page = written.indexOf(1);
    while (page >= 0) {
      let end = page + 1;
      while (written[end] === 1) end++;
      const [from, to] = [page * PAGE_BYTES, (end + 1) * PAGE_BYTES];
      this.#memory.set(memory.subarray(from, to), from);
      page = written.indexOf(1, end);
    }
  }

  /** Bytes of the surroundings' random stream, paid by the word. */
  random(length: number): Uint8Array {
    this.charge(PHP_PRICES.randomWord * Math.ceil(length / WORD_BYTES));
    return this.surroundings.random(length);
  }

  /** A copy of guest memory, paid by the word. */
  read(pointer: number, length: number): Uint8Array {
    this.#chargeWords(length);
    const start = this.#start(pointer, length);
    return Uint8Array.prototype.slice.call(this.#memory, start, start + length);
  }

  /** Copies into guest memory, paid by the word. */
  write(pointer: number, bytes: Uint8Array): void {
    this.#chargeWords(bytes.length);
    this.#memory.set(bytes, this.#startOfWrite(pointer, bytes.length));
  }

  readU32(pointer: number): number {
    return this.#view.getUint32(this.#start(pointer, 4), true);
  }

  /** Guest memory as it is, for whoever only looks on: it costs no gas. */
  view(pointer: number, length: number): Buffer {
    const start = this.#start(pointer, length);
    return this.#memory.subarray(start, start + length);
  }

  writeU32(pointer: number, value: number): void {
    this.#view.setUint32(this.#startOfWrite(pointer, 4), value, true);
  }

  writeU64(pointer: number, value: bigint): void {
    this.#view.setBigUint64(this.#startOfWrite(pointer, 8), value, true);
  }

  /** A C string of the guest's. */
  readText(pointer: number): string {
    const start = this.#start(pointer, 1);
    const end = this.#memory.indexOf(0, start);
    const text = this.#memory.toString("latin1", start, end < 0 ? this.#memory.length : end);
    this.#chargeWords(text.length);
    return text;
  }

  /** A new C string in the guest's memory, never freed: the next snapshot takes it away. */
  writeText(text: string): number {
    const bytes = utf8.encode(`${text}\0`);
    const pointer = this.exports.malloc(bytes.length);
    if (pointer === 0) throw new GuestFault("no memory for the host's text");
    this.write(pointer, bytes);
    return pointer;
  }

  #chargeWords(bytes: number): void {
    this.charge(PRICES.copyWord * Math.ceil(bytes / WORD_BYTES));
  }

  #startOfWrite(pointer: number, length: number): number {
    const start = this.#start(pointer, length);
    this.#written.fill(1, start >>> PAGE_BITS, ((start + length) >>> PAGE_BITS) + 1);
    return start;
  }

  #start(pointer: number, length: number): number {
    const start = pointer >>> 0;
    if (start + length > this.#memory.length) {
      throw new GuestFault(`bytes ${start} to ${start + length} of ${this.#memory.length}`);
    }
    return start;
  }
}
