import { createHash } from "node:crypto";
import { type Hex, keccak256, toHex } from "viem";
import { Exited, TestFailed } from "./testFailure.ts";

/** What a unit test's host keeps of a contract. */
export type StreamHost = {
  readonly storage: Map<Hex, Uint8Array>;
  /** Topics and data, one behind the other. */
  readonly logs: Uint8Array[];
  memory(): Uint8Array;
  /** The contract has ended its call. */
  end(isReverted: boolean, output: Uint8Array): void;
};

const WORD = 32;
const LENGTH_BYTES = 4;
const HEAD_BYTES = 13;
const FRAMES = { hostCall: 3, hostReply: 4, result: 5 } as const;
const OK = 0;
const ABSENT = 1;
const RANGE_BYTES_MAX = 66_566;
/** Host calls that only a chain answers, by their numbers. */
const OF_CHAIN: Readonly<Record<number, string>> = {
  9: "dc_balance",
  10: "dc_gas_left",
  12: "dc_send_message",
};

type Reply = { readonly status: number; readonly data: Uint8Array };

/** The stream of a container's program in a unit test: its host calls (PROTOCOL.md of the container tier) in memory. */
export class TestStream {
  readonly #host: StreamHost;
  /** By the key's hex digits, whose order is that of the bytes. */
  readonly #values = new Map<Hex, Uint8Array>();
  #sent: Buffer = Buffer.alloc(0);
  #toRead: Buffer = Buffer.alloc(0);

  constructor(host: StreamHost) {
    this.#host = host;
  }

  /** WASI's functions that the SDK imports (`container/wasi.h`); each list is of an address and a length a part. */
  readonly hooks = {
    fd_write: (_: number, parts: number, count: number, written: number): number => {
      const bytes = this.#parts(parts, count).map((part) => Buffer.from(part));
      this.#sent = Buffer.concat([this.#sent, ...bytes]);
      this.#setU32(
        written,
        bytes.reduce((sum, { length }) => sum + length, 0),
      );
      this.#takeFrames();
      return 0;
    },
    fd_read: (_: number, parts: number, count: number, got: number): number => {
      let read = 0;
      for (const part of this.#parts(parts, count)) {
        const bytes = this.#toRead.subarray(0, part.length);
        part.set(bytes);
        this.#toRead = this.#toRead.subarray(bytes.length);
        read += bytes.length;
      }
      this.#setU32(got, read);
      return 0;
    },
    proc_exit: (status: number): never => {
      if (status !== 0) throw new TestFailed(`the program ended with status ${status}`);
      throw new Exited();
    },
  };

  #parts(at: number, count: number): readonly Uint8Array[] {
    const memory = this.#host.memory();
    const view = new DataView(memory.buffer);
    return Array.from({ length: count }, (_, i) => {
      const start = view.getUint32(at + 8 * i, true);
      return memory.subarray(start, start + view.getUint32(at + 8 * i + 4, true));
    });
  }

  #setU32(at: number, value: number): void {
    new DataView(this.#host.memory().buffer).setUint32(at, value, true);
  }

  #takeFrames(): void {
    while (this.#sent.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#sent.readUInt32BE();
      if (this.#sent.length < end) return;
      const frame = this.#sent.subarray(0, end);
      this.#sent = this.#sent.subarray(end);
      const body = frame.subarray(HEAD_BYTES);
      if (frame[LENGTH_BYTES] === FRAMES.result) this.#host.end(body[0] !== 0, body.subarray(1));
      if (frame[LENGTH_BYTES] === FRAMES.hostCall) this.#reply(frame, this.#answer(body));
    }
  }

  #reply(call: Buffer, { status, data }: Reply): void {
    const head = Buffer.from(call.subarray(0, HEAD_BYTES));
    head.writeUInt32BE(HEAD_BYTES - LENGTH_BYTES + 1 + data.length);
    head[LENGTH_BYTES] = FRAMES.hostReply;
    this.#toRead = Buffer.concat([this.#toRead, head, Uint8Array.of(status), data]);
  }

  #answer(body: Buffer): Reply {
    const operation = body[0] ?? 0;
    const rest = body.subarray(1);
    switch (operation) {
      case 1:
        return ok(this.#host.storage.get(toHex(rest)) ?? new Uint8Array(WORD));
      case 2:
        this.#host.storage.set(toHex(rest.subarray(0, WORD)), Uint8Array.from(rest.subarray(WORD)));
        return ok();
      case 6:
        this.#host.logs.push(Uint8Array.from(rest.subarray(1)));
        return ok();
      case 7:
        return ok(keccak256(rest, "bytes"));
      case 8:
        return ok(createHash("sha256").update(rest).digest());
      case 11:
        return ok();
      default:
        return this.#answerKeys(operation, rest);
    }
  }

  #answerKeys(operation: number, rest: Buffer): Reply {
    if (operation === 13) return this.#range(rest);
    if (operation === 3) {
      const value = this.#values.get(toHex(rest));
      return value === undefined ? { status: ABSENT, data: new Uint8Array() } : ok(value);
    }
    if (operation === 4) {
      const [key, value] = cut(rest.subarray(2), rest.readUInt16BE());
      if (value.length === 0) this.#values.delete(toHex(key));
      else this.#values.set(toHex(key), Uint8Array.from(value));
      return ok();
    }
    if (operation === 5) {
      this.#values.delete(toHex(rest));
      return ok();
    }
    const name = OF_CHAIN[operation] ?? `host call ${operation}`;
    throw new TestFailed(`${name} is the chain's to answer: test it in TypeScript, on a chain`);
  }

  #range(rest: Buffer): Reply {
    const most = rest.readUInt16BE();
    const [from, end] = cut(rest.subarray(4), rest.readUInt16BE(2)).map((bytes) => toHex(bytes));
    const keys = [...this.#values.keys()]
      .filter((key) => key >= (from as Hex) && (end === "0x" || key < (end as Hex)))
      .sort();
    let entries = Buffer.alloc(0);
    for (const key of keys.slice(0, most)) {
      const value = this.#values.get(key) as Uint8Array;
      const bytes = Buffer.from(key.slice(2), "hex");
      const head = Buffer.alloc(6);
      head.writeUInt16BE(bytes.length);
      head.writeUInt32BE(value.length, 2);
      const longer = Buffer.concat([entries, head, bytes, value]);
      if (longer.length > RANGE_BYTES_MAX) break;
      entries = longer;
    }
    return { status: entries.length === 0 ? ABSENT : OK, data: entries };
  }
}

function ok(data: Uint8Array = new Uint8Array()): Reply {
  return { status: OK, data };
}

function cut(bytes: Buffer, at: number): readonly [Buffer, Buffer] {
  return [bytes.subarray(0, at), bytes.subarray(at)];
}
