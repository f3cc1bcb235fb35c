import {
  assert,
  type BlockExecution,
  EMPTY_BYTES,
  type ExecutionResult,
  type Hash,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { encodeCall } from "../system/callData.ts";
import { toWord } from "../system/solidityStorage.ts";
import { toExecutable } from "../tx/executable.ts";
import { listMessage } from "../tx/messageCodec.ts";
import type { ListedTransaction } from "../tx/transaction.ts";
import { beginSwitch } from "./contractLife.ts";
import type { ExecutionContext } from "./executeBlock.ts";
import {
  hasSettling,
  heldId,
  ORDER_PRICE_SLOT,
  readMessage,
  readMessageQueues,
  type WaitingMessage,
  waitingId,
} from "./messageState.ts";
import { moveValue } from "./moveValue.ts";
import { isOrderable, isSwitch } from "./orderRules.ts";
import { appendEntry, type QueueEntry, readContractQueue } from "./queue.ts";
import type { ReceiptList } from "./receiptList.ts";
import { isContainer } from "./runningManifest.ts";
import { releaseMessages, settleMessage } from "./settleMessage.ts";
import { systemCall } from "./systemCall.ts";

/** Messages to containers whose calls a block ordered, with their entries. */
export type OrderedMessages = {
  readonly orders: ListedTransaction[];
  readonly entries: QueueEntry[];
  /** The sum of their gas limits. */
  gas: bigint;
};

/** Lets MESSAGES know what ordering costs in this block. It cannot ask: no contract sees that price. */
export function writeOrderPrice(execution: BlockExecution, price: bigint, spec: ChainSpec): void {
  const address = spec.messagesAddress;
  const value = toWord(price);
  if (execution.storage(address, ORDER_PRICE_SLOT) === value) return;
  execution.write({ address, slots: [{ slot: ORDER_PRICE_SLOT, value }] });
}

/**
 * Delivers the messages that wait when it begins, in the order of their sending, as many as the block's limits take: what
 * they send waits for the next block, so that no chain of messages fills one. A message to a container becomes an entry
 * of its queue; any other runs at once, in its sender's name.
 */
export function deliverMessages(
  execution: BlockExecution,
  context: ExecutionContext,
  receipts: ReceiptList,
): OrderedMessages {
  const { spec, block } = context;
  const ordered: OrderedMessages = { orders: [], entries: [], gas: 0n };
  if (isReleaseDue(execution, block.number, spec)) releaseMessages(execution, spec);
  const { first, next } = readMessageQueues(execution, spec.messagesAddress);
  let gas = 0n;
  for (let at = first; at < next && at - first < spec.messagesMax; at++) {
    const message = messageAt(execution, at, spec);
    gas += message.transaction.gasLimit;
    if (gas > spec.messageGasLimit) break;
    deliverOne(execution, message, context, receipts, ordered);
  }
  return ordered;
}

function messageAt(execution: BlockExecution, position: bigint, spec: ChainSpec): WaitingMessage {
  const id: Hash = waitingId(execution, spec.messagesAddress, position);
  const message = readMessage(execution, spec.messagesAddress, id);
  assert(message !== undefined, `MESSAGES has the message at ${position}`);
  return message;
}

/** Held messages go on in the order of their sending: one that is due waits for those before it. */
function isReleaseDue(execution: BlockExecution, number: bigint, spec: ChainSpec): boolean {
  const { challengeBlocks, messagesAddress } = spec;
  if (challengeBlocks === 0n) return false;
  if (hasSettling(execution, messagesAddress)) return true;
  const { heldFirst, heldNext } = readMessageQueues(execution, messagesAddress);
  if (heldFirst === heldNext) return false;
  const message = readMessage(
    execution,
    messagesAddress,
    heldId(execution, messagesAddress, heldFirst),
  );
  return message !== undefined && message.notBefore <= number;
}

function deliverOne(
  execution: BlockExecution,
  message: WaitingMessage,
  context: ExecutionContext,
  receipts: ReceiptList,
  ordered: OrderedMessages,
): void {
  const { spec, block } = context;
  const listed = listMessage(message.transaction);
  if (message.isOrdered && canBeOrdered(execution, message, spec)) {
    ordered.entries.push(orderMessage(execution, message, listed, block.number, spec));
    ordered.orders.push(listed);
    ordered.gas += message.transaction.gasLimit;
    return;
  }
  systemCall(execution, spec.messagesAddress, encodeCall("begin()", []));
  // It was paid for in the other market, or its call cannot be ordered now: it fails before it begins.
  const cannotRun = message.isOrdered || isContainer(execution, message.transaction.to);
  const result = cannotRun ? NOT_RUN : runMessage(execution, message, listed, spec);
  const end = {
    id: message.transaction.id,
    origin: message.transaction.origin,
    succeeded: result.status === "success",
    fee: result.gasUsed * message.transaction.gasPrice,
    output: result.status === "halt" ? EMPTY_BYTES : result.output,
    notBefore: 0n,
  };
  settleMessage(execution, end, spec);
  receipts.addMessage(listed, message.transaction, result);
}

const NOT_RUN: ExecutionResult = { status: "halt", gasUsed: 0n, reason: "it did not run" };

function canBeOrdered(
  execution: BlockExecution,
  { transaction: { to, from, gasLimit, data } }: WaitingMessage,
  spec: ChainSpec,
): boolean {
  if (gasLimit < spec.orderGas || !isContainer(execution, to)) return false;
  const { count } = readContractQueue(execution, spec.queueAddress, to);
  if (count >= BigInt(spec.queueLengthMax) || !isOrderable(execution, to, from, spec)) return false;
  return !isSwitch(data) || beginSwitch(execution, to, from, spec) === undefined;
}

/** What its gas and value come to is held by QUEUE until a certificate says what became of the call. */
function orderMessage(
  execution: BlockExecution,
  { transaction }: WaitingMessage,
  { hash }: ListedTransaction,
  number: bigint,
  spec: ChainSpec,
): QueueEntry {
  const { to, value, gasLimit, gasPrice } = transaction;
  systemCall(execution, spec.messagesAddress, encodeCall("order()", []));
  moveValue(execution, spec.messagesAddress, spec.queueAddress, gasLimit * gasPrice + value);
  return appendEntry(execution, spec.queueAddress, to, {
    transactionHash: hash,
    orderedIn: number,
    price: gasPrice,
  });
}

/** Its value comes from the sender, as the value of any call does. A callback's sender is MESSAGES itself. */
function runMessage(
  execution: BlockExecution,
  { transaction: { from, value } }: WaitingMessage,
  listed: ListedTransaction,
  spec: ChainSpec,
): ExecutionResult {
  moveValue(execution, spec.messagesAddress, from, value);
  const [result] = execution.execute([toExecutable(listed)]);
  assert(result !== undefined && result.status !== "invalid", "a message is a valid transaction");
  if (result.status !== "success") moveValue(execution, from, spec.messagesAddress, value);
  return result;
}
