import type { MessagePort } from "node:worker_threads";
import {
  type Account,
  type Address,
  type Hash,
  type StateView,
  Unavailable,
} from "@delchain/runtime";
import { BoundedCache } from "./boundedCache.ts";
import { BLOCK_HASH_WINDOW } from "./chainView.ts";
import { type Question, STATUS, TURN_WORD, TURNS, ViewBuffer } from "./viewProtocol.ts";

/** A block holds the owner's thread for at most 3 s (its gas limit); beyond three of them it is stuck. */
const ANSWER_DEADLINE_MS = 10_000;
/** In bytes, of each reading thread; the largest payload is 1 MiB. */
const CODE_CACHE_BYTES: number = 32 * 1024 * 1024;
/** Accounts and slots of one view, about 300 bytes each. */
const VIEW_CACHE_ENTRIES = 16_384;

/** This thread's end of the buffer that it shares with the store's thread: asks, and sleeps until the answer. */
export class ViewClient {
  readonly codes: BoundedCache<Hash, Uint8Array> = new BoundedCache(
    CODE_CACHE_BYTES,
    (code: Uint8Array) => code.length,
  );
  readonly #port: MessagePort;
  readonly #shared: ViewBuffer;
  readonly #deadlineMs: number;

  constructor(
    port: MessagePort,
    buffer: SharedArrayBuffer,
    deadlineMs: number = ANSWER_DEADLINE_MS,
  ) {
    this.#port = port;
    this.#shared = new ViewBuffer(buffer);
    this.#deadlineMs = deadlineMs;
  }

  /**
   * The answer, `undefined` when there is nothing. Throws what the store threw, or `Unavailable` after the deadline;
   * then the next question waits for the late answer first, which would be taken for its own.
   */
  ask<Value>(question: Question, read: (shared: ViewBuffer) => Value): Value | undefined {
    this.#awaitAnswer();
    const { words } = this.#shared;
    this.#shared.writeQuestion(question);
    Atomics.store(words, TURN_WORD, TURNS.asked);
    this.#port.postMessage(undefined);
    this.#awaitAnswer();
    const { status } = this.#shared;
    if (status === STATUS.found) return read(this.#shared);
    if (status === STATUS.absent) return undefined;
    throw this.#shared.readError();
  }

  /** Until no question is open. */
  #awaitAnswer(): void {
    const { words } = this.#shared;
    if (Atomics.wait(words, TURN_WORD, TURNS.asked, this.#deadlineMs) !== "timed-out") return;
    throw new Unavailable(
      "store",
      `the store's thread gave no answer within ${this.#deadlineMs} ms; try again when it is less busy`,
    );
  }
}

/** The state as block `number` left it, read from another thread's store; it throws what the store throws. */
export class RemoteView implements StateView {
  readonly number: bigint;
  readonly #client: ViewClient;
  // The state of a block never changes, so that an answer holds as long as the view.
  readonly #accounts = new BoundedCache<Address, Account | null>(VIEW_CACHE_ENTRIES);
  readonly #slots = new BoundedCache<string, Hash>(VIEW_CACHE_ENTRIES);

  constructor(client: ViewClient, number: bigint) {
    this.#client = client;
    this.number = number;
  }

  account(address: Address): Account | undefined {
    const cached = this.#accounts.get(address);
    if (cached !== undefined) return cached ?? undefined;
    const { number } = this;
    const account = this.#client.ask({ op: "account", number, address }, (shared) =>
      shared.readAccount(),
    );
    this.#accounts.set(address, account ?? null);
    return account;
  }

  storage(address: Address, slot: Hash): Hash {
    const cached = this.#slots.get(address + slot);
    if (cached) return cached;
    const { number } = this;
    const question = { op: "storage", number, address, slot } as const;
    const value = this.#client.ask(question, (shared) => shared.readHash()) as Hash;
    this.#slots.set(address + slot, value);
    return value;
  }

  code(hash: Hash): Uint8Array | undefined {
    const cached = this.#client.codes.get(hash);
    if (cached) return cached;
    let code: Uint8Array | undefined;
    let offset = 0;
    do {
      const { number } = this;
      const piece = this.#client.ask({ op: "code", number, hash, offset }, (shared) =>
        shared.readCode(),
      );
      if (!piece) return undefined;
      code ??= new Uint8Array(piece.total);
      code.set(piece.bytes, offset);
      offset += piece.bytes.length;
    } while (offset < code.length);
    this.#client.codes.set(hash, code);
    return code;
  }

  blockHash(number: bigint): Hash | undefined {
    if (number > this.number || number <= this.number - BLOCK_HASH_WINDOW) return undefined;
    const question = { op: "blockHash", number: this.number, asked: number } as const;
    return this.#client.ask(question, (shared) => shared.readHash());
  }
}
