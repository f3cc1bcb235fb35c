import { bigintToBytes, concatBytes } from "../types/bytes.ts";
import { type Hash, hashFromBytes, keccak256, ZERO_HASH } from "../types/hash.ts";
import { loadBytes, storeBytes, type Words } from "./byteStorage.ts";
import { KEY_BYTES_MAX } from "./limits.ts";

/**
 * The order of a contract's byte-string keys, in its own storage (PROTOCOL.md, "The order of keys"): a crit-bit tree
 * (Bernstein) with one leaf a key and one node for each bit in which keys part. A new key writes two slots of the tree,
 * the slot of the counter and the key itself; finding one loads as many slots as nodes lie above it.
 */
type Node = {
  /** The bit that decides, of nine a byte (whether there is a byte, then its bits), larger than the node above's. */
  readonly bit: number;
  readonly children: readonly [Reference, Reference];
};

/** `2 * id` of a node, `2 * id + 1` of a leaf, 0 for nothing. */
type Reference = bigint;
type Root = { readonly top: Reference; readonly last: bigint };
type Step = { readonly reference: Reference; readonly node: Node; readonly side: 0 | 1 };
type Descent = {
  readonly root: Root;
  readonly path: readonly Step[];
  readonly leaf: Reference;
  readonly key: Uint8Array;
};
/** A part of the tree, and the bit of the node above it. */
type Part = { readonly reference: Reference; readonly above: number };

/** The slots hold no such tree: the contract has written there itself. Nothing was changed. */
export class DamagedIndex extends Error {}

const BITS_OF_BYTE = 9;
const UINT64_MASK = 2n ** 64n - 1n;
/** An id is never given twice; twice the last one, and one, still fits 64 bits. */
const IDS_MAX = 2n ** 62n;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const ROOT_SLOT: Hash = keccak256(text("delchain.index"));
const NODE_DOMAIN = text("delchain.index.node");
const KEY_DOMAIN = text("delchain.index.key");

/** Adds a key; one that is there already stays. */
export function insertKey(words: Words, key: Uint8Array): void {
  const found = descend(words, key);
  const root = found?.root ?? { top: 0n, last: 0n };
  const bit = found && firstDifference(key, found.key);
  if (found && bit === undefined) return;
  const id = root.last + 1n;
  const leaf = 2n * id + 1n;
  storeBytes(words, keySlotOf(leaf), key, 0);
  if (!found || bit === undefined) {
    storeRoot(words, { top: leaf, last: id });
    return;
  }
  const { path } = found;
  const depth = depthOf(path, bit);
  const displaced = path[depth]?.reference ?? found.leaf;
  const children =
    bitOf(key, bit) === 1 ? ([displaced, leaf] as const) : ([leaf, displaced] as const);
  storeNode(words, 2n * id, { bit, children });
  const above = path[depth - 1];
  if (above) relink(words, above, 2n * id);
  storeRoot(words, { top: above ? root.top : 2n * id, last: id });
}

/** Removes a key that is there. Of an empty tree no slot remains. */
export function removeKey(words: Words, key: Uint8Array): void {
  const found = descend(words, key);
  if (!found || firstDifference(key, found.key) !== undefined) throw new DamagedIndex();
  const { root, path, leaf } = found;
  storeBytes(words, keySlotOf(leaf), new Uint8Array(), found.key.length);
  const parent = path.at(-1);
  if (!parent) {
    storeRoot(words, { top: 0n, last: 0n });
    return;
  }
  const sibling = parent.node.children[1 - parent.side] as Reference;
  words.store(nodeSlot(parent.reference), ZERO_HASH);
  const above = path.at(-2);
  if (above) relink(words, above, sibling);
  else storeRoot(words, { top: sibling, last: root.last });
}

