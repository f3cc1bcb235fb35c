import {
  type Address,
  type BlockExecution,
  concatBytes,
  type GasPrices,
  type Hash,
  type Log,
  messageCost,
  messageId,
  type OutgoingMessage,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { encodeCall, encodeTuple } from "../system/callData.ts";
import { readCredit } from "./messageState.ts";
import { addBalance, moveValue } from "./moveValue.ts";
import { isContainer } from "./runningManifest.ts";
import { systemCall } from "./systemCall.ts";

/** How a message ended. */
export type MessageEnd = {
  readonly id: Hash;
  /** Who is given back what a message of QUEUE does not use. */
  readonly origin: Address;
  readonly succeeded: boolean;
  /** What its gas cost, in wei, of what MESSAGES holds; 0 when QUEUE held it. */
  readonly fee: bigint;
  /** What it returned or reverted with. */
  readonly output: Uint8Array;
  /** The block before which its callback is not delivered; 0 for none. */
  readonly notBefore: bigint;
};

/**
 * Tells MESSAGES how a message ended: it makes the callback, and says what goes back to whoever paid. The fee of the
 * synchronous tiers is burnt, as the base fee is that it was priced by.
 */
export function settleMessage(execution: BlockExecution, end: MessageEnd, spec: ChainSpec): void {
  const { id, origin, succeeded, fee, output, notBefore } = end;
  const result = output.slice(0, spec.messageResultMax);
  const values = [id, succeeded, fee, notBefore, result];
  const input = encodeCall("settle(bytes32,bool,uint256,uint64,bytes)", values);
  const answer = systemCall(execution, spec.messagesAddress, input);
  addBalance(execution, spec.messagesAddress, -fee);
  payCredit(execution, answer.output, spec, origin);
}

/** Has MESSAGES let go of what is due, and gives senders back what void messages held. */
export function releaseMessages(execution: BlockExecution, { messagesAddress }: ChainSpec): void {
  const { output } = systemCall(execution, messagesAddress, encodeCall("release()", []));
  // An array of `(address, uint256)`: its place, its length, its words.
  for (let at = 64; at < output.length; at += 64) {
    const { payee, credit } = readCredit(output.subarray(at));
    moveValue(execution, messagesAddress, payee, credit);
  }
}

function payCredit(
  execution: BlockExecution,
  output: Uint8Array,
  { messagesAddress, queueAddress }: ChainSpec,
  origin?: Address,
): void {
  const { payee, credit } = readCredit(output);
  // QUEUE sends `settle` (medianCall.ts) for whoever paid for the call before it.
  const to = payee === queueAddress ? (origin ?? payee) : payee;
  moveValue(execution, messagesAddress, to, credit);
}

/** What a certified call's messages take over from the call. */
export type Sender = {
  readonly contract: Address;
  readonly callId: Hash;
  /** The message that the call was, or else the call. */
  readonly parent: Hash;
  readonly origin: Address;
  /** Of the messages. */
  readonly hops: number;
  /** The block's that ordered the call. */
  readonly prices: GasPrices;
  /** The block before which none of them runs; 0 for none. */
  readonly notBefore: bigint;
};

/** Hands MESSAGES what a container's certified call sends, and returns the logs of that. The contract has the money. */
export function recordMessages(
  execution: BlockExecution,
  sent: readonly OutgoingMessage[],
  sender: Sender,
  spec: ChainSpec,
): readonly Log[] {
  const { messagesAddress } = spec;
  return sent.flatMap((message, place) => {
    moveValue(execution, sender.contract, messagesAddress, messageCost(message, sender.prices));
    const id = messageId(sender.callId, place);
    return systemCall(execution, messagesAddress, recordCall(execution, id, message, sender)).logs;
  });
}

const MESSAGE_TUPLE =
  "(address,uint64,uint8,bool,bool,address,uint64,bool,address,uint64,uint128,uint128,uint64,uint64,bytes32,bytes)";

function recordCall(
  execution: BlockExecution,
  id: Hash,
  message: OutgoingMessage,
  { contract, parent, origin, hops, prices, notBefore }: Sender,
): Uint8Array {
  const { to, value, gas, callbackGas, data } = message;
  const isOrdered = isContainer(execution, to);
  const deposit = messageCost(message, prices) - value;
  const tuple = encodeTuple([
    to,
    gas,
    BigInt(hops),
    false,
    isOrdered,
    contract,
    callbackGas,
    true,
    origin,
    notBefore,
    value,
    deposit,
    isOrdered ? prices.order : prices.execute,
    prices.order,
    parent,
    data,
  ]);
  // A struct with `bytes` lies behind the arguments, which name its place.
  return concatBytes(encodeCall(`record(bytes32,${MESSAGE_TUPLE})`, [id, 64n]), tuple);
}
