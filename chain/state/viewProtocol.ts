import {
  type Account,
  type Address,
  type ErrorFacts,
  fromHex,
  type Hash,
  hashFromBytes,
  InvalidInput,
  toHex,
  Unavailable,
} from "@delchain/runtime";

/**
 * How a thread reads a state that another thread owns. Both share one buffer: the reader writes a question into
 * it, wakes the owner with an empty message and sleeps on the turn word; the owner writes the answer into the same
 * place and wakes the reader. One question is open at a time, so that the buffer needs no queue.
 *
 *     turn i32 | length i32 | body: question or answer
 *     question   op u8 | block number u64be | arguments
 *     answer     status u8 | value
 */
export const TURN_WORD = 0;
export const LENGTH_WORD = 1;
const BODY_OFFSET = 8;

/** Of one buffer. Code is the one thing that may be larger; it comes in pieces. */
export const VIEW_BUFFER_BYTES: number = 64 * 1024;
/** Status, total length and offset stand before a piece of code. */
export const CODE_PIECE_BYTES: number = VIEW_BUFFER_BYTES - BODY_OFFSET - 16;
/** Error messages are cut to this many characters, at most four bytes each, so that they fit. */
const MESSAGE_CHARACTERS = 4_096;

export const TURNS = { idle: 0, asked: 1, answered: 2 } as const;
export const STATUS = { absent: 0, found: 1, unavailable: 2, invalid: 3, bug: 4 } as const;
const OPS = { account: 1, storage: 2, code: 3, blockHash: 4 } as const;

export type Question =
  | { readonly op: "account"; readonly number: bigint; readonly address: Address }
  | {
      readonly op: "storage";
      readonly number: bigint;
      readonly address: Address;
      readonly slot: Hash;
    }
  /** From byte `offset` on, as much as fits. */
  | {
      readonly op: "code";
      readonly number: bigint;
      readonly hash: Hash;
      readonly offset: number;
    }
  | { readonly op: "blockHash"; readonly number: bigint; readonly asked: bigint };

export type CodePiece = { readonly total: number; readonly bytes: Uint8Array };

/** The shared memory of one reader: make it in either thread and give it to both sides. */
export function newViewBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(VIEW_BUFFER_BYTES);
}

/** The buffer as the two sides read and write it. */
export class ViewBuffer {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly body: Uint8Array<SharedArrayBuffer>;
  readonly #data: DataView;

  constructor(buffer: SharedArrayBuffer) {
    if (buffer.byteLength !== VIEW_BUFFER_BYTES) {
      throw new RangeError(
        `a view buffer has ${VIEW_BUFFER_BYTES} bytes, not ${buffer.byteLength}`,
      );
    }
    this.words = new Int32Array(buffer, 0, 2);
    this.body = new Uint8Array(buffer, BODY_OFFSET);
    this.#data = new DataView(buffer, BODY_OFFSET);
  }

  writeQuestion(question: Question): void {
    const { body } = this;
    body[0] = OPS[question.op];
    this.#data.setBigUint64(1, question.number);
    if (question.op === "account") body.set(fromHex(question.address), 9);
    else if (question.op === "storage") {
      body.set(fromHex(question.address), 9);
      body.set(fromHex(question.slot), 29);
    } else if (question.op === "code") {
      body.set(fromHex(question.hash), 9);
      this.#data.setUint32(41, question.offset);
    } else this.#data.setBigUint64(9, question.asked);
  }

  readQuestion(): Question {
    const number = this.#data.getBigUint64(1);
    switch (this.body[0]) {
      case OPS.account:
        return { op: "account", number, address: this.#address(9) };
      case OPS.storage:
        return { op: "storage", number, address: this.#address(9), slot: this.#hash(29) };
      case OPS.code: {
        const offset = this.#data.getUint32(41);
        return { op: "code", number, hash: this.#hash(9), offset };
      }
      case OPS.blockHash:
        return { op: "blockHash", number, asked: this.#data.getBigUint64(9) };
      default:
        throw new Error(`broken invariant: a view was asked question ${this.body[0]}`);
    }
  }

  get status(): number {
    return this.body[0] as number;
  }

  writeStatus(status: number): void {
    this.body[0] = status;
  }

  writeAccount(account: Account): void {
    this.writeStatus(STATUS.found);
    this.#data.setBigUint64(1, account.nonce);
    this.#writeHash(9, `0x${account.balance.toString(16).padStart(64, "0")}` as Hash);
    this.#writeHash(41, account.codeHash);
    this.#writeHash(73, account.storageRoot);
  }

  readAccount(): Account {
    return {
      nonce: this.#data.getBigUint64(1),
      balance: BigInt(this.#hash(9)),
      codeHash: this.#hash(41),
      storageRoot: this.#hash(73),
    };
  }

  writeHash(hash: Hash): void {
    this.writeStatus(STATUS.found);
    this.#writeHash(1, hash);
  }

  readHash(): Hash {
    return this.#hash(1);
  }

  writeCode(code: Uint8Array, offset: number): void {
    const piece = code.subarray(offset, offset + CODE_PIECE_BYTES);
    this.writeStatus(STATUS.found);
    this.#data.setUint32(1, code.length);
    this.body.set(piece, 5);
    this.words[LENGTH_WORD] = piece.length;
  }

  readCode(): CodePiece {
    const length = this.words[LENGTH_WORD] as number;
    return { total: this.#data.getUint32(1), bytes: this.body.slice(5, 5 + length) };
  }

  /** Facts are a code and a few numbers, so that they fit beside the longest message. */
  writeError(error: unknown): void {
    const { message } = error as Error;
    const text = message.slice(0, MESSAGE_CHARACTERS);
    const fields: { message: string; part?: string; facts?: ErrorFacts } = { message: text };
    let status: number = STATUS.bug;
    if (error instanceof Unavailable) {
      status = STATUS.unavailable;
      fields.part = error.part;
    } else if (error instanceof InvalidInput) {
      status = STATUS.invalid;
      fields.facts = error.facts;
    }
    this.writeStatus(status);
    const json = new TextEncoder().encode(JSON.stringify(fields, hideBigints));
    this.body.set(json, 1);
    this.words[LENGTH_WORD] = json.length;
  }

  readError(): Error {
    const length = this.words[LENGTH_WORD] as number;
    const json = new TextDecoder().decode(this.body.slice(1, 1 + length));
    const { message, part, facts } = JSON.parse(json, showBigints);
    if (this.status === STATUS.unavailable) return new Unavailable(part, message);
    if (this.status === STATUS.invalid) return new InvalidInput(facts, message);
    return new Error(message);
  }

  #address(offset: number): Address {
    return toHex(this.body.slice(offset, offset + 20)) as Address;
  }

  #hash(offset: number): Hash {
    return hashFromBytes(this.body.slice(offset, offset + 32));
  }

  #writeHash(offset: number, hash: Hash): void {
    this.body.set(fromHex(hash), offset);
  }
}

/** JSON has no bigints: they travel as digits and an `n`. */
function hideBigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

function showBigints(_key: string, value: unknown): unknown {
  return typeof value === "string" && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
}
