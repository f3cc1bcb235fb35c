import type { HostApi, NestedCall, NestedOutcome } from "../host/api.ts";
import { addressFromBytes, addressToBytes } from "../types/address.ts";
import { bigintToBytes, bytesToBigint, concatBytes, EMPTY_BYTES } from "../types/bytes.ts";
import { hashToBytes } from "../types/hash.ts";
import { GuestFault } from "../wasm/guestFrame.ts";

const WORD_BYTES = 32;
const ADDRESS_BYTES = 20;
const GAS_BYTES = 8;
const TOPICS_MAX = 4;

/** What calls and creations answer before what was returned: 0 for success. */
const STATUS: Readonly<Record<NestedOutcome["status"], number>> = {
  success: 0,
  revert: 1,
  halt: 2,
};

/** Reads a message's body front to back; what is not there is the guest's fault. */
class Body {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    const end = this.#position + length;
    if (end > this.#bytes.length) {
      throw new GuestFault(`a message of ${this.#bytes.length} bytes that should have ${end}`);
    }
    const part = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return part;
  }

  word(): Uint8Array {
    return this.take(WORD_BYTES);
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.#position);
  }
}

type Answer = (host: HostApi, body: Body) => Uint8Array;

/** Messages to the host API by their number (sdk-langs/php/wasm/Guest.php), each with its answer. */
const ANSWERS: Readonly<Record<number, Answer>> = {
  4: (host, body) => host.loadStorage(body.word()),
  5: (host, body) => {
    host.storeStorage(body.word(), body.word());
    return EMPTY_BYTES;
  },
  6: (host, body) => host.loadTransient(body.word()),
  7: (host, body) => {
    host.storeTransient(body.word(), body.word());
    return EMPTY_BYTES;
  },
  8: (host, body) => {
    const count = body.byte();
    if (count > TOPICS_MAX) throw new GuestFault(`a log with ${count} topics`);
    const topics = Array.from({ length: count }, () => body.word());
    host.emitLog(topics, body.rest());
    return EMPTY_BYTES;
  },
  9: (host, body) => host.keccak256(body.rest()),
  10: (host, body) => bigintToBytes(host.balance(addressFromBytes(body.take(ADDRESS_BYTES))), 32),
  11: (host) => bigintToBytes(BigInt(host.meter.gas), GAS_BYTES),
  13: (host, body) => host.code(addressFromBytes(body.take(ADDRESS_BYTES))),
  14: (host, body) => hashToBytes(host.codeHash(addressFromBytes(body.take(ADDRESS_BYTES)))),
  15: (host, body) => call(host, "call", body),
  16: (host, body) => call(host, "static", body),
  17: (host, body) => call(host, "delegate", body),
  18: create,
};

/** Answers a message that is the host API's; the price is the function's own. */
export function answerHostMessage(host: HostApi, message: Uint8Array): Uint8Array {
  const operation = message[0] ?? 0;
  const answer = ANSWERS[operation];
  if (answer === undefined) throw new GuestFault(`a message of unknown kind ${operation}`);
  return answer(host, new Body(message.subarray(1)));
}

function call(host: HostApi, kind: NestedCall["kind"], body: Body): Uint8Array {
  const to = addressFromBytes(body.take(ADDRESS_BYTES));
  const value = bytesToBigint(body.word());
  const wanted = Number(bytesToBigint(body.take(GAS_BYTES)));
  if (kind !== "call" && value !== 0n) throw new GuestFault(`a ${kind} call with value`);
  // All that is left, at most; the host keeps a 64th of it back (EIP-150).
  const gas = Math.min(wanted, host.meter.gas);
  const { status, output } = host.call({ kind, to, value, gas, input: body.rest() });
  return concatBytes(Uint8Array.of(STATUS[status]), output);
}

function create(host: HostApi, body: Body): Uint8Array {
  const value = bytesToBigint(body.word());
  const salt = body.byte() === 0 ? undefined : body.word();
  const { status, output, created } = host.create({ value, salt, initCode: body.rest() });
  const returned = created === undefined ? output : addressToBytes(created);
  return concatBytes(Uint8Array.of(STATUS[status]), returned);
}
