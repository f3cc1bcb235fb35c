import { sha256 } from "@noble/hashes/sha2.js";
import { type GasMeter, OutOfGas } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import type { StateView } from "../state/view.ts";
import type { Address } from "../types/address.ts";
import { bigintToBytes, compareBytes, concatBytes, EMPTY_BYTES, fromHex } from "../types/bytes.ts";
import { keccak256Bytes } from "../types/hash.ts";
import { keySlot, loadBytes, storeBytes, storedLength, type Words } from "./byteStorage.ts";
import type { ReplyStatus } from "./frames.ts";
import { type HostCall, payloadBytes } from "./hostCall.ts";
import type { BatchJournal } from "./journal.ts";
import { DamagedIndex, insertKey, keysFrom, removeKey } from "./keyIndex.ts";
import {
  BOUND_BYTES_MAX,
  DEBUG_BYTES_MAX,
  HOST_CALLS_MAX,
  KEY_BYTES_MAX,
  LOG_BYTES_MAX,
  LOGS_MAX,
  RANGE_BYTES_MAX,
  RANGE_ENTRIES_MAX,
  VALUE_BYTES_MAX,
} from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import { CONTAINER_PRICES } from "./prices.ts";

export type Reply = { readonly status: ReplyStatus; readonly data: Uint8Array };

/** Everything that one call's host calls work on. */
export type HostCallScope = {
  readonly contract: Address;
  readonly journal: BatchJournal;
  readonly view: StateView;
  readonly meter: GasMeter;
  /** Holds the contract's own balance while the call runs, its value included, and what it sends. */
  readonly outbox: Outbox;
  /** Takes debug text; it enters no result. */
  readonly onDebug: (text: string) => void;
};

const OK: Reply = { status: "ok", data: EMPTY_BYTES };
const STOP: Reply = { status: "stop", data: EMPTY_BYTES };
const ABSENT: Reply = { status: "absent", data: EMPTY_BYTES };
const READ_ONLY: Reply = refused(
  "a call whose numbers are aggregated, and normalize, may not write, log or send; settle may",
);
const WRITES: ReadonlySet<HostCall["operation"]> = new Set([
  "storagePut",
  "put",
  "delete",
  "log",
  "send",
]);
const NO_BYTE_STRING = "the slot of this key holds no byte string";

/**
 * Answers the host calls of one call in order, each at its price. Deterministic: the replies depend on the scope and
 * the calls alone. When gas or `HOST_CALLS_MAX` is used up every answer from then on is `stop`.
 */
export class HostCalls {
  readonly #scope: HostCallScope;
  readonly #words: Words;
  /** Whether it refuses what would change anything. */
  isReadOnly = false;
  #count = 0;
  #logs = 0;
  #logBytes = 0;
  #debugBytes = 0;

