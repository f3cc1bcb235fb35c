import {
  type BlockContext,
  concatBytes,
  fromHex,
  type GasPrices,
  keccak256,
  outputRule,
  type Sending,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Batch, CertifiedCall } from "../attest/certificate.ts";
import { certifiedCall, memberGasLimit } from "../attest/certifiedCall.ts";
import type { Header } from "../block/header.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { Terms } from "../transition/judges.ts";
import { reservedGas } from "../transition/medianCall.ts";
import { callId } from "../transition/queue.ts";
import { hopsOf, isMessage } from "../tx/transaction.ts";
import type { ContractFacts } from "./contractFacts.ts";
import type { HostedBatch, HostedCall, HostedOutcome } from "./hosting.ts";
import type { PendingBatch, PendingCall } from "./pendingBatch.ts";

// What a pending batch is for committees, for containers, and for certificates.

export function batchRecord(
  { contract, ordering, again, calls }: PendingBatch,
  facts: ContractFacts,
): Batch {
  return {
    contract,
    orderingNumber: again?.number ?? ordering.header.number,
    orderingHash: again?.hash ?? ordering.hash,
    manifestHash: facts.contract.manifestHash,
    firstIndex: (calls[0] as PendingCall).entry.index,
    lastIndex: (calls.at(-1) as PendingCall).entry.index,
    preRoot: facts.preRoot,
  };
}

export function hostedBatch(
  pending: PendingBatch,
  { contract, stateAt, preRoot, judges, terms, isPast }: ContractFacts,
  spec: ChainSpec,
): HostedBatch {
  const { header, containerBaseFee } = pending.ordering;
  const prices = { execute: header.baseFeePerGas, order: containerBaseFee };
  const { paid, refusal } = terms;
  const calls = pending.calls.map(({ entry, listed }): HostedCall => {
    const { transaction, sender } = listed;
    const id = callId(spec.chainId, entry.orderedIn, entry.index);
    const isMedian = outputRule(judges.rules, transaction.data)?.rule === "median";
    const reserved = isMedian ? reservedGas(transaction.gasLimit, spec.orderGas) : 0n;
    return {
      caller: sender,
      origin: isMessage(transaction) ? transaction.origin : sender,
      value: transaction.value,
      input: transaction.data,
      gasLimit: memberGasLimit(transaction.gasLimit - reserved, spec.orderGas, paid),
      // Known to all members alike, and to nobody before the call is ordered.
      seed: keccak256(concatBytes(fromHex(header.mixHash), fromHex(id))),
      sending: { callId: id, hops: hopsOf(listed), prices, refusal },
    };
  });
  return {
    contract,
    block: blockContext(pending.ordering.header, spec.chainId),
    stateAt,
    preRoot,
    isPast,
    calls,
  };
}

export function certifiedCalls(
  outcome: HostedOutcome,
  pending: PendingBatch,
  spec: ChainSpec,
  { paid }: Terms,
): readonly CertifiedCall[] {
  return outcome.calls.map((result, i) => {
    const { entry, listed } = pending.calls[i] as PendingCall;
    return certifiedCall(result, entry.index, spec, paid, isMessage(listed.transaction));
  });
}

/** A query sends as a call would, and nothing comes of it. */
export function querySending(prices: GasPrices, { terms }: ContractFacts): Sending {
  return { callId: ZERO_HASH, hops: 0, prices, refusal: terms.refusal };
}

/** What runs in a block, or on its state, sees of it. */
export function blockContext(header: Header, chainId: bigint): BlockContext {
  return {
    chainId,
    number: header.number,
    timestamp: header.timestamp,
    gasLimit: header.gasLimit,
    baseFee: header.baseFeePerGas,
    producer: header.producer,
    randomness: header.mixHash,
  };
}

/** The block after one, as far as it is known. */
export function nextContext({ number, timestamp, ...context }: BlockContext): BlockContext {
  return { ...context, number: number + 1n, timestamp: timestamp + 1n };
}
