import {
  EMPTY_BYTES,
  type Hash,
  keccak256,
  type Log,
  type OutgoingMessage,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import type { CertifiedCall } from "./certificate.ts";

/** What a host's container executor says of one call. */
export type HostedResult = {
  readonly status: "success" | "revert" | "halt" | "timeout";
  readonly output: Uint8Array;
  readonly logs: readonly Log[];
  /** Only of a success. */
  readonly messages: readonly OutgoingMessage[];
  /** On one host, without the price of the order. */
  readonly gasUsed: bigint;
  readonly haltCode?: string;
  /** This host's own word, of a call whose answers are aggregated. */
  readonly number?: Hash;
  /** What the program answered, where `output` is only what members agree on. For people. */
  readonly raw?: Uint8Array;
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
  { orderGas, messageResultMax }: Pick<ChainSpec, "orderGas" | "messageResultMax">,
  committee: number,
  isMessage: boolean,
): CertifiedCall {
  const { status, logs, messages, gasUsed, haltCode, number } = result;
  // A number is its member's own word; what comes of all of them is no host's result.
  const output = number === undefined ? result.output : EMPTY_BYTES;
  return {
    queueIndex,
    outcome: status === "timeout" ? "timedOut" : status,
    outputHash: keccak256(output),
    result: isMessage ? output.slice(0, messageResultMax) : EMPTY_BYTES,
    logs,
    messages,
    gasUsed: orderGas + (status === "timeout" ? 0n : gasUsed * BigInt(committee)),
    haltCode: haltCode ?? "",
  };
}
