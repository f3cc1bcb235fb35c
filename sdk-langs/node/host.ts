import type { AbiEntry } from "./abi.ts";
import { concatenate, fromHex, fromWord, type Hex, toHex, toWord, utf8 } from "./bytes.ts";
import { type Contract, isContract, type ViewGuard } from "./contract.ts";
import { RandomStream } from "./random.ts";
import { revert, revertData } from "./revert.ts";
import type { Address } from "./types.ts";

export type { AbiEntry, Contract };

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
  range: 13,
} as const;
/** What a view must not do. */
const WRITES: ReadonlySet<number> = new Set([
  OPERATION.storagePut,
  OPERATION.put,
  OPERATION.delete,
  OPERATION.log,
  OPERATION.send,
]);
const STATUS = { ok: 0, absent: 1, refused: 2 } as const;

/** The protocol's limits: a contract that passes one is reverted with a reason. */
const LOG_TOPICS_MAX = 4;
const KEY_BYTES_MAX = 1_024;
/** A bound may be a key and a zero byte: what comes right behind that key. */
const BOUND_BYTES_MAX = KEY_BYTES_MAX + 1;
/** So many entries are asked for at once, in every SDK. */
const RANGE_PAGE = 32;
const ENTRY_HEAD_BYTES = 6;
const OUTPUT_BYTES_MAX = 65_536;
/** What a contract prints is for its developer; the rest of a flood is dropped. */
const PRINTED_CHARACTERS_MAX = 4_096;
const CALL_FIELD_BYTES = 176;

/** ERC-1967, "implementation". */
const IMPLEMENTATION_SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbcn;

let exchange: Exchange = () =>
  revert("no call is running: what stands outside of functions knows no host");
let call: Uint8Array = new Uint8Array(CALL_FIELD_BYTES);
let isView = false;
/** Words of storage that the call has seen. Nobody else changes them meanwhile, and a host call costs more than gas. */
const slots = new Map<string, Uint8Array>();
let stream: RandomStream | undefined;

/** For the launcher: where host calls go from now on. */
export function connectHost(to: Exchange): void {
  exchange = to;
}

/** What a module exports, and the URL below which its own files lie. */
export type Loaded = { readonly exported: readonly unknown[]; readonly sources: string };

/** For the launcher: runs one call, given a CALL's body, and returns a RESULT's. */
export function runContract(
  loaded: Loaded,
  body: Uint8Array,
  printed: readonly string[],
): Uint8Array {
  call = body;
  isView = false;
  slots.clear();
  stream = undefined;
  const result = outcome(loaded);
  const text = printed.join("\n").slice(0, PRINTED_CHARACTERS_MAX);
  if (text !== "") host.debug(text);
  return result;
}

/** For builds: the ABI of a module's contract. */
export function abiOf(exported: readonly unknown[]): readonly AbiEntry[] {
  return contractOf(exported).abi;
}

function contractOf(exported: readonly unknown[]): Contract {
  const [contract, second] = new Set(exported.filter(isContract));
  if (contract === undefined)
    revert("the module exports no contract: export const token = contract({ … })");
  if (second !== undefined) revert("the module exports two contracts: give each a file of its own");
  return contract;
}

const viewGuard: ViewGuard = {
  runView(body) {
    isView = true;
    return body();
  },
};

function outcome({ exported, sources }: Loaded): Uint8Array {
  try {
    const output = contractOf(exported).run(host.input(), host.value(), viewGuard);
    if (output.length > OUTPUT_BYTES_MAX) revert("an output has at most 65,536 bytes");
    return concatenate([Uint8Array.of(0), output]);
  } catch (thrown) {
    return concatenate([Uint8Array.of(1), revertData(thrown, sources)]);
  }
}

