import { keccak256, type Log } from "@delchain/runtime";
import type { CertifiedCall } from "./certificate.ts";

/** What a host's container executor says of one call. */
export type HostedResult = {
  readonly status: "success" | "revert" | "halt" | "timeout";
  readonly output: Uint8Array;
  readonly logs: readonly Log[];
  /** On one host, without the price of the order. */
  readonly gasUsed: bigint;
  readonly haltCode?: string;
};

/** What a call may use on each member: what its limit leaves after the order, shared among the committee. */
export function memberGasLimit(gasLimit: bigint, orderGas: bigint, committee: number): bigint {
  return (gasLimit - orderGas) / BigInt(committee);
}

/**
 * A host's result as the chain certifies it: with its place in the queue, and with the gas of all members and
 * the order. A call that timed out pays for its order alone.
 */
export function certifiedCall(
  result: HostedResult,
  queueIndex: bigint,
  orderGas: bigint,
  committee: number,
): CertifiedCall {
  const { status, output, logs, gasUsed, haltCode } = result;
  return {
    queueIndex,
    outcome: status === "timeout" ? "timedOut" : status,
    outputHash: keccak256(output),
    logs,
    gasUsed: orderGas + (status === "timeout" ? 0n : gasUsed * BigInt(committee)),
    haltCode: haltCode ?? "",
  };
}
