import { type BlockTag, blockNumber, resolveBlock } from "../blockTag.ts";
import { formatReceipt, formatTransaction, type Json, placeOf } from "../format.ts";
import { type MethodTable, method, type RequestContext } from "../method.ts";
import { bytes, hash, index } from "../params.ts";

/** Transactions on their way into the chain and in it. */
export const ETH_TRANSACTION_METHODS: MethodTable = {
  eth_sendRawTransaction: method([bytes("transaction")], ({ backend }, raw) => backend.submit(raw)),

  // A container call that is ordered and not yet listed shows as pending, without a receipt.
  eth_getTransactionByHash: method([hash("transaction hash")], async ({ backend }, wanted) => {
    const found = await backend.findTransaction(wanted);
    if (found === undefined) return null;
    if (found.where !== "listed") return formatTransaction(found.transaction, undefined, undefined);
    const { block, index } = found;
    return transactionAt(block, index);
  }),
  eth_getTransactionReceipt: method([hash("transaction hash")], async ({ backend }, wanted) => {
    const found = await backend.findTransaction(wanted);
    return found?.where === "listed" ? formatReceipt(found.block, found.index) : null;
  }),
  eth_getTransactionByBlockNumberAndIndex: method([blockNumber("block"), index("index")], showAt),
  eth_getTransactionByBlockHashAndIndex: method(
    [hash("block hash"), index("index")],
    (context, blockHash, place) => showAt(context, { hash: blockHash }, place),
  ),
};

async function showAt(
  { backend }: RequestContext,
  block: BlockTag,
  place: number,
): Promise<Json | null> {
  const known = await resolveBlock(backend, block);
  return known === undefined ? null : transactionAt(known, place);
}

function transactionAt(known: Parameters<typeof placeOf>[0], place: number): Json | null {
  const signed = known.block.transactions[place];
  if (signed === undefined) return null;
  return formatTransaction(signed, placeOf(known, place), known.receipts[place]);
}
