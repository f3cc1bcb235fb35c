import { EMPTY_BYTES } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { keccak256Bytes } from "../types/hash.ts";
import { GuestFault } from "../wasm/guestFrame.ts";
import { STACK_BYTES_PER_TRANSACTION } from "../wasm/limits.ts";
import { settleFailure } from "../wasm/outcome.ts";
import type { Engine } from "./engine.ts";
import { fatalReason } from "./fatalReason.ts";
import { Interpreter } from "./interpreter.ts";
import { CALL_BYTES, Finished } from "./phpCall.ts";
import { RandomStream } from "./randomStream.ts";
import { CLOCK_STEP, MESSAGES, type Surroundings } from "./surroundings.ts";
import { LongJump } from "./systemCall.ts";

/** Gas for a tool, in ink: ten seconds of a source that never ends. */
const TOOL_INK: number = 2.5e13;
/** Where the text of `Error(string)` begins; the word before it says how long it is. */
const TEXT_AT = 68;
const UNKNOWN_END = "the interpreter ended without a result";

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
 * Runs a tool's code in a copy of the interpreter, with a source in place of a contract's, and gives the result that
 * it sends (`Guest::RESULT`) as text; `look` sees the interpreter as it then is, whether it finished or gave up.
 * Nodes need none of it. Throws `InvalidInput` with what PHP says, or why the source came to no end: `OutOfGas`, or
 * that it asked for a chain.
 */
export function evaluatePhp(
  code: string,
  source: Uint8Array,
  { module, snapshot }: Engine,
  look: (guest: Interpreter) => void = () => undefined,
): string {
  const surroundings = new OfflineSurroundings(source);
  const guest = new Interpreter(module, surroundings);
  guest.restore(snapshot);
  guest.ink = TOOL_INK;
  guest.stackLeft = STACK_BYTES_PER_TRANSACTION;
  try {
    guest.exports.zend_eval_string(guest.writeText(code), 0, guest.writeText("tool"));
  } catch (thrown) {
    look(guest);
    if (thrown instanceof Finished) return settled(thrown);
    if (!(thrown instanceof LongJump)) {
      const result = settleFailure(thrown, guest.fault);
      throw refused(result.status === "halt" ? result.reason : UNKNOWN_END);
    }
  }
  throw refused(fatalReason(surroundings.printed, source));
}

function settled({ status, output }: Finished): string {
  const bytes = Buffer.from(output);
  if (status === "success") return bytes.toString();
  const length = bytes.readUInt32BE(TEXT_AT - 4);
  throw refused(bytes.toString("utf8", TEXT_AT, TEXT_AT + length));
}

function refused(reason: string): Error {
  return new InvalidInput({ code: "PHP_REFUSED" }, reason);
}
