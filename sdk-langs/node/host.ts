import { concatenate, fromHex, fromWord, type Hex, toHex, toWord, utf8 } from "./bytes.ts";
import { type Contract, isContract } from "./contract.ts";
import { revert, revertData } from "./revert.ts";
import type { Address } from "./types.ts";

export type { Contract };

/** Takes a HOSTCALL's body and returns the reply's (PROTOCOL.md). */
export type Exchange = (body: Uint8Array) => Uint8Array;

const OPERATION = {
  storageGet: 1,
  storagePut: 2,
  get: 3,
  put: 4,
  delete: 5,
  log: 6,
  keccak256: 7,
  sha256: 8,
  balance: 9,
  gasLeft: 10,
  debug: 11,
  send: 12,
} as const;
const STATUS = { ok: 0, absent: 1, refused: 2 } as const;

/** The protocol's limits: a contract that passes one is reverted with a reason. */
const LOG_TOPICS_MAX = 4;
const KEY_BYTES_MAX = 1_024;
const OUTPUT_BYTES_MAX = 65_536;
/** What a contract prints is for its developer; the rest of a flood is dropped. */
const PRINTED_CHARACTERS_MAX = 4_096;
const CALL_FIELD_BYTES = 176;

let exchange: Exchange = () =>
  revert("no call is running: what stands outside of functions knows no host");
let call: Uint8Array = new Uint8Array(CALL_FIELD_BYTES);

/** For the launcher: where host calls go from now on. */
export function connectHost(to: Exchange): void {
  exchange = to;
}

/** For the launcher: runs one call, given a CALL's body, and returns a RESULT's. */
export function runContract(
  exported: readonly unknown[],
  body: Uint8Array,
  printed: readonly string[],
): Uint8Array {
  call = body;
  const result = outcome(exported);
  const text = printed.join("\n").slice(0, PRINTED_CHARACTERS_MAX);
  if (text !== "") host.debug(text);
  return result;
}

function outcome(exported: readonly unknown[]): Uint8Array {
  try {
    const contract = exported.find(isContract);
    if (contract === undefined)
      revert("the module exports no contract: export const token = contract({ … })");
    const output = contract.run(host.input(), host.value());
    if (output.length > OUTPUT_BYTES_MAX) revert("an output has at most 65,536 bytes");
    return concatenate([Uint8Array.of(0), output]);
  } catch (thrown) {
    return concatenate([Uint8Array.of(1), revertData(thrown)]);
  }
}

function ask(operation: number, ...parts: readonly Uint8Array[]): Uint8Array | undefined {
  const reply = exchange(concatenate([Uint8Array.of(operation), ...parts]));
  if (reply[0] === STATUS.refused) revert(new TextDecoder().decode(reply.subarray(1)));
  return reply[0] === STATUS.absent ? undefined : reply.subarray(1);
}

/** An answer that is never absent. */
function asked(operation: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return ask(operation, ...parts) ?? new Uint8Array();
}

const field = (at: number, length: number): Uint8Array => call.slice(at, at + length);
const number = (at: number): bigint => fromWord(field(at, 8));

/** The host's functions for the running call (PROTOCOL.md, "CALL" and "HOSTCALL"), in bytes. */
export const host = {
  /** Storage as the EVM has it: 32 bytes under 32 bytes, zero where nothing was written. */
  storageGet: (slot: Uint8Array): Uint8Array => asked(OPERATION.storageGet, slot),
  storagePut(slot: Uint8Array, value: Uint8Array): void {
    ask(OPERATION.storagePut, slot, value);
  },
  /** A byte string under a key of 1 to 1,024 bytes. */
  get: (key: Uint8Array): Uint8Array | undefined => ask(OPERATION.get, key),
  /** At most 65,536 bytes; an empty value deletes. */
  put(key: Uint8Array, value: Uint8Array): void {
    if (key.length > KEY_BYTES_MAX) revert("a key has at most 1,024 bytes");
    ask(OPERATION.put, Uint8Array.of(key.length >> 8, key.length & 0xff), key, value);
  },
  delete(key: Uint8Array): void {
    ask(OPERATION.delete, key);
  },
  log(topics: readonly Uint8Array[], data: Uint8Array): void {
    if (topics.length > LOG_TOPICS_MAX) revert("a log has at most 4 topics");
    ask(OPERATION.log, Uint8Array.of(topics.length), ...topics, data);
  },
  /** The host's; `keccak256` computes in the container and is no host call. */
  keccak256: (data: Uint8Array): Uint8Array => asked(OPERATION.keccak256, data),
  sha256: (data: Uint8Array): Uint8Array => asked(OPERATION.sha256, data),
  /** Wei. */
  balance: (account: Address): bigint => fromWord(asked(OPERATION.balance, fromHex(account, 20))),
  gasLeft: (): bigint => fromWord(asked(OPERATION.gasLeft)),
  /** For the developer's eyes: enters no result. */
  debug(text: string): void {
    ask(OPERATION.debug, utf8(text));
  },
  /** A call of another contract after this one. Version 1 of the protocol refuses it, which reverts. */
  send(to: Address, value: bigint, gas: bigint, input: Uint8Array): void {
    ask(OPERATION.send, fromHex(to, 20), toWord(value), toWord(gas).subarray(24), input);
  },
  self: (): Address => toHex(field(0, 20)),
  caller: (): Address => toHex(field(20, 20)),
  origin: (): Address => toHex(field(40, 20)),
  value: (): bigint => fromWord(field(60, 32)),
  chainId: (): bigint => number(92),
  blockNumber: (): bigint => number(100),
  /** Seconds since 1970. */
  blockTimestamp: (): bigint => number(108),
  producer: (): Address => toHex(field(116, 20)),
  /** 32 bytes of randomness for this call alone, equal for all who run it. */
  seed: (): Hex => toHex(field(136, 32)),
  gasLimit: (): bigint => number(168),
  input: (): Uint8Array => call.slice(CALL_FIELD_BYTES),
} as const;
