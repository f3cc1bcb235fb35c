import {
  type Address,
  type BlockExecution,
  EMPTY_CODE_HASH,
  InvalidInput,
} from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { checkTransaction } from "../tx/intrinsic.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { beginSwitch } from "./contractLife.ts";
import { effectiveGasPrice, maxFeePerGas } from "./fees.ts";
import { checkOrderable, isSwitch, type NotOrderable } from "./orderRules.ts";
import { appendEntry, type QueueEntry, readContractQueue } from "./queue.ts";

export type InvalidOrder =
  | { readonly code: "NOT_A_CONTAINER"; readonly to: Address | undefined }
  | { readonly code: "SENDER_HAS_CODE"; readonly sender: Address }
  | { readonly code: "NONCE_MISMATCH"; readonly expected: bigint; readonly actual: bigint }
  | { readonly code: "FEE_TOO_LOW"; readonly maxFeePerGas: bigint; readonly baseFee: bigint }
  | { readonly code: "GAS_BELOW_ORDER_PRICE"; readonly gasLimit: bigint; readonly needed: bigint }
  | { readonly code: "BALANCE_TOO_LOW"; readonly balance: bigint; readonly needed: bigint }
  | { readonly code: "QUEUE_FULL"; readonly length: bigint; readonly limit: bigint }
  | { readonly code: "PRICE_TOO_LARGE"; readonly price: bigint }
  | NotOrderable
  | { readonly code: "NO_SWITCH"; readonly contract: Address };

const UINT128_MAX = 2n ** 128n - 1n;

/**
 * Orders a container call: the sender's nonce is used, its gas and value move to the queue, and an entry is
 * written. Nothing runs, so that what the engine would hold a transaction to is checked here: its form, and that
 * its sender has no code (EIP-3607). Throws `InvalidInput<InvalidOrder>`, or `checkTransaction`'s, and changes
 * nothing.
 */
export function applyOrder(
  execution: BlockExecution,
  signed: SignedTransaction,
  block: { readonly number: bigint; readonly containerBaseFee: bigint },
  spec: ChainSpec,
): QueueEntry {
  const { transaction, sender, hash } = signed;
  const price = effectiveGasPrice(transaction, block.containerBaseFee);
  const to = transaction.to;
  if (to === undefined) {
    throw refusal({ code: "NOT_A_CONTAINER", to }, "a creation is not a container call");
  }
  checkTransaction(transaction, spec);
  checkFees(signed, price, block.containerBaseFee, spec);
  const account = execution.account(sender);
  if (account !== undefined && account.codeHash !== EMPTY_CODE_HASH) {
    throw refusal({ code: "SENDER_HAS_CODE", sender }, `${sender} has code and sends nothing`);
  }
  const expected = account?.nonce ?? 0n;
  if (transaction.nonce !== expected) {
    throw refusal(
      { code: "NONCE_MISMATCH", expected, actual: transaction.nonce },
      `nonce ${transaction.nonce}; the sender's next is ${expected}`,
    );
  }
  const balance = account?.balance ?? 0n;
  const needed = transaction.gasLimit * maxFeePerGas(transaction) + transaction.value;
  if (balance < needed) {
    throw refusal(
      { code: "BALANCE_TOO_LOW", balance, needed },
      `the sender has ${balance} wei; gas limit x highest price + value is ${needed}`,
    );
  }
  const queue = spec.queueAddress;
  const length = readContractQueue(execution, queue, to).count;
  const limit = BigInt(spec.queueLengthMax);
  if (length >= limit) {
    throw refusal(
      { code: "QUEUE_FULL", length, limit },
      `${to} has ${length} ordered calls waiting, the most allowed; try again when some are certified`,
    );
  }
  checkOrderable(execution, to, sender, spec);
  if (isSwitch(transaction.data)) switchOrRefuse(execution, to, sender, spec);
  const locked = transaction.gasLimit * price + transaction.value;
  execution.write({ address: sender, nonce: expected + 1n, balance: balance - locked });
  const held = execution.account(queue)?.balance ?? 0n;
  execution.write({ address: queue, balance: held + locked });
  return appendEntry(execution, queue, to, {
    transactionHash: hash,
    orderedIn: block.number,
    price,
  });
}

function switchOrRefuse(
  execution: BlockExecution,
  contract: Address,
  sender: Address,
  spec: ChainSpec,
): void {
  const reason = beginSwitch(execution, contract, sender, spec);
  if (reason === undefined) return;
  throw refusal(
    { code: "NO_SWITCH", contract },
    `${contract} cannot switch to another version now: ${reason}; ` +
      "delchain contract status says what is missing",
  );
}

function checkFees(
  { transaction }: SignedTransaction,
  price: bigint,
  baseFee: bigint,
  spec: ChainSpec,
): void {
  const max = maxFeePerGas(transaction);
  if (max < baseFee) {
    throw refusal(
      { code: "FEE_TOO_LOW", maxFeePerGas: max, baseFee },
      `the highest price is ${max} wei per gas; container calls cost ${baseFee} now`,
    );
  }
  if (price > UINT128_MAX) {
    throw refusal({ code: "PRICE_TOO_LARGE", price }, `a price of ${price} does not fit 128 bits`);
  }
  const needed = spec.orderGas;
  if (transaction.gasLimit < needed) {
    throw refusal(
      { code: "GAS_BELOW_ORDER_PRICE", gasLimit: transaction.gasLimit, needed },
      `gas limit ${transaction.gasLimit}; ordering a container call costs ${needed}`,
    );
  }
}

function refusal(facts: InvalidOrder, message: string): InvalidInput<InvalidOrder> {
  return new InvalidInput(facts, message);
}
