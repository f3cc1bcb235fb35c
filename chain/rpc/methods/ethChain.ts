import { type BlockTag, blockNumber, blockTag, resolveBlock } from "../blockTag.ts";
import { formatBlock, formatReceipt, type Json, quantityHex } from "../format.ts";
import { type MethodTable, method, type RequestContext } from "../method.ts";
import { boolean, hash, index, optional } from "../params.ts";

/** The chain and its blocks. */
export const ETH_CHAIN_METHODS: MethodTable = {
  eth_chainId: method([], ({ backend }) => quantityHex(backend.chainId)),
  eth_blockNumber: method([], ({ backend }) => quantityHex(backend.head().header.number)),
  // Only final blocks are shown, and a node is started with all that it has.
  eth_syncing: method([], () => false),
  // A node keeps no keys; those of a chain for tests are everybody's.
  eth_accounts: method([], ({ backend }) => backend.cheats?.accounts ?? []),

  eth_getBlockByNumber: method(
    [blockNumber("block"), optional(boolean("full transactions"), false)],
    (context, block, full) => showBlock(context, block, full),
  ),
  eth_getBlockByHash: method(
    [hash("block hash"), optional(boolean("full transactions"), false)],
    (context, blockHash, full) => showBlock(context, { hash: blockHash }, full),
  ),
  eth_getBlockTransactionCountByNumber: method([blockNumber("block")], countTransactions),
  eth_getBlockTransactionCountByHash: method([hash("block hash")], (context, blockHash) =>
    countTransactions(context, { hash: blockHash }),
  ),
  eth_getBlockReceipts: method([blockTag("block")], async ({ backend }, block) => {
    const known = await resolveBlock(backend, block);
    return known === undefined ? null : known.receipts.map((_, i) => formatReceipt(known, i));
  }),

  // No block has uncles (EIP-3675).
  eth_getUncleCountByBlockNumber: method([blockNumber("block")], countUncles),
  eth_getUncleCountByBlockHash: method([hash("block hash")], (context, blockHash) =>
    countUncles(context, { hash: blockHash }),
  ),
  eth_getUncleByBlockNumberAndIndex: method([blockNumber("block"), index("index")], () => null),
  eth_getUncleByBlockHashAndIndex: method([hash("block hash"), index("index")], () => null),
};

async function showBlock(
  { backend }: RequestContext,
  block: BlockTag,
  full: boolean,
): Promise<Json | null> {
  const known = await resolveBlock(backend, block);
  return known === undefined ? null : formatBlock(known, full);
}

async function countTransactions(
  { backend }: RequestContext,
  block: BlockTag,
): Promise<string | null> {
  const known = await resolveBlock(backend, block);
  return known === undefined ? null : quantityHex(known.block.transactions.length);
}

async function countUncles({ backend }: RequestContext, block: BlockTag): Promise<string | null> {
  return (await resolveBlock(backend, block)) === undefined ? null : "0x0";
}
