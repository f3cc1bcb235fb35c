import { type Address, addressFromBytes } from "../types/address.ts";
import {
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  EMPTY_BYTES,
  equalBytes,
  fromHex,
} from "../types/bytes.ts";
import { type Hash, keccak256, keccak256Bytes } from "../types/hash.ts";
import { loadBytes, storeBytes, type Words } from "./byteStorage.ts";
import { VALUE_BYTES_MAX } from "./limits.ts";

/**
 * What a creation leaves in the contract's storage for the first call to construct it with (PROTOCOL.md,
 * "Constructor"): a container cannot run inside of the creation.
 */
export type PendingConstructor = {
  readonly deployer: Address;
  /** What the creation sent, in wei; part of the contract's balance since. */
  readonly value: bigint;
  readonly arguments: Uint8Array;
};

/** The selector of `delchain_constructor()`: before the arguments in the constructor's input. */
export const CONSTRUCTOR_SELECTOR: Uint8Array = keccak256Bytes(
  new TextEncoder().encode("delchain_constructor()"),
).slice(0, 4);

const SLOT: Hash = keccak256(new TextEncoder().encode("delchain.constructor"));
const HEAD_BYTES = 52;

/** They lie in storage like a value under a byte-string key. */
export const CONSTRUCTOR_BYTES_MAX: number = VALUE_BYTES_MAX - HEAD_BYTES;

export function storeConstructor(words: Words, pending: PendingConstructor): void {
  const value = bigintToBytes(pending.value, 32);
  const bytes = concatBytes(fromHex(pending.deployer), value, pending.arguments);
  storeBytes(words, SLOT, bytes, 0);
}

/** `undefined` when the contract is constructed, or has no constructor. */
export function loadConstructor(words: Words): PendingConstructor | undefined {
  const bytes = loadBytes(words, SLOT);
  if (bytes === undefined || bytes.length < HEAD_BYTES) return undefined;
  return {
    deployer: addressFromBytes(bytes.subarray(0, 20)),
    value: bytesToBigint(bytes.subarray(20, HEAD_BYTES)),
    arguments: bytes.subarray(HEAD_BYTES),
  };
}

export function clearConstructor(words: Words, pending: PendingConstructor): void {
  storeBytes(words, SLOT, EMPTY_BYTES, HEAD_BYTES + pending.arguments.length);
}

export function constructorInput(pending: PendingConstructor): Uint8Array {
  return concatBytes(CONSTRUCTOR_SELECTOR, pending.arguments);
}

/** Whether calldata is in the constructor's name, in which nobody but the host speaks to a contract. */
export function namesConstructor(input: Uint8Array): boolean {
  return equalBytes(input.subarray(0, CONSTRUCTOR_SELECTOR.length), CONSTRUCTOR_SELECTOR);
}
