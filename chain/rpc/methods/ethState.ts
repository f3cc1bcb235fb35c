import { toHex } from "@delchain/runtime";
import { type BlockTag, blockTag, LATEST, resolveNumber } from "../blockTag.ts";
import { quantityHex } from "../format.ts";
import { type MethodTable, method, type RequestContext } from "../method.ts";
import { address, optional, slot } from "../params.ts";

const BLOCK = optional(blockTag("block"), LATEST);

/** Accounts as a block left them. */
export const ETH_STATE_METHODS: MethodTable = {
  eth_getBalance: method([address("address"), BLOCK], async ({ backend }, account, block) => {
    const found = await backend.account(account, await resolveNumber(backend, block));
    return quantityHex(found?.balance ?? 0n);
  }),
  eth_getCode: method([address("address"), BLOCK], async ({ backend }, account, block) =>
    toHex(await backend.code(account, await resolveNumber(backend, block))),
  ),
  eth_getStorageAt: method(
    [address("address"), slot("slot"), BLOCK],
    async ({ backend }, account, place, block) =>
      backend.storage(account, place, await resolveNumber(backend, block)),
  ),
  eth_getTransactionCount: method([address("address"), BLOCK], async (context, account, block) => {
    const at = await countAt(context, block);
    return quantityHex(await context.backend.transactionCount(account, at));
  }),
};

/** `pending` counts the mempool too; the tags for the last final block count as wallets expect it. */
async function countAt(
  { backend }: RequestContext,
  block: BlockTag,
): Promise<"latest" | "pending" | bigint> {
  if ("tag" in block && block.tag !== "earliest") {
    return block.tag === "pending" ? "pending" : "latest";
  }
  return resolveNumber(backend, block);
}
