import type { Address, BlockContext, Hash } from "@delchain/runtime";
import type { Block } from "../block/block.ts";
import { mergeBlooms } from "../block/bloom.ts";
import { certificatesRoot, extensionRoot } from "../block/extension.ts";
import type { Extension, Header } from "../block/header.ts";
import { receiptsRoot, transactionsRoot } from "../block/roots.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { ExecutedContent } from "./executeBlock.ts";
import { nextBaseFees } from "./fees.ts";

/** What the parent and the producer fix about a block before anything in it runs. */
export type BlockPlan = {
  readonly parentHash: Hash;
  readonly context: BlockContext;
  readonly containerBaseFee: bigint;
};

/** What a producer brings to a block beside its content. */
export type ProducerInput = {
  readonly producer: Address;
  /** Seconds since 1970. Blocks may share a second, never go back: an earlier time becomes the parent's. */
  readonly timestamp: bigint;
  readonly randomness: Hash;
};

export function planBlock(
  parent: { readonly hash: Hash; readonly header: Header; readonly extension: Extension },
  input: ProducerInput,
  spec: ChainSpec,
): BlockPlan {
  const { header } = parent;
  const fees = nextBaseFees(parent, spec);
  const timestamp = input.timestamp < header.timestamp ? header.timestamp : input.timestamp;
  return {
    parentHash: parent.hash,
    context: {
      chainId: spec.chainId,
      number: header.number + 1n,
      timestamp,
      gasLimit: spec.blockGasLimit,
      baseFee: fees.execute,
      producer: input.producer,
      randomness: input.randomness,
    },
    containerBaseFee: fees.order,
  };
}

/** The block that holds what was executed, once its state root is known. */
export function sealBlock(plan: BlockPlan, content: ExecutedContent, stateRoot: Hash): Block {
  const { context } = plan;
  const extension: Extension = {
    ordersRoot: transactionsRoot(content.orders),
    certificatesRoot: certificatesRoot(content.certificates),
    containerGasOrdered: content.containerGasOrdered,
    containerBaseFee: plan.containerBaseFee,
  };
  return {
    header: {
      parentHash: plan.parentHash,
      producer: context.producer,
      stateRoot,
      transactionsRoot: transactionsRoot(content.transactions),
      receiptsRoot: receiptsRoot(content.receipts),
      logsBloom: mergeBlooms(content.receipts.map(({ logsBloom }) => logsBloom)),
      number: context.number,
      gasLimit: context.gasLimit,
      gasUsed: content.gasUsed,
      timestamp: context.timestamp,
      extraData: extensionRoot(extension),
      mixHash: context.randomness,
      baseFeePerGas: context.baseFee,
    },
    extension,
    transactions: content.transactions,
    orders: content.orders,
    certificates: content.certificates,
  };
}
