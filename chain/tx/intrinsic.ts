import { decodeEnvelope, isEnvelope } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { invalidTransaction } from "./invalidTransaction.ts";
import type { Transaction, UnsignedTransaction } from "./transaction.ts";

const TRANSACTION_GAS = 21_000n;
const CREATION_GAS = 32_000n;
/** A zero byte of calldata is one token, any other four (EIP-7623). */
const TOKENS_PER_NONZERO_BYTE = 4n;
/** EIP-2028: 4 gas a zero byte, 16 any other. */
const TOKEN_GAS = 4n;
/** EIP-7623. */
const FLOOR_TOKEN_GAS = 10n;
/** EIP-3860, for each 32 bytes. */
const INIT_CODE_WORD_GAS = 2n;
/** EIP-2930. */
const LISTED_ADDRESS_GAS = 2_400n;
const LISTED_SLOT_GAS = 1_900n;

/** The largest EVM init code in bytes (EIP-3860). */
export const INIT_CODE_BYTES_MAX = 49_152;

const WORD_MAX: bigint = 2n ** 256n - 1n;

/**
 * The least gas limit that a transaction needs before any code runs (EIP-2028, 2930, 3860, and 7623's floor).
 * A creation with one of our envelopes pays 53,000 and its access list here, and 20 gas a byte when it runs,
 * in place of the prices and limits of calldata and init code.
 */
export function intrinsicGas(transaction: UnsignedTransaction): bigint {
  const { to, data } = transaction;
  const isCreation = to === undefined;
  const base = TRANSACTION_GAS + (isCreation ? CREATION_GAS : 0n) + accessListGas(transaction);
  if (isCreation && isEnvelope(data)) return base;
  const tokens = tokensIn(data);
  const words = BigInt((data.length + 31) >> 5);
  const gas = base + tokens * TOKEN_GAS + (isCreation ? words * INIT_CODE_WORD_GAS : 0n);
  const floor = TRANSACTION_GAS + tokens * FLOOR_TOKEN_GAS;
  return gas > floor ? gas : floor;
}

/**
 * All that can be said against a transaction without any state: gas, fees, sizes, and the form of what it
 * deploys. Throws `InvalidInput` with `InvalidTransaction` or `InvalidEnvelope`.
 */
export function checkTransaction(
  transaction: Transaction,
  spec: Pick<ChainSpec, "transactionGasMax">,
): void {
  checkGas(transaction, spec.transactionGasMax);
  checkFees(transaction);
  checkInitCode(transaction);
}

function checkGas(transaction: Transaction, limit: bigint): void {
  const { gasLimit } = transaction;
  const needed = intrinsicGas(transaction);
  if (gasLimit < needed) {
    throw invalidTransaction(
      { code: "GAS_LIMIT_TOO_LOW", gasLimit, needed },
      `intrinsic gas too low: have ${gasLimit}, want ${needed}; raise the gas limit`,
    );
  }
  if (gasLimit > limit) {
    throw invalidTransaction(
      { code: "GAS_LIMIT_TOO_HIGH", gasLimit, limit },
      `exceeds maximum per-transaction gas limit: have ${gasLimit}, at most ${limit}; lower the gas limit`,
    );
  }
}

function checkFees(transaction: Transaction): void {
  if (transaction.type === 2) {
    const { maxPriorityFeePerGas: tip, maxFeePerGas: fee } = transaction;
    if (tip > fee) {
      throw invalidTransaction(
        { code: "TIP_ABOVE_FEE", tip, fee },
        `max priority fee per gas higher than max fee per gas: ${tip} wei over ${fee} wei; raise maxFeePerGas`,
      );
    }
  }
  const cost = maxCost(transaction);
  if (cost > WORD_MAX) {
    throw invalidTransaction(
      { code: "COST_OVERFLOW", cost },
      `insufficient funds for gas * price + value: ${cost} wei is over 2^256; lower fee or value`,
    );
  }
}

function checkInitCode({ to, data }: Transaction): void {
  if (to !== undefined) return;
  if (isEnvelope(data)) {
    decodeEnvelope(data);
    return;
  }
  if (data.length > INIT_CODE_BYTES_MAX) {
    throw invalidTransaction(
      { code: "INIT_CODE_TOO_LARGE", length: data.length, limit: INIT_CODE_BYTES_MAX },
      `max initcode size exceeded: ${data.length} bytes, at most ${INIT_CODE_BYTES_MAX} (EIP-3860); ` +
        "split the contract, or deploy through an envelope if it is a WebAssembly module",
    );
  }
}

/** What a sender must own for a transaction to be valid: gas limit x highest price + value, in wei. */
export function maxCost(transaction: Transaction): bigint {
  const price = transaction.type === 2 ? transaction.maxFeePerGas : transaction.gasPrice;
  return transaction.gasLimit * price + transaction.value;
}

function accessListGas(transaction: UnsignedTransaction): bigint {
  if (transaction.type === 0) return 0n;
  let gas = 0n;
  for (const { slots } of transaction.accessList) {
    gas += LISTED_ADDRESS_GAS + LISTED_SLOT_GAS * BigInt(slots.length);
  }
  return gas;
}

function tokensIn(data: Uint8Array): bigint {
  let zeros = 0;
  for (const byte of data) if (byte === 0) zeros++;
  return BigInt(zeros) + BigInt(data.length - zeros) * TOKENS_PER_NONZERO_BYTE;
}
