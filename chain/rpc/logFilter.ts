import { type Address, addressToBytes, type Hash, hashToBytes, type Log } from "@delchain/runtime";
import { type BloomBits, bloomBits, hasBloomBits } from "../block/bloom.ts";
import type { Backend, KnownBlock } from "./backend.ts";
import { type BlockTag, decodeNumberTag, LATEST, numberOf } from "./blockTag.ts";
import { formatLog, type Json, placeOf } from "./format.ts";
import type { RpcLimits } from "./limits.ts";
import { decodeAddress, decodeHash, type Param, wrongParam } from "./params.ts";
import { limitExceeded, notFound, wrongParams } from "./rpcErrors.ts";

/** One condition: any of these values, with what their presence does to a bloom. */
type Alternatives<T> = {
  readonly values: ReadonlySet<T>;
  readonly bits: readonly BloomBits[];
};

/** Which logs are wanted; `undefined` takes any value at its place. */
export type LogFilter = {
  readonly addresses: Alternatives<Address> | undefined;
  readonly topics: readonly (Alternatives<Hash> | undefined)[];
};

/** A filter with the blocks that it looks at. */
export type LogQuery = {
  readonly filter: LogFilter;
  readonly blocks: { readonly hash: Hash } | { readonly from: BlockTag; readonly to: BlockTag };
};

const TOPICS_MAX = 4;

/** The filter object of `eth_getLogs`, `eth_newFilter` and `eth_subscribe`. */
export function logQuery(name: string, limits: RpcLimits): Param<LogQuery> {
  return { name, decode: (value, where) => decodeLogQuery(value, where, limits) };
}

function decodeLogQuery(value: unknown, where: string, limits: RpcLimits): LogQuery {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongParam(where, "a filter object", value);
  }
  const { fromBlock, toBlock, blockHash, address, topics } = value as Record<string, unknown>;
  const filter = {
    addresses: decodeAddresses(address ?? [], `${where}.address`, limits.filterAlternatives),
    topics: decodeTopics(topics ?? [], `${where}.topics`, limits.filterAlternatives),
  };
  if (blockHash !== undefined && blockHash !== null) {
    if ((fromBlock ?? toBlock ?? undefined) !== undefined) {
      throw wrongParams(`${where}: blockHash excludes fromBlock and toBlock (EIP-234)`);
    }
    return { filter, blocks: { hash: decodeHash(blockHash, `${where}.blockHash`) } };
  }
  const from = decodeEnd(fromBlock, `${where}.fromBlock`);
  return { filter, blocks: { from, to: decodeEnd(toBlock, `${where}.toBlock`) } };
}

function decodeEnd(value: unknown, where: string): BlockTag {
  return value === undefined || value === null ? LATEST : decodeNumberTag(value, where);
}

function decodeAddresses(
  value: unknown,
  where: string,
  limit: number,
): Alternatives<Address> | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  checkAlternatives(list, where, limit);
  if (list.length === 0) return undefined;
  const values = new Set(list.map((item, i) => decodeAddress(item, `${where}[${i}]`)));
  return { values, bits: [...values].map((address) => bloomBits(addressToBytes(address))) };
}

function decodeTopics(value: unknown, where: string, limit: number): LogFilter["topics"] {
  if (!Array.isArray(value)) throw wrongParam(where, "a list", value);
  if (value.length > TOPICS_MAX) throw wrongParam(where, "at most four topics", value);
  return value.map((position: unknown, i) => decodeTopic(position, `${where}[${i}]`, limit));
}

function decodeTopic(value: unknown, where: string, limit: number): Alternatives<Hash> | undefined {
  if (value === null) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  checkAlternatives(list, where, limit);
  // As geth has it: an empty list, or null among the alternatives, takes any topic.
  if (list.length === 0 || list.includes(null)) return undefined;
  const values = new Set(list.map((item, i) => decodeHash(item, `${where}[${i}]`)));
  return { values, bits: [...values].map((topic) => bloomBits(hashToBytes(topic))) };
}

