import { readFileSync } from "node:fs";
import { join } from "node:path";
import { INK_PER_GAS } from "@delchain/runtime";
import { type ContractProfile, functionAt, type SourceLines } from "@delchain/toolchain";
import { color, type Output, table } from "../output.ts";

type LineGas = {
  readonly file: string;
  readonly line: number;
  readonly function: string | undefined;
  readonly hits: number;
  readonly self: number;
  /** With the calls of other contracts that it made. */
  readonly total: number;
};

export type ContractGas = {
  readonly contract: string;
  /** All that its code used. */
  readonly gas: number;
  /** Around the lines of each call: the price of an instance, of a module, of calldata; in PHP, what the SDK does. */
  readonly frames: number;
  readonly lines: readonly LineGas[];
};

/** A profile of a contract in gas, line by line. */
export function contractGas(
  contract: string,
  source: SourceLines,
  { frameInk, lines }: ContractProfile,
): ContractGas {
  const gasOf = (ink: number): number => Math.round(ink / INK_PER_GAS);
  const rows = Object.entries(lines).map(([place, [hits, self, total]]): LineGas => {
    const [file, line] = source.places[Number(place) - 1] as readonly [number, number];
    return {
      file: source.files[file] as string,
      line,
      function: functionAt(source, Number(place))?.name,
      hits,
      self: gasOf(self),
      total: gasOf(total),
    };
  });
  const ink = Object.values(lines).reduce((sum, [, self]) => sum + self, frameInk);
  return { contract, gas: gasOf(ink), frames: gasOf(frameInk), lines: rows };
}

/**
 * By function, then line by line with the source: each file from the first line that ran to the last, or the dearest
 * lines alone.
 */
export function printContract(
  root: string,
  { contract, gas: all, frames, lines }: ContractGas,
  { where, top }: { readonly where: string; readonly top?: number | undefined },
  output: Output,
): void {
  const share = (part: number): string => `${((100 * part) / all).toFixed(1)} %`;
  output.line(`\n${color.bold(contract)}: ${all} gas ${where}`);
  const functions = new Map<string, { self: number; total: number }>();
  for (const { function: name = "outside of functions", self, total } of lines) {
    const known = functions.get(name) ?? { self: 0, total: 0 };
    functions.set(name, { self: known.self + self, total: known.total + total });
  }
  const rows = [...functions]
    .sort(([, left], [, right]) => right.self - left.self)
    .map(([name, { self, total }]) => [name, `${self}`, share(self), `${total}`]);
  const start = ["beginning and ending calls", `${frames}`, share(frames), `${frames}`];
  output.line(table(["function", "gas", "share", "with calls"], [...rows, start]));
  const head = ["gas", "share", "with calls", "hits", "line"];
  if (top !== undefined) {
    const first = lines.toSorted((left, right) => right.total - left.total).slice(0, top);
    output.line("");
    output.line(
      table(
        head,
        first.map((one) => lineRow(one, share, textOf(root, one))),
      ),
    );
    return;
  }
  for (const file of new Set(lines.map((one) => one.file))) {
    output.line(`\n${color.bold(file)}`);
    output.line(table(head, listing(root, file, lines, share)));
  }
}

/** The part of a file that ran, with what it cost. */
function listing(
  root: string,
  file: string,
  all: readonly LineGas[],
  share: (gas: number) => string,
): readonly (readonly string[])[] {
  const lines = new Map(all.filter((one) => one.file === file).map((one) => [one.line, one]));
  const [first, last] = [Math.min(...lines.keys()), Math.max(...lines.keys())];
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const line = first + i;
    const known = lines.get(line);
    const text = textOf(root, { file, line });
    return known === undefined ? ["", "", "", "", text] : lineRow(known, share, text);
  });
}

function lineRow(
  { self, total, hits }: LineGas,
  share: (gas: number) => string,
  text: string,
): readonly string[] {
  return [`${self}`, share(self), total === self ? "" : `${total}`, `${hits}`, text];
}

function textOf(root: string, { file, line }: { readonly file: string; readonly line: number }) {
  return `${line}: ${sourceOf(root, file)[line - 1] ?? ""}`;
}

const sources = new Map<string, readonly string[]>();

/** Empty for a file of a package: its lines are told by number. */
function sourceOf(root: string, file: string): readonly string[] {
  let known = sources.get(file);
  if (known === undefined) {
    known = readLines(join(root, file)) ?? readLines(join(root, "node_modules", file)) ?? [];
    sources.set(file, known);
  }
  return known;
}

function readLines(path: string): readonly string[] | undefined {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return undefined;
  }
}
