import { EMPTY_BYTES } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { keccak256Bytes } from "../types/hash.ts";
import { GuestFault } from "../wasm/guestFrame.ts";
import { STACK_BYTES_PER_TRANSACTION } from "../wasm/limits.ts";
import type { Engine } from "./engine.ts";
import { fatalReason } from "./fatalReason.ts";
import { Interpreter } from "./interpreter.ts";
import { CALL_BYTES, Finished } from "./phpCall.ts";
import { RandomStream } from "./randomStream.ts";
import { checkSource, phpCode } from "./source.ts";
import { CLOCK_STEP, MESSAGES, type Surroundings } from "./surroundings.ts";
import { LongJump } from "./systemCall.ts";

/** Gas for a description, in ink: ten seconds of a source that never ends. */
const DESCRIBE_INK: number = 2.5e13;

/** A contract that is looked at and not called: it has its source and hashes, and no chain. */
class OfflineSurroundings implements Surroundings {
  printed = "";
  readonly #source: Uint8Array;
  readonly #random = new RandomStream(new Uint8Array(32));
  #now = 0n;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  message(message: Uint8Array): Uint8Array {
    const body = message.subarray(1);
    switch (message[0]) {
      case MESSAGES.source:
        return this.#source;
      case MESSAGES.callFields:
        return new Uint8Array(CALL_BYTES);
      case MESSAGES.keccak256:
        return keccak256Bytes(body);
      case MESSAGES.debug:
        return EMPTY_BYTES;
      case MESSAGES.result:
        throw new Finished(body);
      default:
        throw new GuestFault("a contract asked the host while it was described");
    }
  }

  print(bytes: Uint8Array): void {
    this.printed += Buffer.from(bytes).toString();
  }

  now(): bigint {
    this.#now += CLOCK_STEP;
    return this.#now;
  }

  random(length: number): Uint8Array {
    return this.#random.take(length);
  }

  file(): undefined {
    return undefined;
  }
}

/**
 * The ABI of a PHP contract by reflection, as Solidity's compiler writes one; for tools, no node needs it. Throws
 * `InvalidInput` with PHP's reason for a source that declares none.
 */
export function describePhp(source: Uint8Array, { module, snapshot }: Engine): readonly object[] {
  checkSource(source);
  const surroundings = new OfflineSurroundings(phpCode(source));
  const guest = new Interpreter(module, surroundings);
  guest.restore(snapshot);
  guest.ink = DESCRIBE_INK;
  guest.stackLeft = STACK_BYTES_PER_TRANSACTION;
  try {
    const code = guest.writeText("DelChain\\Guest::describe();");
    guest.exports.zend_eval_string(code, 0, guest.writeText("describe"));
  } catch (thrown) {
    if (thrown instanceof Finished) return parsed(thrown);
    if (!(thrown instanceof LongJump)) throw thrown;
  }
  throw refused(fatalReason(surroundings.printed));
}

/** Where the text of `Error(string)` begins, and the word before it that says how long it is. */
const TEXT_AT = 68;

function parsed({ status, output }: Finished): readonly object[] {
  const bytes = Buffer.from(output);
  if (status === "success") return JSON.parse(bytes.toString()) as object[];
  const length = bytes.readUInt32BE(TEXT_AT - 4);
  throw refused(bytes.toString("utf8", TEXT_AT, TEXT_AT + length));
}

function refused(reason: string): Error {
  return new InvalidInput({ code: "PHP_NO_ABI" }, `the source has no ABI: ${reason}`);
}
