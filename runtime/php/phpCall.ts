import type { HostApi } from "../host/api.ts";
import type { ConsoleWriter } from "../host/console.ts";
import { INK_PER_GAS } from "../host/meter.ts";
import { addressToBytes } from "../types/address.ts";
import { bigintToBytes, concatBytes, EMPTY_BYTES } from "../types/bytes.ts";
import { hashToBytes, keccak256Bytes } from "../types/hash.ts";
import { nameFiles } from "./fatalReason.ts";
import { PRINTED_BYTES_MAX } from "./limits.ts";
import { answerHostMessage } from "./messages.ts";
import { RandomStream } from "./randomStream.ts";
import { CLOCK_STEP, MESSAGES, type Metered, type Surroundings } from "./surroundings.ts";

const NANOSECONDS: bigint = 1_000_000_000n;
const SUCCESS = 0;
/** Cutting the oldest off each time would copy everything for every byte that PHP prints. */
const PRINTED_KEPT_BYTES: number = 16 * PRINTED_BYTES_MAX;

/** Unwinds an interpreter whose contract has its result. */
export class Finished extends Error {
  override readonly name = "Finished";
  readonly status: "success" | "revert";
  readonly output: Uint8Array;

  constructor(result: Uint8Array) {
    super("the contract has a result");
    this.status = result[0] === SUCCESS ? "success" : "revert";
    this.output = result.subarray(1);
  }
}

/** What one running contract sees: its source, its call, the host API, and a clock and chance that are the call's own. */
export class PhpCall implements Surroundings {
  readonly #host: HostApi;
  /** Without its tag. */
  readonly source: Uint8Array;
  readonly #print: ConsoleWriter | undefined;
  readonly #seed: Uint8Array;
  readonly #random: RandomStream;
  #now: bigint;
  /** The last bytes that were printed, in pieces. */
  #printed: Uint8Array[] = [];
  #printedBytes = 0;

  constructor(host: HostApi, source: Uint8Array, print: ConsoleWriter | undefined) {
    this.#host = host;
    this.source = source;
    this.#print = print;
    this.#seed = seedOf(host);
    this.#random = new RandomStream(this.#seed);
    this.#now = host.context.block.timestamp * NANOSECONDS;
  }

  /** The end of what PHP printed, where a fatal error stands. */
  get printed(): string {
    return Buffer.from(concatBytes(...this.#printed).slice(-PRINTED_BYTES_MAX)).toString();
  }

  message(message: Uint8Array, guest: Metered): Uint8Array {
    switch (message[0]) {
      case MESSAGES.callFields:
        return callFields(this.#host, this.#seed, guest);
      case MESSAGES.source:
        return this.source;
      case MESSAGES.result:
        throw new Finished(message.subarray(1));
      case MESSAGES.debug:
        this.#show(message.subarray(1));
        return EMPTY_BYTES;
      default:
        return this.#ask(message, guest);
    }
  }

  print(bytes: Uint8Array): void {
    this.#printed.push(bytes.slice(-PRINTED_BYTES_MAX));
    this.#printedBytes += bytes.length;
    if (this.#printedBytes > PRINTED_KEPT_BYTES) {
      this.#printed = [concatBytes(...this.#printed).slice(-PRINTED_BYTES_MAX)];
      this.#printedBytes = PRINTED_BYTES_MAX;
    }
    this.#show(bytes);
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

  /** The guest's gas is the host's while the host works. */
  #ask(message: Uint8Array, guest: Metered): Uint8Array {
    this.#host.meter.ink = guest.ink;
    const answer = answerHostMessage(this.#host, message);
    guest.ink = this.#host.meter.ink;
    return answer;
  }

  #show(bytes: Uint8Array): void {
    if (this.#print === undefined) return;
    const text = Buffer.from(bytes.subarray(0, PRINTED_BYTES_MAX)).toString().trim();
    if (text === "") return;
    this.#print(this.#host.frame.codeAddress, nameFiles(text, this.source));
  }
}

/** Chance that every node has alike, and two contracts of one block, or two callers, do not. */
function seedOf({ frame, context }: HostApi): Uint8Array {
  return keccak256Bytes(
    concatBytes(
      new TextEncoder().encode("delchain php seed"),
      hashToBytes(context.block.randomness),
      bigintToBytes(context.block.number, 8),
      addressToBytes(context.origin),
      addressToBytes(frame.caller),
      addressToBytes(frame.target),
      keccak256Bytes(frame.input),
    ),
  );
}

/** Bytes of a call's fields, without its calldata. */
export const CALL_BYTES = 176;

/** The fields of the container protocol's CALL frame, in its order. */
function callFields({ frame, context }: HostApi, seed: Uint8Array, { ink }: Metered): Uint8Array {
  const { block, origin } = context;
  return concatBytes(
    addressToBytes(frame.target),
    addressToBytes(frame.caller),
    addressToBytes(origin),
    bigintToBytes(frame.value, 32),
    bigintToBytes(block.chainId, 8),
    bigintToBytes(block.number, 8),
    bigintToBytes(block.timestamp, 8),
    addressToBytes(block.producer),
    seed,
    bigintToBytes(BigInt(Math.floor(ink / INK_PER_GAS)), 8),
    frame.input,
  );
}
