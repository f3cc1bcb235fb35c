import { causeFunctions } from "./causeFunctions.ts";

/** A line of a contract's sources that is likely to bring a cause in. */
export type CausePlace = {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** What the language has in its place. */
  readonly instead: string | undefined;
};

/** A person reads so many; more of them say that the search is of no use here. */
const PLACES_MAX = 3;
const COMMENT = /^\s*(?:\/\/|\/?\*|#(?!\s*(?:include|pragma)))/;

/**
 * The lines that call what a cause comes through, at most three, those first that follow the name of the function that
 * was called; comments are left out. `sources` are texts by file.
 */
export function causePlaces(
  cause: string,
  sources: ReadonlyMap<string, string>,
  called = "",
): readonly CausePlace[] {
  return [...sources]
    .flatMap(([file, source]) => placesIn(cause, file, source.split("\n"), called))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, PLACES_MAX)
    .map(({ distance: _, ...place }) => place);
}

type Candidate = CausePlace & { readonly distance: number };

function placesIn(
  cause: string,
  file: string,
  lines: readonly string[],
  called: string,
): readonly Candidate[] {
  const functions = causeFunctions(cause, file);
  if (functions === undefined) return [];
  const start = called === "" ? -1 : lines.findIndex((line) => names(line, called));
  return lines.flatMap((text, i): readonly Candidate[] => {
    if (COMMENT.test(text) || !functions.called.test(text)) return [];
    const distance = start >= 0 && i >= start ? i - start : Number.MAX_SAFE_INTEGER;
    return [{ file, line: i + 1, text: text.trim(), instead: functions.instead, distance }];
  });
}

/** Whether a line may declare a function: its name stands there before a bracket or a colon. */
function names(line: string, called: string): boolean {
  return !COMMENT.test(line) && new RegExp(`\\b${called}\\b\\s*[(:]`).test(line);
}
