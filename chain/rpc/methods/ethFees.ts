import type { Backend } from "../backend.ts";
import { blockNumber, resolveNumber } from "../blockTag.ts";
import { feeHistory, percentiles } from "../feeHistory.ts";
import { quantityHex } from "../format.ts";
import type { RpcLimits } from "../limits.ts";
import { type MethodTable, method } from "../method.ts";
import { decodeQuantity, optional, type Param } from "../params.ts";
import { TipOracle } from "../tipOracle.ts";

/** What gas costs. */
export function ethFeeMethods(limits: RpcLimits): MethodTable {
  const tips = new TipOracle();
  // Wallets know one base fee, the header's. Where container calls cost more, the tip that is suggested makes up
  // for it, so that a transaction priced by it is taken in both markets.
  const suggestTip = async (backend: Backend): Promise<bigint> => {
    const { nextBaseFee, nextContainerBaseFee } = backend.head();
    const gap = nextContainerBaseFee - nextBaseFee;
    const tip = await tips.suggest(backend);
    return gap > tip ? gap : tip;
  };
  return {
    // The next block's base fee may be an eighth above this one's, so this is what it will be, and a tip.
    eth_gasPrice: method([], async ({ backend }) =>
      quantityHex(backend.head().nextBaseFee + (await suggestTip(backend))),
    ),
    // No block has blobs, so their fee stays where EIP-4844 has it begin.
    eth_blobBaseFee: method([], async () => quantityHex(1n)),
    eth_maxPriorityFeePerGas: method([], async ({ backend }) =>
      quantityHex(await suggestTip(backend)),
    ),
    eth_feeHistory: method(
      [
        blockCount("block count"),
        blockNumber("newest block"),
        optional(percentiles("percentiles", limits), undefined),
      ],
      async (context, count, newest, wanted) => {
        const query = {
          count,
          newest: await resolveNumber(context.backend, newest),
          percentiles: wanted,
        };
        return feeHistory(context.backend, query, context.limits);
      },
    ),
  };
}

/** A quantity or, as older clients send it, a JSON number. */
function blockCount(name: string): Param<bigint> {
  return {
    name,
    decode: (value, where) =>
      typeof value === "number" && Number.isSafeInteger(value) && value >= 0
        ? BigInt(value)
        : decodeQuantity(value, where, 64),
  };
}
