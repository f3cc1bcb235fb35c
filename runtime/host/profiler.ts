import { type Address, ZERO_ADDRESS } from "../types/address.ts";
import { equalBytes } from "../types/bytes.ts";
import { assert } from "../types/errors.ts";
import type { Hash } from "../types/hash.ts";
import { findTable, findTableOf, type LineTable, lineAt } from "./lineTable.ts";
import { INK_PER_GAS } from "./meter.ts";
import type {
  CallProfile,
  CodeProfile,
  FailedFrame,
  FrameProfiler,
  LineProfile,
  Mark,
} from "./profile.ts";

/** What is known of one code: its lines' gas, and how often each of its marks was reached. */
class CodeRecord {
  readonly table: number | undefined;
  readonly address: Address;
  frames = 0;
  /** Of code that has none (the EVM's and PHP's), a mark is a position. */
  marks: readonly Mark[] | undefined;
  readonly #lines: LineTable | undefined;
  // Positions of PHP are far apart.
  readonly #linesOfMark = new Map<number, readonly number[]>();
  readonly #hits = new Map<number, number>();
  readonly #ink = new Map<number, { self: number; total: number }>();

  constructor(table: number | undefined, lines: LineTable | undefined, address: Address) {
    this.table = table;
    this.#lines = lines;
    this.address = address;
  }

  hit(mark: number): void {
    this.#hits.set(mark, (this.#hits.get(mark) ?? 0) + 1);
  }

  credit(line: number, self: number, total: number): void {
    const ink = this.#ink.get(line);
    if (ink === undefined) this.#ink.set(line, { self, total });
    else {
      ink.self += self;
      ink.total += total;
    }
  }

  linesOf(mark: number): readonly number[] {
    const known = this.#linesOfMark.get(mark);
    if (known !== undefined) return known;
    const table = this.#lines;
    const positions = this.marks === undefined ? [mark] : (this.marks[mark]?.positions ?? []);
    const lines =
      table === undefined ? positions.map(() => 0) : positions.map((at) => lineAt(table, at));
    this.#linesOfMark.set(mark, lines);
    return lines;
  }

  profile(): CodeProfile {
    const hits = new Map<number, number>();
    for (const [mark, count] of this.#hits) {
      for (const line of this.linesOf(mark)) hits.set(line, Math.max(hits.get(line) ?? 0, count));
    }
    const all = new Set([...hits.keys(), ...this.#ink.keys()]);
    const lines = [...all]
      .sort((left, right) => left - right)
      .map((line): LineProfile => {
        const { self, total } = this.#ink.get(line) ?? { self: 0, total: 0 };
        return { line, hits: hits.get(line) ?? 0, selfInk: self, totalInk: total };
      });
    return { table: this.table, address: this.address, frames: this.frames, lines };
  }
}

type OpenFrame = {
  readonly address: Address;
  readonly limit: number;
  record: CodeRecord | undefined;
  /** What was left when it was last heard of. */
  ink: number;
  /** Used by frames that it opened since then. */
  nestedInk: number;
  /** The segment that runs and is not accounted for. */
  segment: number | undefined;
  /** The developer's line that ran last. */
  line: number;
  /** The line that the segment ends with. */
  nextLine: number;
  /** The line that ran before the frame left them all. */
  leftLine: number;
  /** The frame that it opened last, if that failed. */
  failed: Failed | undefined;
};

type Failed = { readonly output: Uint8Array; readonly frames: readonly FailedFrame[] };

/**
 * Puts together the profile of one query from what the tiers tell while it runs. Between two marks, what was paid up
 * front goes to the instructions that it was for, and the rest (the price of a call of the host) to the first mark.
 * Code that is none of the developer's counts for the line that led there.
 */
export class Profiler implements FrameProfiler {
  readonly #tables: readonly LineTable[];
  readonly #records = new Map<string, CodeRecord>();
  readonly #tableAt = new Map<Address, number | undefined>();
  readonly #open: OpenFrame[] = [];
  #root: { readonly limit: number; readonly used: number } = { limit: 0, used: 0 };
  #failure: readonly FailedFrame[] = [];

  constructor(tables: readonly LineTable[]) {
    this.#tables = tables;
  }

  /** `address` is zero for a creation, whose own is not known yet. */
  open(address: Address, gas: number): void {
    const ink = gas * INK_PER_GAS;
    this.#open.push({
      address,
      limit: ink,
      record: undefined,
      ink,
      nestedInk: 0,
      segment: undefined,
      line: 0,
      nextLine: 0,
      leftLine: 0,
      failed: undefined,
    });
  }

