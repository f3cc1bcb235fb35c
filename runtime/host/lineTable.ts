import type { Hash } from "../types/hash.ts";
import { keccak256 } from "../types/hash.ts";

/** Which lines the positions of one code belong to: what a build knows and a chain does not. */
export type LineTable = {
  /** Bytes of the code; what is appended to a creation's code lies behind them. */
  readonly length: number;
  /** keccak-256 of the code with its gaps zeroed. */
  readonly hash: Hash;
  /** What is filled in at deployment, such as immutable values: first byte and count of each stretch. */
  readonly gaps: readonly (readonly [start: number, length: number])[];
  /** Positions, ascending: each begins a stretch that goes on to the next. */
  readonly starts: readonly number[];
  /** The line of each stretch, as whoever made the table numbers them; 0 is none of the developer's. */
  readonly lines: readonly number[];
};

/** The line that a position belongs to; 0 when nobody knows. */
export function lineAt({ starts, lines }: LineTable, position: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= position) low = middle + 1;
    else high = middle;
  }
  return lines[low - 1] ?? 0;
}

/** The place of the table that was made for this code, in a list; `undefined` when there is none. */
export function findTable(
  tables: readonly LineTable[],
  code: Uint8Array,
  isCreation: boolean,
): number | undefined {
  const found = tables.findIndex(({ length, hash, gaps }) => {
    if (isCreation ? code.length < length : code.length !== length) return false;
    const bare = code.slice(0, length);
    for (const [start, count] of gaps) bare.fill(0, start, start + count);
    return keccak256(bare) === hash;
  });
  return found < 0 ? undefined : found;
}

/** The same by the hash of the whole code. */
export function findTableOf(tables: readonly LineTable[], codeHash: Hash): number | undefined {
  const found = tables.findIndex(({ hash, gaps }) => hash === codeHash && gaps.length === 0);
  return found < 0 ? undefined : found;
}
