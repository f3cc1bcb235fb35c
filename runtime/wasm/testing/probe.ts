import { readFileSync } from "node:fs";
import { type Address, addressToBytes } from "../../types/address.ts";
import { bigintToBytes, concatBytes } from "../../types/bytes.ts";

/** The probe contract (probe.c); it runs the commands in its calldata. */
export const PROBE: Uint8Array = read("probe.wasm");

/** The same with a `user_constructor` that runs the commands in its calldata. */
export const CONSTRUCTED_PROBE: Uint8Array = read("constructedProbe.wasm");

function read(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, import.meta.url)));
}

const COMMANDS = {
  load: 0,
  cache: 1,
  flush: 2,
  call: 3,
  delegateCall: 4,
  staticCall: 5,
  create: 6,
  create2: 7,
  readReturnData: 8,
  loadTransient: 10,
  storeTransient: 11,
  log: 12,
  balance: 13,
  code: 14,
  codeSize: 15,
  codeHash: 16,
  keccak: 17,
  divide: 20,
  modulo: 21,
  power: 22,
  addModulo: 23,
  multiplyModulo: 24,
  baseFee: 30,
  coinbase: 31,
  gasLimit: 32,
  number: 33,
  timestamp: 34,
  chainId: 35,
  contractAddress: 36,
  sender: 37,
  value: 38,
  gasPrice: 39,
  origin: 40,
  inkPrice: 41,
  gasLeft: 42,
  inkLeft: 43,
  reentrant: 44,
  returnDataSize: 45,
  trap: 60,
  spin: 61,
  descend: 62,
  grow: 63,
  exit: 64,
  writeFrom: 65,
  payForGrow: 66,
  divideHundred: 67,
  writeOutput: 68,
  readArgsTo: 69,
  descendAndCall: 70,
  revert: 255,
} as const;

/** One command of the probe with its operands. */
export function command(name: keyof typeof COMMANDS, ...operands: Uint8Array[]): Uint8Array {
  const bytes = concatBytes(...operands);
  return concatBytes(Uint8Array.of(COMMANDS[name]), u32(bytes.length), bytes);
}

/** Little-endian, as the guest reads its operands. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** Big-endian, 32 bytes. */
export function word(value: bigint | number): Uint8Array {
  return bigintToBytes(BigInt(value), 32);
}

export const ALL_GAS: Uint8Array = u64(2n ** 64n - 1n);

export function call(to: Address, input: Uint8Array, value = 0n): Uint8Array {
  return command("call", addressToBytes(to), word(value), ALL_GAS, input);
}

/** Calls from the bottom of a recursion of `depth`. */
export function deepCall(depth: number, to: Address, input: Uint8Array): Uint8Array {
  return command("descendAndCall", u32(depth), addressToBytes(to), word(0), ALL_GAS, input);
}

export function delegateCall(to: Address, input: Uint8Array): Uint8Array {
  return command("delegateCall", addressToBytes(to), ALL_GAS, input);
}

export function staticCall(to: Address, input: Uint8Array): Uint8Array {
  return command("staticCall", addressToBytes(to), ALL_GAS, input);
}

/** Writes one word of storage through the cache, at once. */
export function store(slot: number, value: number): Uint8Array {
  return concatBytes(command("cache", word(slot), word(value)), command("flush", Uint8Array.of(0)));
}

/** What a call or a creation gave: its status and what it returned. */
export function decodeReturned(bytes: Uint8Array): { status: number; output: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { status: view.getUint8(0), output: bytes.slice(5, 5 + view.getUint32(1, true)) };
}
