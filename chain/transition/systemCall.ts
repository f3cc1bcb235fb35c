import {
  type Address,
  assert,
  type BlockExecution,
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
