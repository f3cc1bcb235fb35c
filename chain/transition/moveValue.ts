import type { Address, BlockExecution } from "@delchain/runtime";

/** Adds to a balance, or takes from it, by the protocol's rule. No code runs. */
export function addBalance(execution: BlockExecution, address: Address, amount: bigint): void {
  if (amount === 0n) return;
  const balance = (execution.account(address)?.balance ?? 0n) + amount;
  execution.write({ address, balance });
}

export function moveValue(
  execution: BlockExecution,
  from: Address,
  to: Address,
  amount: bigint,
): void {
  addBalance(execution, from, -amount);
  addBalance(execution, to, amount);
}
