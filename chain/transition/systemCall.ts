import {
  type Address,
  assert,
  type BlockExecution,
  bigintToBytes,
  concatBytes,
  fromHex,
  type Hash,
  keccak256Bytes,
  type Log,
  type TransactionOutcome,
  toAddress,
} from "@delchain/runtime";

/** Who calls system contracts for the protocol, as on Ethereum (EIP-4788). Nobody has its key. */
export const SYSTEM_ADDRESS: Address = toAddress("0xfffffffffffffffffffffffffffffffffffffffe");

/** As EIP-4788's calls: it counts into no block and nobody pays for it. */
const SYSTEM_CALL_GAS = 30_000_000n;

/**
 * Calls a system contract for the protocol. They take no wrong input from the protocol, so that one which fails is a
 * bug, and the node stops.
 */
export function systemCall(
  execution: BlockExecution,
  contract: Address,
  input: Uint8Array,
): { readonly output: Uint8Array; readonly logs: readonly Log[] } {
  const outcome = run(execution, contract, input);
  assert(
    outcome?.status === "success",
    `a system call of ${contract} succeeds: ${outcome?.status}, input ${input.length} bytes`,
  );
  return { output: outcome.output, logs: outcome.logs };
}

/** A system call that may be refused: the revert's data, or `undefined` when it succeeds. */
export function trySystemCall(
  execution: BlockExecution,
  contract: Address,
  input: Uint8Array,
): Uint8Array | undefined {
  const outcome = run(execution, contract, input);
  if (outcome?.status === "success") return undefined;
  assert(outcome?.status === "revert", `a system call of ${contract} ends: ${outcome?.status}`);
  return outcome.output;
}

function run(
  execution: BlockExecution,
  contract: Address,
  input: Uint8Array,
): TransactionOutcome | undefined {
  const [outcome] = execution.execute([
    {
      type: 0,
      sender: SYSTEM_ADDRESS,
      origin: SYSTEM_ADDRESS,
      to: contract,
      nonce: 0n,
      gasLimit: SYSTEM_CALL_GAS,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      value: 0n,
      data: input,
      accessList: [],
    },
  ]);
  return outcome;
}

/** A value of a Solidity type that fills one word, or `bytes`. */
export type AbiValue = bigint | boolean | Address | Hash | Uint8Array;

/** Calldata of `signature`, whose arguments are these. A `Uint8Array` is `bytes`; `bytes32` is a hash, as an address. */
export function encodeCall(signature: string, values: readonly AbiValue[]): Uint8Array {
  const selector = keccak256Bytes(new TextEncoder().encode(signature)).subarray(0, 4);
  return concatBytes(selector, encodeTuple(values));
}

/** Values as the arguments of a function or the fields of a struct: `bytes` lie behind the others, which name their place. */
export function encodeTuple(values: readonly AbiValue[]): Uint8Array {
  const heads: Uint8Array[] = [];
  const tails: Uint8Array[] = [];
  let end = 32 * values.length;
  for (const value of values) {
    if (!(value instanceof Uint8Array)) {
      heads.push(encodeWord(value));
      continue;
    }
    const padded = new Uint8Array(32 * Math.ceil(value.length / 32));
    padded.set(value);
    heads.push(bigintToBytes(BigInt(end), 32));
    tails.push(bigintToBytes(BigInt(value.length), 32), padded);
    end += 32 + padded.length;
  }
  return concatBytes(...heads, ...tails);
}

function encodeWord(value: Exclude<AbiValue, Uint8Array>): Uint8Array {
  if (typeof value !== "string") return bigintToBytes(BigInt(value), 32);
  const bytes = fromHex(value);
  const padded = new Uint8Array(32);
  padded.set(bytes, 32 - bytes.length);
  return padded;
}
