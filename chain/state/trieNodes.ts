import { decodeRlp, type Hash, hashFromBytes, type RlpItem, toHex } from "@delchain/runtime";

const BRANCH_ITEMS = 17;
const CHILDREN = 16;
const HASH_BYTES = 32;
/** Of the first byte of a path in hex-prefix encoding (Yellow Paper, appendix C): set in leaves. */
const LEAF_FLAG = 0x20;

/** The nodes that a trie node refers to by hash, also through children that it holds inline. */
export function childHashes(node: Uint8Array): Hash[] {
  const hashes: Hash[] = [];
  collect(decodeRlp(node), hashes);
  return hashes;
}

function collect(node: RlpItem, hashes: Hash[]): void {
  if (node instanceof Uint8Array) throw new TypeError(`not a trie node: ${toHex(node)}`);
  if (node.length === BRANCH_ITEMS) {
    for (let i = 0; i < CHILDREN; i++) collectChild(node[i] as RlpItem, hashes);
    return;
  }
  const [path, child] = node as readonly [Uint8Array, RlpItem];
  if (((path[0] as number) & LEAF_FLAG) === 0) collectChild(child, hashes);
}

function collectChild(child: RlpItem, hashes: Hash[]): void {
  if (!(child instanceof Uint8Array)) collect(child, hashes);
  else if (child.length === HASH_BYTES) hashes.push(hashFromBytes(child));
}
