import { EMPTY_CODE_HASH, EMPTY_ROOT, toHex } from "@delchain/runtime";
import { type BlockTag, blockTag, LATEST, resolveNumber } from "../blockTag.ts";
import { quantityHex } from "../format.ts";
import { PROOF_SLOTS_MAX } from "../limits.ts";
import { type MethodTable, method, type RequestContext } from "../method.ts";
import { address, optional, slot, slots } from "../params.ts";

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
  eth_getProof: method(
    [address("address"), slots("storage keys", PROOF_SLOTS_MAX), BLOCK],
    async ({ backend }, account, keys, block) => {
      const number = await resolveNumber(backend, block);
      const asked = keys.map(({ slot: one }) => one);
      const proved = await backend.proof(account, asked, number);
      return {
        address: account,
        accountProof: proved.accountProof.map(toHex),
        balance: quantityHex(proved.account?.balance ?? 0n),
        codeHash: proved.account?.codeHash ?? EMPTY_CODE_HASH,
        nonce: quantityHex(proved.account?.nonce ?? 0n),
        storageHash: proved.account?.storageRoot ?? EMPTY_ROOT,
        storageProof: proved.slots.map(({ value, proof }, i) => ({
          key: keys[i]?.key,
          value: quantityHex(BigInt(value)),
          proof: proof.map(toHex),
        })),
      };
    },
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
