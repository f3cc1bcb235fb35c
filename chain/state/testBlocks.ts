import {
  type Address,
  EMPTY_ROOT,
  type Hash,
  keccak256Bytes,
  type StateDiff,
  toAddress,
} from "@delchain/runtime";
import type { Block, ExecutedBlock } from "../block/block.ts";
import { bloomOf } from "../block/bloom.ts";
import { EMPTY_CERTIFICATES_ROOT, extensionRoot } from "../block/extension.ts";
import type { Receipt } from "../block/receipt.ts";
import { receiptsRoot, transactionsRoot } from "../block/roots.ts";
import { DEVNET } from "../spec/devnet.ts";
import { decodeTransaction } from "../tx/codec.ts";
import { nobleRecovery, recoverSender, signTransaction, withSender } from "../tx/signer.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import type { ChainStore } from "./store.ts";

/** Blocks for the tests of the store: well formed, with signed transactions, and whatever diff a test wants. */

const SECRET: Uint8Array = keccak256Bytes(Uint8Array.of(1));
export const CONTRACT: Address = toAddress(`0x${"c0".repeat(20)}`);

export function signedCall(nonce: bigint, to: Address = CONTRACT): SignedTransaction {
  const raw = signTransaction(
    {
      type: 2,
      chainId: DEVNET.chainId,
      nonce,
      gasLimit: 21_000n,
      to,
      value: 1n,
      data: Uint8Array.of(1, 2, 3),
      maxFeePerGas: 10n,
      maxPriorityFeePerGas: 1n,
      accessList: [],
    },
    SECRET,
  );
  const decoded = decodeTransaction(raw, DEVNET);
  return withSender(decoded, recoverSender(decoded, nobleRecovery));
}

export type Content = {
  readonly transactions?: readonly SignedTransaction[];
  readonly orders?: readonly SignedTransaction[];
};

/** The block that goes on a store's tip and leads to `stateRoot`. */
export function nextBlock(
  store: ChainStore,
  stateRoot: Hash,
  content: Content = {},
): ExecutedBlock {
  const { transactions = [], orders = [] } = content;
  const tip = store.tip();
  const receipts = transactions.map(receiptOf);
  const extension = {
    ordersRoot: transactionsRoot(orders),
    certificatesRoot: EMPTY_CERTIFICATES_ROOT,
    containerGasOrdered: 0n,
    containerBaseFee: 7n,
  };
  const block: Block = {
    header: {
      parentHash: tip.hash,
      producer: CONTRACT,
      stateRoot,
      transactionsRoot: transactionsRoot(transactions),
      receiptsRoot: receiptsRoot(receipts),
      logsBloom: bloomOf(receipts.flatMap(({ logs }) => logs)),
      number: tip.number + 1n,
      gasLimit: DEVNET.blockGasLimit,
      gasUsed: 21_000n * BigInt(transactions.length),
      timestamp: DEVNET.genesis.timestamp + tip.number,
      extraData: extensionRoot(extension),
      mixHash: EMPTY_ROOT,
      baseFeePerGas: 7n,
    },
    extension,
    transactions,
    orders,
    certificates: [],
  };
  return { block, receipts };
}

/** Prepares a diff and commits it in a block. */
export async function commitDiff(
  store: ChainStore,
  diff: StateDiff,
  content: Content = {},
): Promise<ExecutedBlock> {
  const prepared = await store.prepare(diff);
  const executed = nextBlock(store, prepared.stateRoot, content);
  const queueIndexes = executed.block.orders.map((_, i) => BigInt(i + 1));
  await store.commit(prepared, executed, queueIndexes);
  return executed;
}

function receiptOf(signed: SignedTransaction, index: number): Receipt {
  const logs = [{ address: CONTRACT, topics: [EMPTY_ROOT], data: Uint8Array.of(index) }];
  return {
    type: 2,
    status: "success",
    cumulativeGasUsed: 21_000n * BigInt(index + 1),
    logsBloom: bloomOf(logs),
    logs,
    transactionHash: signed.hash,
    sender: signed.sender,
    to: signed.transaction.to,
    created: undefined,
    gasUsed: 21_000n,
    effectiveGasPrice: 8n,
    containerCall: undefined,
  };
}
