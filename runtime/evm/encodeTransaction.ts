import type { BlockContext, ExecutableTransaction } from "../types/context.ts";
import { assert } from "../types/errors.ts";
import { writeHalfWord, writeHex, writeWord } from "./wire.ts";

const U64_END = 1n << 64n;
const U128_END = 1n << 128n;
const U256_END = 1n << 256n;

/** The bytes of a transaction without data and access list, both lengths included. */
const FIXED_BYTES = 1 + 1 + 20 + 20 + 8 + 8 + 16 + 16 + 32 + 4 + 4;
const ADDRESS_BYTES = 20;
const ENTRY_BYTES: number = ADDRESS_BYTES + 4;
const SLOT_BYTES = 32;
export const BLOCK_BYTES: number = 6 * 8 + 20 + 32 + 1;

/** Why a transaction cannot be said in the engine's words, hence in no block; `undefined` for one that can. */
export function unencodable(transaction: ExecutableTransaction): string | undefined {
  const { nonce, gasLimit, maxFeePerGas, maxPriorityFeePerGas, value } = transaction;
  if (nonce < 0n || nonce >= U64_END) return `nonce ${nonce} is not of 64 bits`;
  if (gasLimit < 0n || gasLimit >= U64_END) return `gas limit ${gasLimit} is not of 64 bits`;
  for (const price of [maxFeePerGas, maxPriorityFeePerGas]) {
    if (price < 0n || price >= U128_END) return `gas price ${price} is not of 128 bits`;
  }
  if (value < 0n || value >= U256_END) return `value ${value} is not of 256 bits`;
  return undefined;
}

export function encodedLength({ data, accessList, origin }: ExecutableTransaction): number {
  let length = FIXED_BYTES + data.length + (origin === undefined ? 0 : ADDRESS_BYTES);
  for (const { slots } of accessList) length += ENTRY_BYTES + SLOT_BYTES * slots.length;
  return length;
}

const HAS_RECIPIENT = 1;
const IS_SYSTEM = 2;

/** Writes `encodedLength` bytes at `start` and returns where they end (engine/src/wire.rs, `read_transaction`). */
export function encodeTransaction(
  memory: Buffer,
  start: number,
  transaction: ExecutableTransaction,
): number {
  const { to, data, accessList, origin } = transaction;
  let offset = start;
  memory[offset++] = transaction.type;
  memory[offset++] =
    (to === undefined ? 0 : HAS_RECIPIENT) | (origin === undefined ? 0 : IS_SYSTEM);
  writeHex(memory, transaction.sender, offset);
  offset += 20;
  if (to === undefined) memory.fill(0, offset, offset + 20);
  else writeHex(memory, to, offset);
  offset += 20;
  offset = memory.writeBigUInt64LE(transaction.nonce, offset);
  offset = memory.writeBigUInt64LE(transaction.gasLimit, offset);
  writeHalfWord(memory, transaction.maxFeePerGas, offset);
  writeHalfWord(memory, transaction.maxPriorityFeePerGas, offset + 16);
  offset += 32;
  writeWord(memory, transaction.value, offset);
  offset = memory.writeUInt32LE(data.length, offset + 32);
  memory.set(data, offset);
  offset = memory.writeUInt32LE(accessList.length, offset + data.length);
  for (const { address, slots } of accessList) {
    writeHex(memory, address, offset);
    offset = memory.writeUInt32LE(slots.length, offset + 20);
    for (const slot of slots) {
      writeHex(memory, slot, offset);
      offset += SLOT_BYTES;
    }
  }
  if (origin !== undefined) {
    writeHex(memory, origin, offset);
    offset += ADDRESS_BYTES;
  }
  return offset;
}

const UNCHECKED = 1;

/** Writes `BLOCK_BYTES` at `start` (engine/src/wire.rs, `read_block`). */
export function encodeBlock(
  memory: Buffer,
  start: number,
  context: BlockContext,
  rules: { readonly transactionGasCap: number; readonly unchecked: boolean },
): void {
  const numbers = [
    context.chainId,
    context.number,
    context.timestamp,
    context.gasLimit,
    context.baseFee,
    BigInt(rules.transactionGasCap),
  ];
  let offset = start;
  for (const number of numbers) {
    assert(number >= 0n && number < U64_END, `a block's ${number} has 64 bits`);
    offset = memory.writeBigUInt64LE(number, offset);
  }
  writeHex(memory, context.producer, offset);
  writeHex(memory, context.randomness, offset + 20);
  memory[offset + 52] = rules.unchecked ? UNCHECKED : 0;
}
