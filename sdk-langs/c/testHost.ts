import { type Hex, hexToString, keccak256, toHex } from "viem";
import { Exited, TestFailed } from "./testFailure.ts";
import { TestStream } from "./testStream.ts";

type Hook = (...args: never[]) => unknown;

const WORD = 32;
const SELF = 0xcc;
const CHAIN_ID = 31_337n;
/** `Error(string)`: a selector, an offset and a length stand before the text. */
const REASON = /^0x08c379a0.{128}/;

/** What surrounds a contract while one unit test of it runs: all of it in memory, and gone behind the test. */
export class TestHost {
  memory: WebAssembly.Memory | undefined;
  readonly #storage = new Map<Hex, Uint8Array>();
  readonly #transient = new Map<Hex, Uint8Array>();
  readonly #logs: Uint8Array[] = [];
  #result: Uint8Array = new Uint8Array();
  #isReverted = false;
  #sender: Uint8Array = new Uint8Array(20).fill(1);
  #value: Uint8Array = new Uint8Array(WORD);
  #block = { number: 1n, time: 1_700_000_000n };
  #expected: { readonly place: string; readonly data: Hex } | undefined;

  /** Whether the test still waits for a revert, and where it said so. */
  get awaitedAt(): string | undefined {
    return this.#expected?.place;
  }

  /** Throws `TestFailed` unless the revert that has ended the test was expected. */
  checkRevert(): void {
    if (!this.#isReverted) {
      throw new TestFailed("the contract ended its call, and the rest of the test did not run");
    }
    const data = toHex(this.#result);
    const expected = this.#expected;
    if (expected && data.startsWith(expected.data)) return;
    const wanted = expected ? `, expected ${shown(expected.data)}` : "";
    throw new TestFailed(
      `${expected ? `${expected.place}: ` : ""}reverted with ${shown(data)}${wanted}`,
    );
  }

  /** A module's imports; a function of the host that only a chain has fails the test that calls it. */
  imports(module: WebAssembly.Module): WebAssembly.Imports {
    const known: Readonly<Record<string, Readonly<Record<string, Hook>>>> = {
      vm_hooks: this.#hooks(),
      delchain_test: this.#testHooks(),
      wasi_snapshot_preview1: this.#stream().hooks,
    };
    const imports: Record<string, Record<string, Hook>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] =
        known[from]?.[name] ??
        (() => {
          throw new TestFailed(
            `${name} is the chain's to answer: test it in TypeScript, on a chain`,
          );
        });
    }
    return imports as WebAssembly.Imports;
  }

  #hooks(): Readonly<Record<string, Hook>> {
    return {
      pay_for_memory_grow: () => undefined,
      storage_flush_cache: () => undefined,
      storage_load_bytes32: (slot: number, to: number) => this.#load(this.#storage, slot, to),
      storage_cache_bytes32: (slot: number, from: number) => this.#store(this.#storage, slot, from),
      transient_load_bytes32: (slot: number, to: number) => this.#load(this.#transient, slot, to),
      transient_store_bytes32: (slot: number, from: number) =>
        this.#store(this.#transient, slot, from),
      write_result: (from: number, length: number) => {
        this.#result = this.#read(from, length);
      },
      exit_early: (status: number) => {
        this.#isReverted = status !== 0;
        throw new Exited();
      },
      emit_log: (from: number, length: number) => this.#logs.push(this.#read(from, length)),
      native_keccak256: (from: number, length: number, to: number) =>
        this.#write(to, keccak256(this.#read(from, length), "bytes")),
      contract_address: (to: number) => this.#write(to, new Uint8Array(20).fill(SELF)),
      msg_sender: (to: number) => this.#write(to, this.#sender),
      tx_origin: (to: number) => this.#write(to, this.#sender),
      msg_value: (to: number) => this.#write(to, this.#value),
      msg_reentrant: () => 0,
      block_number: () => this.#block.number,
      block_timestamp: () => this.#block.time,
      chainid: () => CHAIN_ID,
      math_div: (value: number, by: number) => this.#arithmetic(value, by, (a, b) => a / b),
      math_mod: (value: number, by: number) => this.#arithmetic(value, by, (a, b) => a % b),
    };
  }

  #testHooks(): Readonly<Record<string, Hook>> {
    return {
      fail: (place: number, what: number) => {
        throw new TestFailed(`${this.#text(place)}: ${this.#text(what)}`);
      },
      compare: (place: number, what: number, left: number, right: number) => {
        const [have, want] = [this.#number(left), this.#number(right)];
        if (have === want) return;
        throw new TestFailed(`${this.#text(place)}: ${this.#text(what)}: ${have} is not ${want}`);
      },
      expect_revert: (place: number, from: number, length: number) => {
        this.#expected = { place: this.#text(place), data: toHex(this.#read(from, length)) };
      },
      set_sender: (from: number) => {
        this.#sender = this.#read(from, 20);
      },
      set_value: (from: number) => {
        this.#value = this.#read(from, WORD);
      },
      set_block: (number: bigint, time: bigint) => {
        this.#block = { number: BigInt.asUintN(64, number), time: BigInt.asUintN(64, time) };
      },
      result: (word: number, to: number) => {
        this.#write(to, this.#result.slice(WORD * word, WORD * (word + 1)));
        return this.#result.length;
      },
      logs: () => this.#logs.length,
      log_word: (log: number, word: number, to: number) =>
        this.#write(
          to,
          (this.#logs[log] ?? new Uint8Array()).slice(WORD * word, WORD * (word + 1)),
        ),
    };
  }

  /** What a container's program talks to, instead of functions of the host. */
  #stream(): TestStream {
    return new TestStream({
      storage: this.#storage,
      logs: this.#logs,
      memory: () => this.#bytes(),
      end: (isReverted, output) => {
        this.#isReverted = isReverted;
        this.#result = output;
      },
    });
  }

  #bytes(): Uint8Array {
    if (this.memory === undefined) throw new Error("the module has no memory");
    return new Uint8Array(this.memory.buffer);
  }

  #read(at: number, length: number): Uint8Array {
    return this.#bytes().slice(at >>> 0, (at >>> 0) + length);
  }

  #write(at: number, bytes: Uint8Array): void {
    this.#bytes().set(bytes, at >>> 0);
  }

  #text(at: number): string {
    const bytes = this.#bytes();
    return new TextDecoder().decode(bytes.subarray(at >>> 0, bytes.indexOf(0, at >>> 0)));
  }

  #number(at: number): bigint {
    return BigInt(toHex(this.#read(at, WORD)));
  }

  #load(words: ReadonlyMap<Hex, Uint8Array>, slot: number, to: number): void {
    this.#write(to, words.get(toHex(this.#read(slot, WORD))) ?? new Uint8Array(WORD));
  }

  #store(words: Map<Hex, Uint8Array>, slot: number, from: number): void {
    words.set(toHex(this.#read(slot, WORD)), this.#read(from, WORD));
  }

  #arithmetic(at: number, by: number, compute: (a: bigint, b: bigint) => bigint): void {
    const divisor = this.#number(by);
    const result = divisor === 0n ? 0n : compute(this.#number(at), divisor);
    this.#write(at, Buffer.from(result.toString(16).padStart(2 * WORD, "0"), "hex"));
  }
}

/** Revert data for people: the reason of an `Error(string)`, other data as it is. */
function shown(data: Hex): string {
  if (!REASON.test(data)) return data === "0x" ? "no data" : data;
  return JSON.stringify(hexToString(data.replace(REASON, "0x") as Hex).replaceAll("\0", ""));
}