function ask(operation: number, ...parts: readonly Uint8Array[]): Uint8Array | undefined {
  if (isView && WRITES.has(operation)) revert("a view method writes");
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

/** As `storageGet`, and asks the host but once a call. */
export function readSlot(slot: Uint8Array): Uint8Array {
  const key = toHex(slot);
  const value = slots.get(key) ?? host.storageGet(slot);
  slots.set(key, value);
  return value;
}

/** A range of byte-string keys. */
export type Range = {
  /** The first key, itself included; without it, the contract's first. */
  readonly from?: Uint8Array | undefined;
  /** The first key that is none of them; without it, no end. */
  readonly end?: Uint8Array | undefined;
  /** No more is read, nor paid for. */
  readonly limit?: number | undefined;
};

function* range({ from: first, end, limit = Number.POSITIVE_INFINITY }: Range): Entries {
  let from = first ?? new Uint8Array();
  if (from.length > BOUND_BYTES_MAX) revert("a bound has at most 1,025 bytes");
  let left = limit;
  while (left > 0) {
    const head = Uint8Array.of(0, Math.min(left, RANGE_PAGE), from.length >> 8, from.length & 0xff);
    const page = asked(OPERATION.range, head, from, end ?? new Uint8Array());
    if (page.length === 0) return;
    for (let at = 0; at < page.length; left--) {
      const key = at + ENTRY_HEAD_BYTES;
      const value = key + Number(fromWord(page.subarray(at, at + 2)));
      const next = value + Number(fromWord(page.subarray(at + 2, key)));
      from = concatenate([page.subarray(key, value), Uint8Array.of(0)]);
      yield [page.slice(key, value), page.slice(value, next)];
      at = next;
    }
  }
}

/** What comes behind every key with the prefix; undefined when nothing does. */
function endOf(prefix: Uint8Array): Uint8Array | undefined {
  const last = prefix.findLastIndex((byte) => byte !== 0xff);
  if (last === -1) return undefined;
  const end = prefix.slice(0, last + 1);
  end[last] = (end[last] as number) + 1;
  return end;
}

/** Keys and values in the order of the keys' bytes. */
type Entries = Generator<readonly [key: Uint8Array, value: Uint8Array], void, void>;

/** The system contract that calls back (`host.send`). */
export const MESSAGES: Address = `0x${"dc0002".padStart(40, "0")}`;

/** The host's functions for the running call (PROTOCOL.md, "CALL" and "HOSTCALL"), in bytes. */
export const host = {
  /** Storage as the EVM has it: 32 bytes under 32 bytes, zero where nothing was written. */
  storageGet: (slot: Uint8Array): Uint8Array => asked(OPERATION.storageGet, slot),
  storagePut(slot: Uint8Array, value: Uint8Array): void {
    ask(OPERATION.storagePut, slot, value);
    slots.set(toHex(slot), value);
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
  /** `for (const [key, value] of host.range({ from, end }))` */
  range: (of: Range = {}): Entries => range(of),
  /** The keys that begin with these bytes. */
  prefix: (prefix: Uint8Array, limit?: number): Entries =>
    range({ from: prefix, end: endOf(prefix), limit }),
  /**
   * From the next batch of its calls on, the contract runs the version of the container contract at `to`, on its own
   * storage (PROTOCOL.md, "Version"). Who may ask for that is the contract's to check.
   */
  upgrade(to: Address): void {
    host.storagePut(toWord(IMPLEMENTATION_SLOT), toWord(BigInt(to)));
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
  /**
   * Calls a contract of any tier in a later block, with value and gas from this contract's balance, and returns the
   * message's id. With `callbackGas` the contract is called back: `onMessage(bytes32 id, bool success, bytes result)`, by
   * `MESSAGES`, with the value of a message that failed. What is not used comes back.
   */
  send(to: Address, value: bigint, data: Uint8Array, gas: bigint, callbackGas = 0n): Hex {
    const gases = concatenate([toWord(gas).subarray(24), toWord(callbackGas).subarray(24)]);
    return toHex(asked(OPERATION.send, fromHex(to, 20), toWord(value), gases, data));
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
  /** Random numbers from the seed: `host.random().below(6n)`. One stream a call. */
  random(): RandomStream {
    stream ??= new RandomStream(field(136, 32));
    return stream;
  },
  gasLimit: (): bigint => number(168),
  input: (): Uint8Array => call.slice(CALL_FIELD_BYTES),
} as const;
