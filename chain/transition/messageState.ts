import {
  type Address,
  addressFromBytes,
  type BlockExecution,
  bytesToBigint,
  fromHex,
  type Hash,
  keccak256,
  ZERO_HASH,
} from "@delchain/runtime";
import { mappingSlot, toWord, wordToAddress } from "../system/solidityStorage.ts";
import { MESSAGE_TYPE, type MessageTransaction } from "../tx/transaction.ts";

// Reads what MESSAGES (chain/system/Messages.sol) keeps, as Solidity lays it out: that contract alone writes it, but
// for the price of ordering.

/** A message that has not run yet. */
export type WaitingMessage = {
  readonly transaction: MessageTransaction;
  /** It is an answer to its receiver's own message. */
  readonly isCallback: boolean;
  /** Its gas was bought in the containers' market: its target was one when it was sent. */
  readonly isOrdered: boolean;
  readonly callbackGas: bigint;
  /** The block that it is held until; 0 for one that is not held. */
  readonly notBefore: bigint;
};

/** Positions in the two queues of MESSAGES: a message's id lies at each from the first to before the next. */
export type MessageQueues = {
  readonly first: bigint;
  readonly next: bigint;
  readonly heldFirst: bigint;
  readonly heldNext: bigint;
};

type Reader = Pick<BlockExecution, "storage">;

const QUEUES_SLOT: Hash = ZERO_HASH;
/** What ordering costs, in wei per gas: the one slot of MESSAGES that the protocol writes. */
export const ORDER_PRICE_SLOT: Hash = toWord(2n);
const WAITING_SLOT = 3n;
const HELD_SLOT = 4n;
const MESSAGES_SLOT = 5n;
const SETTLING_SLOT: Hash = toWord(9n);

export function readMessageQueues(state: Reader, messages: Address): MessageQueues {
  const [first, next, heldFirst, heldNext] = [0, 64, 128, 192].map((at) =>
    bits(state.storage(messages, QUEUES_SLOT), at, 64),
  ) as [bigint, bigint, bigint, bigint];
  return { first, next, heldFirst, heldNext };
}

/** How many wait for the next block, and for the block that they are held until. */
export function countMessages(
  state: Reader,
  contract: Address,
): { readonly messages: number; readonly heldMessages: number } {
  const { first, next, heldFirst, heldNext } = readMessageQueues(state, contract);
  return { messages: Number(next - first), heldMessages: Number(heldNext - heldFirst) };
}

export function waitingId(state: Reader, messages: Address, position: bigint): Hash {
  return state.storage(messages, mappingSlot(toWord(position), WAITING_SLOT));
}

export function heldId(state: Reader, messages: Address, position: bigint): Hash {
  return state.storage(messages, mappingSlot(toWord(position), HELD_SLOT));
}

/** Whether there are messages that a challenge had put aside, and that is over. */
export function hasSettling(state: Reader, messages: Address): boolean {
  return state.storage(messages, SETTLING_SLOT) !== ZERO_HASH;
}

/** `undefined` when there is no such message, or it has run. */
export function readMessage(
  state: Reader,
  messages: Address,
  id: Hash,
): WaitingMessage | undefined {
  const base = BigInt(mappingSlot(id, MESSAGES_SLOT));
  const field = (index: bigint): Hash => state.storage(messages, toWord(base + index));
  const [target, sender, origin, amounts, prices] = [0n, 1n, 2n, 3n, 4n].map(field) as [
    Hash,
    Hash,
    Hash,
    Hash,
    Hash,
  ];
  if (sender === ZERO_HASH) return undefined;
  return {
    transaction: {
      type: MESSAGE_TYPE,
      id,
      parent: field(5n),
      origin: wordToAddress(origin),
      from: wordToAddress(sender),
      to: wordToAddress(target),
      value: bits(amounts, 0, 128),
      gasLimit: bits(target, 160, 64),
      gasPrice: bits(prices, 0, 64),
      hops: Number(bits(target, 224, 8)),
      data: readBytes(state, messages, toWord(base + 6n)),
    },
    isCallback: bits(target, 232, 8) === 1n,
    isOrdered: bits(target, 240, 8) === 1n,
    callbackGas: bits(sender, 160, 64),
    notBefore: bits(origin, 160, 64),
  };
}

/** A `bytes` of Solidity: under 32 in their slot, else from the slot's hash on. */
function readBytes(state: Reader, contract: Address, slot: Hash): Uint8Array {
  const head = BigInt(state.storage(contract, slot));
  if ((head & 1n) === 0n) {
    return fromHex(toWord(head)).slice(0, Number((head & 0xffn) >> 1n));
  }
  const bytes = new Uint8Array(Number(head >> 1n));
  const start = BigInt(keccak256(fromHex(slot)));
  for (let at = 0; at < bytes.length; at += 32) {
    const chunk = fromHex(state.storage(contract, toWord(start + BigInt(at >> 5))));
    bytes.set(chunk.subarray(0, bytes.length - at), at);
  }
  return bytes;
}

function bits(value: Hash, offset: number, width: number): bigint {
  return BigInt.asUintN(width, BigInt(value) >> BigInt(offset));
}

/** The words of a system call's answer `(address, uint256)`. */
export function readCredit(output: Uint8Array): {
  readonly payee: Address;
  readonly credit: bigint;
} {
  return {
    payee: addressFromBytes(output.subarray(12, 32)),
    credit: bytesToBigint(output.subarray(32, 64)),
  };
}
