import { MESSAGE_TYPE } from "../tx/transaction.ts";
import type { Backend, KnownBlock } from "./backend.ts";
import { type Json, quantityHex } from "./format.ts";
import type { RpcLimits } from "./limits.ts";
import { describeValue, type Param, wrongParam } from "./params.ts";
import { limitExceeded } from "./rpcErrors.ts";

/** Ascending numbers from 0 to 100. */
export function percentiles(name: string, limits: RpcLimits): Param<readonly number[]> {
  return {
    name,
    decode: (value, where) => {
      if (!Array.isArray(value)) throw wrongParam(where, "a list of percentiles", value);
      if (value.length > limits.feeHistoryPercentiles) {
        const limit = limits.feeHistoryPercentiles;
        throw limitExceeded("percentiles", value.length, limit, "ask for fewer");
      }
      let last = 0;
      return value.map((percentile: unknown) => {
        if (typeof percentile !== "number" || !(percentile >= last && percentile <= 100)) {
          throw wrongParam(where, "ascending numbers from 0 to 100", describeValue(percentile));
        }
        last = percentile;
        return percentile;
      });
    },
  };
}

export type FeeHistoryQuery = {
  readonly count: bigint;
  readonly newest: bigint;
  readonly percentiles: readonly number[] | undefined;
};

/** `eth_feeHistory`: base fees with the one to come, how full the blocks were, and tips by percentile of gas. */
export async function feeHistory(
  backend: Backend,
  { count, newest, percentiles }: FeeHistoryQuery,
  limits: RpcLimits,
): Promise<Json> {
  // As geth has it, more than the limit or the chain's length is answered with what there is.
  const wanted = count > BigInt(limits.feeHistoryBlocks) ? limits.feeHistoryBlocks : Number(count);
  const available = newest + 1n < BigInt(wanted) ? Number(newest + 1n) : wanted;
  if (available === 0) return { oldestBlock: "0x0", baseFeePerGas: [], gasUsedRatio: [] };
  const oldest = newest - BigInt(available) + 1n;
  const headers = (await readHeaders(backend, oldest, available)).map(({ header }) => header);
  const head = backend.head();
  const after =
    newest < head.header.number
      ? (await backend.headers(newest + 1n, 1))[0]?.header.baseFeePerGas
      : head.nextBaseFee;
  return {
    oldestBlock: quantityHex(oldest),
    baseFeePerGas: [
      ...headers.map(({ baseFeePerGas }) => quantityHex(baseFeePerGas)),
      quantityHex(after ?? head.nextBaseFee),
    ],
    gasUsedRatio: headers.map(({ gasUsed, gasLimit }) => Number(gasUsed) / Number(gasLimit)),
    ...(percentiles !== undefined && {
      reward: await rewards(backend, oldest, available, percentiles),
    }),
  };
}

async function readHeaders(
  backend: Backend,
  first: bigint,
  count: number,
): Promise<Awaited<ReturnType<Backend["headers"]>>> {
  const { headersPerRead } = backend.limits;
  const reads: ReturnType<Backend["headers"]>[] = [];
  for (let done = 0; done < count; done += headersPerRead) {
    reads.push(backend.headers(first + BigInt(done), Math.min(headersPerRead, count - done)));
  }
  return (await Promise.all(reads)).flat();
}

async function rewards(
  backend: Backend,
  oldest: bigint,
  count: number,
  percentiles: readonly number[],
): Promise<string[][]> {
  const rows: string[][] = [];
  for (let i = 0; i < count; i++) {
    const known = await backend.blockByNumber(oldest + BigInt(i));
    const tips = known === undefined ? [] : tipsOf(known);
    rows.push(percentiles.map((percentile) => quantityHex(tipAt(tips, percentile))));
  }
  return rows;
}

export type Tip = { readonly tip: bigint; readonly gasUsed: bigint };

/** What each transaction paid above the base fee, lowest first. Container calls have a market of their own. */
export function tipsOf({ block, receipts }: KnownBlock): readonly Tip[] {
  return receipts
    .filter(({ containerCall, type }) => containerCall === undefined && type !== MESSAGE_TYPE)
    .map(({ effectiveGasPrice, gasUsed }) => ({
      tip: effectiveGasPrice - block.header.baseFeePerGas,
      gasUsed,
    }))
    .sort((left, right) => compareBigints(left.tip, right.tip));
}

/** The tip of the transaction at which this share of the block's gas is reached. */
function tipAt(tips: readonly Tip[], percentile: number): bigint {
  const total = tips.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
  const threshold = (total * percentile) / 100;
  let sum = 0;
  for (const { tip, gasUsed } of tips) {
    sum += Number(gasUsed);
    if (sum >= threshold) return tip;
  }
  return 0n;
}

export function compareBigints(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
