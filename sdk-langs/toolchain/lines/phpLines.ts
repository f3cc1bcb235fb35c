import { POSITIONS_PER_LINE, phpFunctions } from "@delchain/runtime";
import type { JoinedPhp } from "../php/joinPhp.ts";
import { phpEngine } from "../php/phpEngine.ts";
import {
  type LineRow,
  type NamedFunction,
  type SourceLines,
  sourceLinesOf,
} from "./sourceLines.ts";

/** The lines of a joined source, as the interpreter compiles it: all that have code, whether they run or not. */
export function phpLines(source: Uint8Array, joined: JoinedPhp): SourceLines {
  const placeOf = placesIn(joined);
  const rows = new Map<number, LineRow>();
  const functions = phpFunctions(source, phpEngine()).map((one): NamedFunction => {
    for (const line of one.lines) {
      rows.set(line, { position: line * POSITIONS_PER_LINE, ...placeOf(line) });
    }
    const { file, line } = placeOf(one.firstLine);
    return { name: one.name, file, line, lastLine: line + one.lastLine - one.firstLine };
  });
  const sorted = [...rows.values()].sort((left, right) => left.position - right.position);
  return sourceLinesOf([{ code: source, rows: sorted }], functions);
}

/** From a line of the whole source, as `encodeJoined` writes it, to its file and line there. */
function placesIn({ files }: JoinedPhp): (line: number) => { file: string; line: number } {
  // The tag is the first line of the whole, and before each file one names it.
  let last = 1;
  const parts = [...files].map(([file, { text }]) => {
    const first = last + 2;
    last = first + text.split("\n").length - 1;
    return { file, first };
  });
  return (line) => {
    const part = parts.findLast(({ first }) => first <= line);
    if (part === undefined) throw new Error(`the source has no file at its line ${line}`);
    return { file: part.file, line: line - part.first + 1 };
  };
}
