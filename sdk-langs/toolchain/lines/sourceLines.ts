import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keccak256, type LineTable } from "@delchain/runtime";
import { OUT } from "../buildOutput.ts";

/**
 * What a debugger wants to know of a contract, and a chain does not: which line each position of its codes comes from.
 * Lies in a file of its own beside the output and changes no byte of what is deployed.
 */
export type SourceLines = {
  /** The developer's files, by their paths in the project or its packages. */
  readonly files: readonly string[];
  /** Functions by the line that they begin in. */
  readonly functions: readonly SourceFunction[];
  /** What the tables number from 1: a file by its place in `files`, and its line from 1. */
  readonly places: readonly (readonly [file: number, line: number])[];
  readonly codes: readonly LineTable[];
};

export type SourceFunction = {
  readonly name: string;
  readonly file: number;
  readonly line: number;
  /** Its last line; `undefined` where the compiler does not say, and it goes on to the next. */
  readonly lastLine?: number;
};

/** A position from which a line goes on: none of the developer's when there is no file. */
export type LineRow = {
  readonly position: number;
  readonly file: string | undefined;
  readonly line: number;
};

/** One code of a contract, as the chain will see it. */
export type LinedCode = {
  readonly code: Uint8Array;
  readonly gaps?: LineTable["gaps"];
  /** By position, ascending. */
  readonly rows: readonly LineRow[];
};

export type NamedFunction = Omit<SourceFunction, "file"> & { readonly file: string };

/** Puts the lines of a contract's codes together; functions in files that have no lines are left out. */
export function sourceLinesOf(
  codes: readonly LinedCode[],
  functions: readonly NamedFunction[],
): SourceLines {
  const files: string[] = [];
  const places: [number, number][] = [];
  const known = new Map<string, number>();
  const fileOf = (file: string): number => {
    const at = files.indexOf(file);
    return at < 0 ? files.push(file) - 1 : at;
  };
  const placeOf = ({ file, line }: LineRow): number => {
    if (file === undefined || line === 0) return 0;
    const key = `${line} ${file}`;
    const place = known.get(key) ?? places.push([fileOf(file), line]);
    known.set(key, place);
    return place;
  };
  const tables = codes.map(({ code, gaps = [], rows }): LineTable => {
    const starts: number[] = [];
    const lines: number[] = [];
    for (const row of rows) {
      const line = placeOf(row);
      if (line === (lines.at(-1) ?? 0)) continue;
      if (row.position === starts.at(-1)) lines[lines.length - 1] = line;
      else {
        starts.push(row.position);
        lines.push(line);
      }
    }
    return { length: code.length, hash: keccak256(code), gaps, starts, lines };
  });
  const own = functions
    .filter(({ file }) => files.includes(file))
    .map((one) => ({ ...one, file: files.indexOf(one.file) }))
    .sort((left, right) => left.file - right.file || left.line - right.line);
  return { files, functions: own, places, codes: tables };
}

/** The function that a line lies in; `undefined` for one outside of all. */
export function functionAt(
  { functions, places }: SourceLines,
  place: number,
): SourceFunction | undefined {
  const [file, line] = places[place - 1] ?? [-1, 0];
  const before = functions.filter((one) => one.file === file && one.line <= line);
  // Of functions within one another, the inner one begins later.
  return before.findLast(({ lastLine }) => lastLine === undefined || lastLine >= line);
}

const FOLDER = join(OUT, "lines");

export function linesPath(root: string, name: string): string {
  return join(root, FOLDER, `${name}.json`);
}

export function encodeLines(lines: SourceLines): string {
  return `${JSON.stringify(lines)}\n`;
}

export function saveLines(root: string, name: string, lines: SourceLines | undefined): void {
  if (lines === undefined) {
    rmSync(linesPath(root, name), { force: true });
    return;
  }
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(linesPath(root, name), encodeLines(lines));
}

/** `undefined` for a contract whose language has no lines. */
export function loadLines(root: string, name: string): SourceLines | undefined {
  const path = linesPath(root, name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as SourceLines) : undefined;
}