function checkAlternatives(list: readonly unknown[], where: string, limit: number): void {
  if (list.length > limit) {
    throw limitExceeded(`${where}, alternatives`, list.length, limit, "split the query");
  }
}

/** Whether a block or receipt with this bloom may hold a log that the filter wants; `false` is certain. */
export function mayMatch(filter: LogFilter, bloom: Uint8Array): boolean {
  return [filter.addresses, ...filter.topics].every(
    (condition) =>
      condition === undefined || condition.bits.some((bits) => hasBloomBits(bloom, bits)),
  );
}

export function matches({ addresses, topics }: LogFilter, log: Log): boolean {
  if (addresses !== undefined && !addresses.values.has(log.address)) return false;
  if (topics.length > log.topics.length) return false;
  return topics.every(
    (wanted, i) => wanted === undefined || wanted.values.has(log.topics[i] as Hash),
  );
}

/** The wanted logs of one block, in order. */
export function logsOf(known: KnownBlock, filter: LogFilter): Json[] {
  if (!mayMatch(filter, known.block.header.logsBloom)) return [];
  const found: Json[] = [];
  let logIndex = 0;
  for (const [index, receipt] of known.receipts.entries()) {
    for (const log of receipt.logs) {
      if (matches(filter, log)) {
        found.push(formatLog(log, placeOf(known, index), receipt.transactionHash, logIndex));
      }
      logIndex++;
    }
  }
  return found;
}

/** `eth_getLogs`. Throws -32005 for a range or an answer over its limit, -32001 for a hash that no block has. */
export async function findLogs(
  backend: Backend,
  query: LogQuery,
  limits: RpcLimits,
): Promise<Json[]> {
  const { blocks, filter } = query;
  if ("hash" in blocks) {
    const known = await backend.blockByHash(blocks.hash);
    if (known === undefined) throw notFound(`unknown block: no block has the hash ${blocks.hash}`);
    return logsOf(known, filter);
  }
  return logsBetween(backend, filter, rangeOf(backend, blocks), limits);
}

export type BlockRange = { readonly first: bigint; readonly last: bigint };

function rangeOf(backend: Backend, blocks: { from: BlockTag; to: BlockTag }): BlockRange {
  // A `LogQuery` holds tags and numbers only; hashes come as `blockHash`.
  const first = numberOf(backend, blocks.from as { number: bigint });
  const last = numberOf(backend, blocks.to as { number: bigint });
  if (first > last) {
    throw wrongParams(`invalid block range: fromBlock ${first} is above toBlock ${last}`);
  }
  const head = backend.head().header.number;
  return last < head ? { first, last } : { first, last: head };
}

/** Headers first, for their blooms; blocks only where one may hold a wanted log. */
export async function logsBetween(
  backend: Backend,
  filter: LogFilter,
  { first, last }: BlockRange,
  limits: RpcLimits,
): Promise<Json[]> {
  if (last - first >= BigInt(limits.logBlocks)) {
    const span = last - first + 1n;
    throw limitExceeded(
      "blocks in one log query",
      span,
      limits.logBlocks,
      "ask for a shorter range",
    );
  }
  const found: Json[] = [];
  let next = first;
  while (next <= last) {
    const left = Number(last - next + 1n);
    const headers = await backend.headers(next, Math.min(left, backend.limits.headersPerRead));
    if (headers.length === 0) break;
    for (const { header } of headers) {
      if (!mayMatch(filter, header.logsBloom)) continue;
      const known = await backend.blockByNumber(header.number);
      if (known === undefined) throw notFound(`block ${header.number} is not kept by this node`);
      found.push(...logsOf(known, filter));
      if (found.length > limits.logs) {
        const remedy = "ask for a shorter range or name addresses and topics";
        throw limitExceeded("logs in one answer", found.length, limits.logs, remedy);
      }
    }
    next += BigInt(headers.length);
  }
  return found;
}
