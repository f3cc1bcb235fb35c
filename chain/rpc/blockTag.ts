import type { Hash } from "@delchain/runtime";
import type { Backend, KnownBlock } from "./backend.ts";
import { decodeHash, decodeQuantity, type Param, wrongParam } from "./params.ts";
import { notFound, wrongParams } from "./rpcErrors.ts";

const TAGS = ["latest", "safe", "finalized", "pending", "earliest"] as const;

/** A block as a request names it: a tag, a number, or by EIP-1898 a number or a hash in an object. */
export type BlockTag =
  | { readonly tag: (typeof TAGS)[number] }
  | { readonly number: bigint }
  | { readonly hash: Hash };

export const LATEST: BlockTag = { tag: "latest" };

export function blockTag(name: string): Param<BlockTag> {
  return { name, decode: decodeBlockTag };
}

/** Only a tag or a number, as the methods that end in `ByNumber` take it. */
export function blockNumber(name: string): Param<BlockTag> {
  return { name, decode: decodeNumberTag };
}

export function decodeNumberTag(value: unknown, where: string): BlockTag {
  for (const tag of TAGS) if (value === tag) return { tag };
  if (typeof value === "string" && value.startsWith("0x")) {
    return { number: decodeQuantity(value, where, 64) };
  }
  throw wrongParam(where, `a block number in hex or one of ${TAGS.join(", ")}`, value);
}

export function decodeBlockTag(value: unknown, where: string): BlockTag {
  if (typeof value !== "object" || value === null) {
    // Clients that know no EIP-1898 pass a hash where others pass a number, and geth takes it.
    if (typeof value === "string" && value.length === 66) return { hash: decodeHash(value, where) };
    return decodeNumberTag(value, where);
  }
  const { blockNumber: number, blockHash, ...rest } = value as Record<string, unknown>;
  const unknown = Object.keys(rest).find((key) => key !== "requireCanonical");
  if (unknown !== undefined || (number === undefined) === (blockHash === undefined)) {
    throw wrongParams(`${where}: wanted either blockNumber or blockHash (EIP-1898)`);
  }
  if (blockHash !== undefined) return { hash: decodeHash(blockHash, `${where}.blockHash`) };
  return decodeNumberTag(number, `${where}.blockNumber`);
}

/**
 * The number of a block whose state is asked for. `latest`, `safe`, `finalized` and, while nothing is built on
 * top of it, `pending` are the last final block. Throws -32001 for a block that there is not.
 */
export async function resolveNumber(backend: Backend, block: BlockTag): Promise<bigint> {
  if ("hash" in block) {
    const known = await backend.blockByHash(block.hash);
    if (known === undefined)
      throw notFound(`header not found: no block has the hash ${block.hash}`);
    return known.block.header.number;
  }
  const number = numberOf(backend, block);
  const head = backend.head().header.number;
  if (number > head) throw notFound(`header not found: block ${number} is above the head ${head}`);
  return number;
}

/** The block itself; `undefined` when there is none. */
export function resolveBlock(backend: Backend, block: BlockTag): Promise<KnownBlock | undefined> {
  if ("hash" in block) return backend.blockByHash(block.hash);
  const number = numberOf(backend, block);
  if (number > backend.head().header.number) return Promise.resolve(undefined);
  return backend.blockByNumber(number);
}

/** What a tag or number stands for; a number may be above the head. */
export function numberOf(
  backend: Backend,
  block: { readonly tag: string } | { readonly number: bigint },
): bigint {
  if ("number" in block) return block.number;
  return block.tag === "earliest" ? 0n : backend.head().header.number;
}
