import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { functionAt, loadProjectLines } from "@delchain/toolchain";
import { color, type Output, table, terminalWidth } from "../output.ts";
import { profileSumOf } from "./profileSum.ts";

/** How often each line of a file ran that has code in a function, over all contracts that it is part of. */
export type FileCoverage = {
  readonly file: string;
  readonly lines: Readonly<Record<number, number>>;
  readonly functions: readonly {
    readonly name: string;
    readonly line: number;
    readonly hits: number;
  }[];
};

const FOLDER = "coverage";
const LCOV = "lcov.info";

/** By file. Code outside of functions is what compilers add, and nobody tests. */
export function coverageOf(root: string, recorded: readonly unknown[]): readonly FileCoverage[] {
  const project = loadProjectLines(root);
  const sum = profileSumOf(recorded);
  const files = new Map<string, FileHits>();
  for (const [contract, source] of project.contracts) {
    source.places.forEach(([file, line], i) => {
      const found = functionAt(source, i + 1);
      if (found === undefined) return;
      const name = source.files[file] as string;
      const known: FileHits = files.get(name) ?? { lines: {}, functions: new Map() };
      files.set(name, known);
      const [hits] = sum[contract]?.lines[i + 1] ?? [0];
      known.lines[line] = (known.lines[line] ?? 0) + hits;
      const before = known.functions.get(found.line);
      const most = Math.max(before?.hits ?? 0, known.lines[line]);
      known.functions.set(found.line, { name: found.name, hits: most });
    });
  }
  return [...files]
    .map(([file, { lines, functions }]) => ({ file, lines, functions: listOf(functions) }))
    .sort((left, right) => (left.file < right.file ? -1 : 1));
}

/** By the function's first line. */
type FunctionHits = Map<number, { readonly name: string; readonly hits: number }>;

type FileHits = { readonly lines: Record<number, number>; readonly functions: FunctionHits };

function listOf(functions: FunctionHits): FileCoverage["functions"] {
  return [...functions]
    .map(([line, { name, hits }]) => ({ name, line, hits }))
    .sort((left, right) => left.line - right.line);
}

/** For editors and services: `coverage/lcov.info`, as geninfo's manual describes it. */
export function saveLcov(root: string, coverage: readonly FileCoverage[]): void {
  const records = coverage.map(({ file, lines, functions }) => {
    const counts = Object.entries(lines);
    return [
      `SF:${file}`,
      ...functions.map(({ name, line }) => `FN:${line},${name}`),
      ...functions.map(({ name, hits }) => `FNDA:${hits},${name}`),
      `FNF:${functions.length}`,
      `FNH:${functions.filter(({ hits }) => hits > 0).length}`,
      ...counts.map(([line, hits]) => `DA:${line},${hits}`),
      `LF:${counts.length}`,
      `LH:${counts.filter(([, hits]) => hits > 0).length}`,
      "end_of_record\n",
    ].join("\n");
  });
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(join(root, FOLDER, LCOV), records.join(""));
}

export function printCoverage(coverage: readonly FileCoverage[], output: Output): void {
  const rows = coverage.map(({ file, lines, functions }) => {
    const missed = Object.entries(lines).filter(([, hits]) => hits === 0);
    const all = Object.keys(lines).length;
    const ran = functions.filter(({ hits }) => hits > 0).length;
    return [
      file,
      share(all - missed.length, all),
      share(ran, functions.length),
      rangesOf(missed.map(([line]) => Number(line))),
    ];
  });
  output.line(`\n${color.bold("Coverage")}`);
  const head = ["file", "lines", "functions", "lines that never ran"];
  output.line(table(head, rows, terminalWidth()));
}

function share(part: number, whole: number): string {
  return whole === 0 ? "none" : `${Math.floor((100 * part) / whole)} % of ${whole}`;
}

/** `3-5, 9` */
function rangesOf(lines: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const line of lines) {
    const open = ranges.at(-1);
    if (open?.last === line - 1) open.last = line;
    else ranges.push({ first: line, last: line });
  }
  return ranges
    .map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`))
    .join(", ");
}
