import { concatBytes } from "@delchain/runtime";

// Keys of Merkle-Patricia tries as the tries see them: half a byte each, 0 to 15.

const LEAF_FLAG = 2;
const ODD_FLAG = 1;

export function nibblesOf(bytes: Uint8Array): Uint8Array {
  const nibbles = new Uint8Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    nibbles[2 * i] = byte >> 4;
    nibbles[2 * i + 1] = byte & 15;
  }
  return nibbles;
}

export function compareNibbles(left: Uint8Array, right: Uint8Array): number {
  const shared = sharedLength(left, right);
  return (left[shared] ?? -1) - (right[shared] ?? -1);
}

/** How many nibbles both begin with, from `from` on. */
export function sharedLength(left: Uint8Array, right: Uint8Array, from = 0): number {
  let length = from;
  while (length < left.length && left[length] === right[length]) length++;
  return length - from;
}

/** Hex-prefix encoding (Yellow Paper, appendix C). */
export function encodePath(nibbles: Uint8Array, isLeaf: boolean): Uint8Array {
  const isOdd = nibbles.length % 2 === 1;
  const flag = (isLeaf ? LEAF_FLAG : 0) + (isOdd ? ODD_FLAG : 0);
  const path = isOdd
    ? concatBytes(Uint8Array.of(flag), nibbles)
    : concatBytes(Uint8Array.of(flag, 0), nibbles);
  const bytes = new Uint8Array(path.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = ((path[2 * i] as number) << 4) | (path[2 * i + 1] as number);
  }
  return bytes;
}

/** The inverse of `encodePath`. */
export function decodePath(bytes: Uint8Array): {
  readonly nibbles: Uint8Array;
  readonly isLeaf: boolean;
} {
  const nibbles = nibblesOf(bytes);
  const flag = nibbles[0] ?? 0;
  return {
    nibbles: nibbles.subarray((flag & ODD_FLAG) === 0 ? 2 : 1),
    isLeaf: (flag & LEAF_FLAG) !== 0,
  };
}
