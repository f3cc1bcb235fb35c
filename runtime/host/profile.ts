import type { Address } from "../types/address.ts";
import type { Hash } from "../types/hash.ts";

/**
 * Where a call went and what it cost there. Gas is in ink (10,000 to a gas), so that sums are exact: `selfInk` over
 * all lines of all codes is the gas limit of the first frame less what it left.
 */
export type CallProfile = {
  /** Paid before the first frame began. */
  readonly intrinsicGas: bigint;
  /** Given back at the end (EIP-3529). */
  readonly refundedGas: bigint;
  /**
   * Added at the end, where all of it was less than calldata costs at least (EIP-7623). A receipt's gas is intrinsic, the
   * lines' and this, less what is given back.
   */
  readonly floorGas: bigint;
  readonly codes: readonly CodeProfile[];
  /** The frames that failed, innermost first, when the call failed. */
  readonly failure: readonly FailedFrame[];
};

export type CodeProfile = {
  /** Place in the list of line tables that the query came with; `undefined` for code that has none. */
  readonly table: number | undefined;
  /** Where it lay first; the zero address while it was being created. */
  readonly address: Address;
  readonly frames: number;
  readonly lines: readonly LineProfile[];
};

export type LineProfile = {
  /** 0: around the developer's lines, such as the price of an instance. */
  readonly line: number;
  /** How often the instruction of the line ran that ran most. */
  readonly hits: number;
  readonly selfInk: number;
  /** With the calls of other contracts that it made. */
  readonly totalInk: number;
};

export type FailedFrame = {
  readonly table: number | undefined;
  readonly address: Address;
  /** The developer's line that ran last; 0 when nobody knows. */
  readonly line: number;
};

/**
 * Where code says that it has come to. A segment runs as a whole and is paid for at its start: `inks` has the price of
 * the instruction at each of `positions`. The other kinds stand within a segment, before the last of their
 * `positions`, which are the segment's up to there; a call is one that may lead to the module's own code.
 */
export type Mark = {
  readonly kind: "segment" | "within" | "call";
  readonly positions: readonly number[];
  readonly inks: readonly number[];
};

/** What a tier tells of the frame that it runs, when a query asks for a profile. */
export interface FrameProfiler {
  /** The frame runs this code, and has these marks; without them, what it reaches are positions. */
  enter(codeHash: Hash, marks?: readonly Mark[]): void;
  /** It has come to a mark, by its place in the list, with so much ink left. */
  reach(mark: number, ink: number): void;
  /** What runs from here on is nothing that a line of the developer's led to, such as encoding what it returned. */
  leave(ink: number): void;
  /** The developer's line that runs now; 0 when nobody knows. */
  readonly line: number;
  /** What was just paid for something that a line asked for earlier, such as a write that waited. */
  chargeTo(line: number, ink: number): void;
}