  /** The innermost frame runs this code, whose marks are its positions. */
  code(code: Uint8Array): void {
    const frame = this.#innermost();
    const isCreation = frame.address === ZERO_ADDRESS;
    const known = !isCreation && this.#tableAt.has(frame.address);
    const table = known
      ? this.#tableAt.get(frame.address)
      : findTable(this.#tables, code, isCreation);
    if (!isCreation) this.#tableAt.set(frame.address, table);
    this.#assign(frame, table, undefined);
  }

  enter(codeHash: Hash, marks?: readonly Mark[]): void {
    this.#assign(this.#innermost(), findTableOf(this.#tables, codeHash), marks);
  }

  reach(mark: number, ink: number): void {
    const frame = this.#innermost();
    this.#settle(frame, ink);
    const { record } = frame;
    if (record === undefined) return;
    record.hit(mark);
    const kind = record.marks?.[mark]?.kind;
    if (kind === "segment") {
      frame.line = frame.nextLine;
      frame.segment = mark;
      return;
    }
    for (const line of record.linesOf(mark)) if (line !== 0) frame.line = line;
    // What follows a call need not be the rest of the segment.
    if (kind !== "within") frame.nextLine = frame.line;
  }

  leave(ink: number): void {
    const frame = this.#innermost();
    this.#settle(frame, ink);
    frame.leftLine = frame.line;
    frame.line = 0;
    frame.nextLine = 0;
  }

  get line(): number {
    return this.#innermost().line;
  }

  chargeTo(line: number, ink: number): void {
    const frame = this.#innermost();
    frame.record?.credit(line, ink, ink);
    frame.ink -= ink;
  }

  close(status: "success" | "revert" | "halt", gasLeft: number, output: Uint8Array): void {
    const frame = this.#innermost();
    // Precompiles and accounts without code have run nothing that anybody told of.
    if (frame.record === undefined) this.#assign(frame, undefined, undefined);
    const endsSegment = frame.segment !== undefined;
    this.#settle(frame, gasLeft * INK_PER_GAS);
    if (endsSegment) frame.line = frame.nextLine;
    this.#open.pop();
    (frame.record as CodeRecord).frames++;
    const failed = status === "success" ? undefined : failedFrames(frame, output);
    const parent = this.#open.at(-1);
    const used = frame.limit - gasLeft * INK_PER_GAS;
    if (parent !== undefined) {
      parent.nestedInk += used;
      parent.failed = failed;
      return;
    }
    this.#root = { limit: frame.limit, used };
    this.#failure = failed?.frames ?? [];
  }

  /** `gasLimit` and `gasUsed` are the transaction's. */
  finish(gasLimit: bigint, gasUsed: bigint): CallProfile {
    const { limit, used } = this.#root;
    const intrinsicGas = gasLimit - BigInt(limit / INK_PER_GAS);
    const difference = intrinsicGas + BigInt(used / INK_PER_GAS) - gasUsed;
    return {
      intrinsicGas,
      refundedGas: difference > 0n ? difference : 0n,
      floorGas: difference < 0n ? -difference : 0n,
      // Another tier's code is first seen as what the EVM keeps of it, and runs as its own.
      codes: [...this.#records.values()]
        .filter(({ frames }) => frames > 0)
        .map((record) => record.profile()),
      failure: this.#failure,
    };
  }

  #innermost(): OpenFrame {
    const frame = this.#open.at(-1);
    assert(frame !== undefined, "what is profiled runs in a frame");
    return frame;
  }

  #assign(frame: OpenFrame, table: number | undefined, marks: readonly Mark[] | undefined): void {
    // One code at many addresses is one program to whoever wrote it.
    const key = table === undefined ? frame.address : String(table);
    let record = this.#records.get(key);
    if (record === undefined) {
      const lines = table === undefined ? undefined : this.#tables[table];
      record = new CodeRecord(table, lines, frame.address);
      this.#records.set(key, record);
    }
    record.marks ??= marks;
    frame.record = record;
  }

  /** Accounts for what was used since the last mark. */
  #settle(frame: OpenFrame, ink: number): void {
    const { record, segment } = frame;
    let rest = frame.ink - ink;
    if (record !== undefined && segment !== undefined) rest -= creditSegment(frame, record, rest);
    if (rest !== 0) record?.credit(frame.line, rest - frame.nestedInk, rest);
    frame.ink = ink;
    frame.nestedInk = 0;
    frame.segment = undefined;
  }
}

/** Answers what the segment that runs was paid: nothing if that was more than there was. */
function creditSegment(frame: OpenFrame, record: CodeRecord, spent: number): number {
  const mark = frame.segment as number;
  const inks = record.marks?.[mark]?.inks ?? [];
  const price = inks.reduce((sum, ink) => sum + ink, 0);
  const isPaid = price <= spent;
  frame.nextLine = frame.line;
  record.linesOf(mark).forEach((line, i) => {
    if (line !== 0) frame.nextLine = line;
    const ink = inks[i] as number;
    if (isPaid && ink > 0) record.credit(frame.nextLine, ink, ink);
  });
  return isPaid ? price : 0;
}

/** A frame that fails with what the one above it failed with has passed it on, and the fault lies there. */
function failedFrames(frame: OpenFrame, output: Uint8Array): Failed {
  const { failed, address, record } = frame;
  // What makes an answer of a fault runs after it.
  const line = frame.line === 0 ? frame.leftLine : frame.line;
  const passed = failed !== undefined && equalBytes(failed.output, output) ? failed.frames : [];
  return { output, frames: [...passed, { table: record?.table, address, line }] };
}