/** The keys from `from` on (itself included), in the order of their bytes; each is loaded when it is asked for. */
export function* keysFrom(words: Words, from: Uint8Array): Generator<Uint8Array> {
  const found = descend(words, from);
  if (!found) return;
  const { path, leaf } = found;
  const bit = firstDifference(from, found.key);
  const depth = bit === undefined ? path.length : depthOf(path, bit);
  const parts: Part[] = [];
  for (const { node, side } of path.slice(0, depth)) {
    if (side === 0) parts.push({ reference: node.children[1], above: node.bit });
  }
  if (bit === undefined || bitOf(from, bit) === 0) {
    parts.push({
      reference: path[depth]?.reference ?? leaf,
      above: path[depth - 1]?.node.bit ?? -1,
    });
  }
  for (let part = parts.pop(); part; part = parts.pop()) {
    if (isLeaf(part.reference)) {
      yield loadKey(words, part.reference);
      continue;
    }
    const { bit: above, children } = loadNode(words, part);
    parts.push({ reference: children[1], above }, { reference: children[0], above });
  }
}

/** From the root to the one leaf whose key may be `key`; nothing of an empty tree. */
function descend(words: Words, key: Uint8Array): Descent | undefined {
  const word = BigInt(words.load(ROOT_SLOT));
  const root: Root = { top: word & UINT64_MASK, last: (word >> 64n) & UINT64_MASK };
  if (root.top === 0n) return undefined;
  if (root.last > IDS_MAX) throw new DamagedIndex();
  const path: Step[] = [];
  let reference = root.top;
  while (!isLeaf(reference)) {
    const node = loadNode(words, { reference, above: path.at(-1)?.node.bit ?? -1 });
    const side = bitOf(key, node.bit);
    path.push({ reference, node, side });
    reference = node.children[side];
  }
  return { root, path, leaf: reference, key: loadKey(words, reference) };
}

/** How many nodes of the path decide before `bit` does. */
function depthOf(path: readonly Step[], bit: number): number {
  const depth = path.findIndex(({ node }) => node.bit > bit);
  return depth === -1 ? path.length : depth;
}

/** Points the child that the path took from `step` elsewhere. */
function relink(words: Words, { reference, node, side }: Step, child: Reference): void {
  const [zero, one] = node.children;
  storeNode(words, reference, { ...node, children: side === 0 ? [child, one] : [zero, child] });
}

function isLeaf(reference: Reference): boolean {
  return reference % 2n === 1n;
}

function bitOf(key: Uint8Array, bit: number): 0 | 1 {
  const byte = key[Math.floor(bit / BITS_OF_BYTE)];
  if (byte === undefined) return 0;
  const within = bit % BITS_OF_BYTE;
  return within === 0 || ((byte >> (BITS_OF_BYTE - 1 - within)) & 1) === 1 ? 1 : 0;
}

function firstDifference(left: Uint8Array, right: Uint8Array): number | undefined {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at++) {
    const differing = (left[at] as number) ^ (right[at] as number);
    if (differing !== 0) return BITS_OF_BYTE * at + 1 + Math.clz32(differing) - 24;
  }
  return left.length === right.length ? undefined : BITS_OF_BYTE * shorter;
}

function loadNode(words: Words, { reference, above }: Part): Node {
  const word = BigInt(words.load(nodeSlot(reference)));
  const bit = Number((word >> 128n) & UINT64_MASK);
  // Bits that grow from node to node end every walk, whatever lies in the slots.
  if (bit <= above || bit >= BITS_OF_BYTE * (KEY_BYTES_MAX + 1)) throw new DamagedIndex();
  return { bit, children: [word & UINT64_MASK, (word >> 64n) & UINT64_MASK] };
}

function storeNode(words: Words, reference: Reference, { bit, children }: Node): void {
  const [zero, one] = children;
  words.store(nodeSlot(reference), wordOf((BigInt(bit) << 128n) | (one << 64n) | zero));
}

function storeRoot(words: Words, { top, last }: Root): void {
  words.store(ROOT_SLOT, wordOf((last << 64n) | top));
}

function loadKey(words: Words, leaf: Reference): Uint8Array {
  const key = loadBytes(words, keySlotOf(leaf));
  if (key === undefined || key.length === 0 || key.length > KEY_BYTES_MAX) throw new DamagedIndex();
  return key;
}

function nodeSlot(node: Reference): Hash {
  return keccak256(concatBytes(NODE_DOMAIN, bigintToBytes(node / 2n, 8)));
}

function keySlotOf(leaf: Reference): Hash {
  return keccak256(concatBytes(KEY_DOMAIN, bigintToBytes(leaf / 2n, 8)));
}

function wordOf(value: bigint): Hash {
  return hashFromBytes(bigintToBytes(value, 32));
}
