import {
  EMPTY_ROOT,
  encodeRlp,
  type Hash,
  keccak256,
  keccak256Bytes,
  type RlpItem,
} from "@delchain/runtime";
import { integerBytes } from "../tx/rlpFields.ts";
import { compareNibbles, encodePath, nibblesOf, sharedLength } from "./nibbles.ts";

type Entry = { readonly nibbles: Uint8Array; readonly value: Uint8Array };

/**
 * The root of the Merkle-Patricia trie of `values` under their positions, `rlp(index)` (Yellow Paper, 4.4 and
 * appendix D): what transactions, receipts and orders commit to. Synchronous, for the core, and built in one
 * pass, because the whole list is there.
 */
export function orderedRoot(values: readonly Uint8Array[]): Hash {
  if (values.length === 0) return EMPTY_ROOT;
  const entries = values.map(
    (value, i): Entry => ({
      nibbles: nibblesOf(encodeRlp(integerBytes(BigInt(i)))),
      value,
    }),
  );
  entries.sort((left, right) => compareNibbles(left.nibbles, right.nibbles));
  return keccak256(encodeRlp(nodeOf(entries, 0, entries.length, 0)));
}

/**
 * The node of `entries[start..end)`, which share their first `depth` nibbles. No key is a prefix of another:
 * RLP strings say their own length.
 */
function nodeOf(entries: readonly Entry[], start: number, end: number, depth: number): RlpItem {
  const first = entries[start] as Entry;
  if (end - start === 1) return [encodePath(first.nibbles.subarray(depth), true), first.value];
  const last = entries[end - 1] as Entry;
  const shared = sharedLength(first.nibbles, last.nibbles);
  const branch: RlpItem[] = [];
  let from = start;
  for (let nibble = 0; nibble < 16; nibble++) {
    let to = from;
    while (to < end && (entries[to] as Entry).nibbles[shared] === nibble) to++;
    branch.push(to === from ? new Uint8Array(0) : reference(nodeOf(entries, from, to, shared + 1)));
    from = to;
  }
  branch.push(new Uint8Array(0));
  if (shared === depth) return branch;
  return [encodePath(first.nibbles.subarray(depth, shared), false), reference(branch)];
}

/** A node shorter than a hash stands in its parent itself. */
function reference(node: RlpItem): RlpItem {
  const bytes = encodeRlp(node);
  return bytes.length < 32 ? node : keccak256Bytes(bytes);
}
