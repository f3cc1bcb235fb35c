import { bigintToBytes, concatBytes, fromHex } from "../types/bytes.ts";
import { type Hash, keccak256 } from "../types/hash.ts";
import { HOPS_MAX, MESSAGE_BYTES_MAX, MESSAGE_GAS_MAX, SENDS_MAX } from "./limits.ts";
import type { OutgoingMessage } from "./result.ts";

/** What a unit of gas costs in the block that ordered a batch, in wei. */
export type GasPrices = {
  /** In the synchronous tiers. */
  readonly execute: bigint;
  /** Of a container. */
  readonly order: bigint;
};

/** What sending depends on beside the message: the same for all who run the call. */
export type Sending = {
  /** Names the call; its messages are named after it. */
  readonly callId: Hash;
  /** Messages in a row that led to this call, itself included; 0 for a transaction's. */
  readonly hops: number;
  readonly prices: GasPrices;
  /** Why nothing may be sent, for the contract; nothing when it may. */
  readonly refusal?: string | undefined;
};

/**
 * What a message takes from its sender's balance. Its gas costs what the dearer market asks, because only the block that
 * adopts it knows whether its target is a container; what it costs less comes back.
 */
export function messageCost(message: OutgoingMessage, { execute, order }: GasPrices): bigint {
  const highest = execute > order ? execute : order;
  return message.value + message.gas * highest + message.callbackGas * order;
}

/** The name of a call's message, by its place among those that the call sends. */
export function messageId(callId: Hash, place: number): Hash {
  return keccak256(concatBytes(fromHex(callId), bigintToBytes(BigInt(place), 32)));
}

/** What one call sends, and the balance that it pays from. */
export class Outbox {
  readonly messages: OutgoingMessage[] = [];
  /** In wei. */
  spent = 0n;
  readonly #available: () => bigint;
  readonly #sending: Sending;

  /** `available` is asked only when it matters: a result depends on no balance that its call never looked at. */
  constructor(available: () => bigint, sending: Sending) {
    this.#available = available;
    this.#sending = sending;
  }

  get balance(): bigint {
    return this.#available() - this.spent;
  }

  /** The message's id, or why it is not sent, for the contract. */
  send(message: OutgoingMessage): { readonly id: Hash } | { readonly refused: string } {
    const { callId, hops, prices, refusal } = this.#sending;
    if (refusal !== undefined) return { refused: refusal };
    const { gas, callbackGas, data } = message;
    if (this.messages.length >= SENDS_MAX) {
      return { refused: `a call sends at most ${SENDS_MAX} messages` };
    }
    if (hops >= HOPS_MAX) {
      return { refused: `${HOPS_MAX} messages in a row have led here, the most allowed` };
    }
    if (data.length > MESSAGE_BYTES_MAX) {
      return {
        refused: `a message of ${data.length} bytes is over the limit of ${MESSAGE_BYTES_MAX}`,
      };
    }
    if (gas > MESSAGE_GAS_MAX || callbackGas > MESSAGE_GAS_MAX) {
      return {
        refused: `gas ${gas} or ${callbackGas} is over a message's limit of ${MESSAGE_GAS_MAX}`,
      };
    }
    const cost = messageCost(message, prices);
    const { balance } = this;
    if (cost > balance) {
      return {
        refused: `the message costs ${cost} wei with its gas; the contract has ${balance}`,
      };
    }
    this.spent += cost;
    const id = messageId(callId, this.messages.length);
    this.messages.push(message);
    return { id };
  }
}
