import {
  type Address,
  type BlockExecution,
  bigintToBytes,
  concatBytes,
  EMPTY_BYTES,
  fromHex,
  type Hash,
  type Hex,
  InvalidInput,
  keccak256,
  type Log,
  MEDIAN_INPUT_BYTES_MAX,
  MESSAGE_GAS_MAX,
  type OutputRule,
  type OutputRules,
  outputRule,
} from "@delchain/runtime";
import type { AgreedCertificate, ResultCertificate } from "../attest/certificate.ts";
import { medianOf } from "../attest/median.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { hopsOf, isMessage, type ListedTransaction } from "../tx/transaction.ts";
import { callId, type QueueEntry } from "./queue.ts";
import { recordMessages } from "./settleMessage.ts";

// A call whose answers are aggregated: it changes nothing, and what comes of its members' numbers is handed to the
// contract's `settle` by a message of the protocol, whose call is agreed on as any other.

type MedianRule = Extract<OutputRule, { readonly rule: "median" }>;

export type InvalidNumbers =
  | { readonly code: "MEDIAN_NOT_ALONE"; readonly calls: number }
  | { readonly code: "MEDIAN_BOUNDS"; readonly what: string };

/** What became of the members' numbers. */
export type Median = {
  /** 32 bytes, as the ABI has the integer. */
  readonly value: Hash;
  readonly settleSelector: Hex;
};

/** What is kept of a call's gas limit for `settle`: half of what the order leaves. */
export function reservedGas(gasLimit: bigint, orderGas: bigint): bigint {
  return gasLimit > orderGas ? (gasLimit - orderGas) / 2n : 0n;
}

/** How many of these calls, the first ones, are one batch: one whose answers are aggregated stands alone. */
export function callsAlike(inputs: readonly Uint8Array[], rules: OutputRules): number {
  const first = inputs.findIndex((input) => outputRule(rules, input)?.rule === "median");
  if (first < 0) return inputs.length;
  return first === 0 ? 1 : first;
}

/**
 * The median of a certificate's numbers, of the one call that may have them; `undefined` for any other. Throws
 * `InvalidInput<InvalidNumbers>` when a call has numbers that its manifest says nothing of, lacks them, or does what
 * such a call may not.
 */
export function medianIn(
  certificate: ResultCertificate,
  transactions: readonly ListedTransaction[],
  rules: OutputRules,
  { orderGas }: Pick<ChainSpec, "orderGas">,
): Median | undefined {
  const found = transactions.map(({ transaction }) => outputRule(rules, transaction.data));
  const rule = found.find((one): one is MedianRule => one?.rule === "median");
  if (rule !== undefined && transactions.length > 1) {
    const text = "a call whose answers are aggregated has a certificate of its own";
    const facts = { code: "MEDIAN_NOT_ALONE", calls: transactions.length } as const;
    throw new InvalidInput<InvalidNumbers>(facts, text);
  }
  if (certificate.kind !== "agreed") return undefined;
  const isAnswered = certificate.calls.some(({ outcome }) => outcome === "success");
  const needsNumbers = rule !== undefined && isAnswered;
  if (needsNumbers !== certificate.numbers.length > 0) throw outside("numbers");
  if (rule === undefined || !isAnswered) return undefined;
  checkMedianCall(certificate, transactions[0] as ListedTransaction, orderGas);
  const value = medianOf(certificate.numbers, rule.type.kind === "signed");
  return { value, settleSelector: rule.settleSelector };
}

function checkMedianCall(
  { calls, slots }: AgreedCertificate,
  { transaction }: ListedTransaction,
  orderGas: bigint,
): void {
  const [call] = calls;
  if (call === undefined || slots.length > 0) throw outside("slots");
  if (call.logs.length > 0) throw outside("logs");
  if (call.messages.length > 0) throw outside("messages");
  if (call.result.length > 0 || call.outputHash !== NO_OUTPUT) throw outside("output");
  const { gasLimit, data } = transaction;
  if (call.gasUsed > gasLimit - reservedGas(gasLimit, orderGas)) throw outside("gas");
  if (data.length > MEDIAN_INPUT_BYTES_MAX) throw outside("length of its input");
}

const NO_OUTPUT: Hash = keccak256(EMPTY_BYTES);

function outside(what: string): InvalidInput<InvalidNumbers> {
  return new InvalidInput(
    { code: "MEDIAN_BOUNDS", what },
    `the certificate goes beyond what a call with aggregated answers may do: ${what}`,
  );
}

/** The gas that `settle` gets, and what it was paid per unit: all that the call has left. */
export function settleGas(
  { gasLimit }: { readonly gasLimit: bigint },
  gasUsed: bigint,
  price: bigint,
): { readonly gas: bigint; readonly price: bigint } {
  const left = gasLimit - gasUsed;
  return {
    gas: left < MESSAGE_GAS_MAX ? left : MESSAGE_GAS_MAX,
    price: price < MESSAGE_PRICE_MAX ? price : MESSAGE_PRICE_MAX,
  };
}

/** What MESSAGES keeps of a price; nobody pays 18 ether for a unit of gas. */
const MESSAGE_PRICE_MAX = 2n ** 64n - 1n;

/**
 * Sends `settle(bytes call, T median)` to the contract: from QUEUE, in whose name nobody else can call, with the
 * original call's input, so that the contract knows what it was asked. QUEUE holds its gas already. `payer` gets back
 * what it does not use.
 */
export function sendSettle(
  execution: BlockExecution,
  entry: QueueEntry,
  listed: ListedTransaction,
  {
    median,
    gasUsed,
    payer,
  }: { readonly median: Median; readonly gasUsed: bigint; readonly payer: Address },
  spec: ChainSpec,
): readonly Log[] {
  const { transaction } = listed;
  const { gas, price } = settleGas(transaction, gasUsed, entry.price);
  const id = callId(spec.chainId, entry.orderedIn, entry.index);
  const data = settleInput(median, transaction.data);
  const message = { to: transaction.to as Address, value: 0n, gas, callbackGas: 0n, data };
  const sender = {
    contract: spec.queueAddress,
    callId: id,
    parent: isMessage(transaction) ? transaction.id : id,
    origin: payer,
    hops: hopsOf(listed) + 1,
    prices: { execute: price, order: price },
    notBefore: 0n,
  };
  return recordMessages(execution, [message], sender, spec);
}

/** Calldata of `settle(bytes,T)`. */
export function settleInput({ settleSelector, value }: Median, input: Uint8Array): Uint8Array {
  const words = [64n, BigInt(value), BigInt(input.length)].map((word) => bigintToBytes(word, 32));
  const padding = new Uint8Array(-input.length & 31);
  return concatBytes(fromHex(settleSelector), ...words, input, padding);
}
