import { equalBytes, type Hash, InvalidInput } from "@delchain/runtime";
import type { Block } from "../block/block.ts";
import { extensionRoot } from "../block/extension.ts";
import type { Extension, Header } from "../block/header.ts";
import { hashHeader } from "../block/headerCodec.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { isSigned, type ListedTransaction } from "../tx/transaction.ts";
import type { BlockContent, CertifiedBatch, ExecutedContent } from "./executeBlock.ts";
import { type BlockPlan, planBlock, sealBlock } from "./sealBlock.ts";

export type InvalidBlock =
  | { readonly code: "CONTENT_REFUSED"; readonly reason: string }
  | { readonly code: "FIELD_MISMATCH"; readonly field: string }
  | {
      readonly code: "CERTIFIED_CALLS_MISMATCH";
      readonly listed: number;
      readonly certified: number;
    };

/** The plan that a block says it followed. Throws when its timestamp or fees do not follow from the parent. */
export function planOf(
  block: Block,
  parent: { readonly hash: Hash; readonly header: Header; readonly extension: Extension },
  spec: ChainSpec,
): BlockPlan {
  const { header } = block;
  const plan = planBlock(
    parent,
    { producer: header.producer, timestamp: header.timestamp, randomness: header.mixHash },
    spec,
  );
  if (plan.context.timestamp !== header.timestamp) throw mismatch("timestamp");
  return plan;
}

/**
 * Splits a block's listed transactions into certified batches, overdue calls and ordinary transactions, and leaves out the
 * messages between them: those follow from the state. `isOrdered` tells whether the parent has ordered a message, or has
 * a container where a transaction goes: no ordinary one calls it.
 */
export function contentOf(
  block: Block,
  batchSizes: readonly number[],
  isOrdered: (listed: ListedTransaction) => boolean,
): BlockContent {
  let next = 0;
  const certificates = block.certificates.map((certificate, i): CertifiedBatch => {
    const size = batchSizes[i] ?? 0;
    const transactions = block.transactions.slice(next, next + size);
    next += size;
    return { certificate, transactions };
  });
  if (next > block.transactions.length) {
    throw new InvalidInput<InvalidBlock>(
      { code: "CERTIFIED_CALLS_MISMATCH", listed: block.transactions.length, certified: next },
      `the certificates settle ${next} calls; the block lists ${block.transactions.length} transactions`,
    );
  }
  const others = block.transactions.slice(next);
  const first = others.findIndex((listed) => !isOrdered(listed));
  const overdue = first < 0 ? others : others.slice(0, first);
  return {
    certificates,
    overdue,
    // What is not signed and no message of this block is missed by the comparison of roots.
    transactions: others.slice(overdue.length).filter(isSigned),
    orders: block.orders.filter(isSigned),
  };
}

/**
 * Compares a block with what its content came to here, field by field. Throws `InvalidInput<InvalidBlock>` that
 * names the first field that differs.
 */
export function verifyBlock(
  block: Block,
  plan: BlockPlan,
  executed: ExecutedContent,
  stateRoot: Hash,
): void {
  const [refused] = executed.refused;
  if (refused) {
    throw new InvalidInput<InvalidBlock>(
      { code: "CONTENT_REFUSED", reason: refused.reason },
      `the block holds what may not stand in it: ${refused.reason}`,
    );
  }
  const own = sealBlock(plan, executed, stateRoot);
  if (hashHeader(own.header) === hashHeader(block.header)) {
    if (!equalBytes(block.header.extraData, extensionRoot(block.extension))) {
      throw mismatch("extension");
    }
    return;
  }
  for (const field of Object.keys(own.header) as (keyof Header)[]) {
    if (!sameField(own.header[field], block.header[field])) throw mismatch(field);
  }
  throw mismatch("header");
}

function sameField(left: unknown, right: unknown): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return equalBytes(left, right);
  return left === right;
}

function mismatch(field: string): InvalidInput<InvalidBlock> {
  return new InvalidInput(
    { code: "FIELD_MISMATCH", field },
    `the block's ${field} is not what its content and parent give`,
  );
}
