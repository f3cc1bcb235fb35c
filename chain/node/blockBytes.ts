import type { ChainSpec } from "../spec/spec.ts";

/**
 * Header, extension, and what RLP puts before each item: at most 4 bytes for each of 64 certificates of 512 calls,
 * 512 orders and the 6,391 transfers that fit a devnet's block, rounded up.
 */
const FRAME_BYTES: number = 256 * 1024;

/** Of a block, for new transactions: certified ones come on top, with their certificates. */
export function transactionBytes({ blockBytesMax }: ChainSpec): number {
  return blockBytesMax / 4;
}

/** Of a block, for certificates and the transactions that they list. */
export function certificateBytes(spec: ChainSpec): number {
  return spec.blockBytesMax - transactionBytes(spec) - FRAME_BYTES;
}

/** Those that fit into so many bytes together, in their order; the first one in any case. */
export function firstFitting<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
  bytesMax: number,
): readonly Item[] {
  let bytes = 0;
  return items.filter((item, i) => {
    bytes += bytesOf(item);
    return i === 0 || bytes <= bytesMax;
  });
}
