import { RLP } from "@ethereumjs/rlp";

/** What RLP carries: byte strings and lists of them (Yellow Paper, appendix B). */
export type RlpItem = Uint8Array | readonly RlpItem[];

export function encodeRlp(item: RlpItem): Uint8Array {
  return RLP.encode(item as Uint8Array);
}

/**
 * Decodes exactly one item. Throws an `Error` for trailing bytes and for a length that is not the shortest;
 * leading zeros of integers are the reader's to refuse, because RLP does not know which strings are integers.
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  return RLP.decode(bytes) as RlpItem;
}
