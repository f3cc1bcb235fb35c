import { decodeRlp, EMPTY_BYTES, encodeRlp, type RlpItem, toHex } from "@delchain/runtime";
import type { Block } from "../../block/block.ts";
import { encodeHeader, headerFields } from "../../block/headerCodec.ts";
import { encodeReceipt } from "../../block/receiptCodec.ts";
import type { Backend, KnownBlock } from "../backend.ts";
import { type BlockTag, blockTag, resolveBlock } from "../blockTag.ts";
import { type MethodTable, method } from "../method.ts";
import { hash } from "../params.ts";
import { notFound } from "../rpcErrors.ts";

const BLOCK = blockTag("block");
/** Legacy transactions are lists themselves; the first byte of a typed one is its type (EIP-2718). */
const RLP_LIST = 0xc0;

/** Ethereum's own bytes of what a node shows in words (execution-apis, `debug`). */
export const DEBUG_RAW_METHODS: MethodTable = {
  debug_getRawHeader: method([BLOCK], async ({ backend }, block) =>
    toHex(encodeHeader((await known(backend, block)).block.header)),
  ),
  debug_getRawBlock: method([BLOCK], async ({ backend }, block) =>
    toHex(encodeRlp(blockItem((await known(backend, block)).block))),
  ),
  debug_getRawReceipts: method([BLOCK], async ({ backend }, block) =>
    (await known(backend, block)).receipts.map((receipt) => toHex(encodeReceipt(receipt))),
  ),
  debug_getRawTransaction: method([hash("transaction hash")], async ({ backend }, wanted) => {
    const found = await backend.findTransaction(wanted);
    if (found === undefined) return toHex(EMPTY_BYTES);
    const transaction =
      found.where === "listed" ? found.block.block.transactions[found.index] : found.transaction;
    return toHex(transaction?.raw ?? EMPTY_BYTES);
  }),
  // Only final blocks are ever shown, and none of them is bad.
  debug_getBadBlocks: method([], async () => []),
};

async function known(backend: Backend, tag: BlockTag): Promise<KnownBlock> {
  const block = await resolveBlock(backend, tag);
  if (block === undefined) throw notFound("block not found: this node has no such block");
  return block;
}

/** Header, transactions, and neither ommers nor withdrawals. What is DelChain's own of a block is behind `extraData`. */
function blockItem({ header, transactions }: Block): RlpItem {
  const listed = transactions.map(({ raw }) => ((raw[0] ?? 0) >= RLP_LIST ? decodeRlp(raw) : raw));
  return [headerFields(header), listed, [], []];
}
