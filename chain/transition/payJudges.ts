import type { Address, BlockExecution, Log } from "@delchain/runtime";
import type { Committee } from "../attest/committee.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { encodeCall } from "../system/callData.ts";
import { readEscrow } from "../system/contractRegistry.ts";
import { type Judges, termsOf } from "./judges.ts";
import type { QueueEntry } from "./queue.ts";
import { systemCall } from "./systemCall.ts";

type JudgedCalls = {
  readonly entries: readonly QueueEntry[];
  /** What they cost their callers: the certificate's own numbers are unchecked where a call timed out. */
  readonly calls: readonly { readonly gasUsed: bigint }[];
  readonly payees: readonly Address[];
};

/**
 * Callers pay for the members of the first committee, whoever judges in the end. What a wider one costs beside that, at
 * the same price for each member, is paid by the contract on which the first did not agree, as far as its escrow goes,
 * to those who signed. What CONTRACTS logs of it.
 */
export function payJudges(
  execution: BlockExecution,
  contract: Address,
  committee: Committee,
  judges: Judges,
  { entries, calls, payees }: JudgedCalls,
  spec: ChainSpec,
): readonly Log[] {
  const { paid } = termsOf(judges.hosts.length, judges.first, spec);
  const more = BigInt(committee.members.length - paid);
  if (more <= 0n || readEscrow(execution, spec.contractsAddress, contract) === 0n) return [];
  let amount = 0n;
  for (const [i, { price }] of entries.entries()) {
    const gas = (calls[i]?.gasUsed ?? spec.orderGas) - spec.orderGas;
    amount += (gas / BigInt(paid)) * more * price;
  }
  const input = encodeCall("payJudges(address,uint256,address[])", [contract, amount, payees]);
  return systemCall(execution, spec.contractsAddress, input).logs;
}