  constructor(scope: HostCallScope) {
    this.#scope = scope;
    const { journal, meter } = scope;
    this.#words = {
      load(slot) {
        meter.charge(PRICES.storageColdLoad);
        return journal.load(slot);
      },
      store(slot, value) {
        meter.charge(PRICES.storageStore);
        journal.store(slot, value);
      },
    };
  }

  answer(hostCall: HostCall): Reply {
    this.#count++;
    if (this.#count > HOST_CALLS_MAX) return STOP;
    try {
      const words = Math.ceil(payloadBytes(hostCall) / 32);
      this.#scope.meter.charge(CONTAINER_PRICES.hostCall + PRICES.copyWord * words);
      return this.#answer(hostCall);
    } catch (error) {
      if (error instanceof OutOfGas) return STOP;
      if (error instanceof DamagedIndex) {
        return refused("the contract has overwritten slots of the order of its keys");
      }
      throw error;
    }
  }

  #answer(call: HostCall): Reply {
    const { contract, view, meter } = this.#scope;
    if (this.isReadOnly && WRITES.has(call.operation)) return READ_ONLY;
    switch (call.operation) {
      case "storageGet":
        return ok(fromHex(this.#words.load(call.slot)));
      case "storagePut":
        this.#words.store(call.slot, call.value);
        return OK;
      case "get":
        return this.#get(call.key);
      case "put":
        return this.#put(call.key, call.value);
      case "delete":
        return this.#put(call.key, EMPTY_BYTES);
      case "log":
        return this.#log(call);
      case "keccak256":
        meter.charge(PRICES.keccakBase + PRICES.keccakWord * Math.ceil(call.data.length / 32));
        return ok(keccak256Bytes(call.data));
      case "sha256": {
        const { sha256Base, sha256Word } = CONTAINER_PRICES;
        meter.charge(sha256Base + sha256Word * Math.ceil(call.data.length / 32));
        return ok(sha256(call.data));
      }
      case "balance": {
        meter.charge(PRICES.accountCold);
        const own = call.address === contract;
        const wei = own ? this.#scope.outbox.balance : (view.account(call.address)?.balance ?? 0n);
        return ok(bigintToBytes(wei, 32));
      }
      case "gasLeft":
        return ok(bigintToBytes(BigInt(meter.gas), 8));
      case "debug":
        this.#debug(call.text);
        return OK;
      case "send":
        return this.#send(call);
      case "range":
        return this.#range(call);
    }
  }

  #get(key: Uint8Array): Reply {
    const wrong = refusedKey(key);
    if (wrong) return wrong;
    const value = loadBytes(this.#words, this.#keySlot(key));
    if (value === undefined) return refused(NO_BYTE_STRING);
    return value.length === 0 ? ABSENT : ok(value);
  }

  #put(key: Uint8Array, value: Uint8Array): Reply {
    const wrong = refusedKey(key);
    if (wrong) return wrong;
    if (value.length > VALUE_BYTES_MAX) {
      return refused(`a value of ${value.length} bytes is over the limit of ${VALUE_BYTES_MAX}`);
    }
    const slot = this.#keySlot(key);
    const before = storedLength(this.#words, slot);
    if (before === undefined) return refused(NO_BYTE_STRING);
    if (before === 0 && value.length > 0) insertKey(this.#words, key);
    if (before > 0 && value.length === 0) removeKey(this.#words, key);
    storeBytes(this.#words, slot, value, before);
    return OK;
  }

  #range({ atMost, from, end }: Extract<HostCall, { operation: "range" }>): Reply {
    if (atMost < 1 || atMost > RANGE_ENTRIES_MAX) {
      return refused(`a range of ${atMost} entries is outside of 1 to ${RANGE_ENTRIES_MAX}`);
    }
    const wrong = refusedBound(from) ?? refusedBound(end);
    if (wrong) return wrong;
    const entries: Uint8Array[] = [];
    let bytes = 0;
    for (const key of keysFrom(this.#words, from)) {
      if (end.length > 0 && compareBytes(key, end) >= 0) break;
      const value = loadBytes(this.#words, this.#keySlot(key));
      if (value === undefined) return refused(NO_BYTE_STRING);
      const entry = encodeEntry(key, value);
      bytes += entry.length;
      if (bytes > RANGE_BYTES_MAX) break;
      if (entries.push(entry) === atMost) break;
    }
    return entries.length === 0 ? ABSENT : ok(concatBytes(...entries));
  }

  #send({ to, value, gas, callbackGas, input }: Extract<HostCall, { operation: "send" }>): Reply {
    this.#scope.meter.charge(CONTAINER_PRICES.send + PRICES.logByte * input.length);
    // A copy: the message outlives the stream's buffer, which may hold much more.
    const data = new Uint8Array(input);
    const sent = this.#scope.outbox.send({ to, value, gas, callbackGas, data });
    return "refused" in sent ? refused(sent.refused) : ok(fromHex(sent.id));
  }

  #keySlot(key: Uint8Array): ReturnType<typeof keySlot> {
    this.#scope.meter.charge(PRICES.keccakBase + PRICES.keccakWord * Math.ceil(key.length / 32));
    return keySlot(key);
  }

  #log({ topics, data }: Extract<HostCall, { operation: "log" }>): Reply {
    if (this.#logs >= LOGS_MAX) return refused(`a call emits at most ${LOGS_MAX} logs`);
    if (this.#logBytes + data.length > LOG_BYTES_MAX) {
      return refused(`the logs of a call hold at most ${LOG_BYTES_MAX} bytes of data`);
    }
    const { logBase, logTopic, logByte } = PRICES;
    this.#scope.meter.charge(logBase + logTopic * topics.length + logByte * data.length);
    this.#logs++;
    this.#logBytes += data.length;
    // A copy: the log outlives the stream's buffer, which may hold much more.
    this.#scope.journal.emit(topics, new Uint8Array(data));
    return OK;
  }

  #debug(text: string): void {
    this.#debugBytes += text.length;
    if (this.#debugBytes <= DEBUG_BYTES_MAX) this.#scope.onDebug(text);
  }
}

function ok(data: Uint8Array): Reply {
  return { status: "ok", data };
}

function refused(reason: string): Reply {
  return { status: "refused", data: new TextEncoder().encode(reason) };
}

function refusedKey(key: Uint8Array): Reply | undefined {
  if (key.length > 0 && key.length <= KEY_BYTES_MAX) return undefined;
  return refused(`a key of ${key.length} bytes is outside of 1 to ${KEY_BYTES_MAX}`);
}

function refusedBound(key: Uint8Array): Reply | undefined {
  if (key.length <= BOUND_BYTES_MAX) return undefined;
  return refused(`a bound of ${key.length} bytes is over the limit of ${BOUND_BYTES_MAX}`);
}

function encodeEntry(key: Uint8Array, value: Uint8Array): Uint8Array {
  const lengths = [bigintToBytes(BigInt(key.length), 2), bigintToBytes(BigInt(value.length), 4)];
  return concatBytes(...lengths, key, value);
}
