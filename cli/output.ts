import pc from "picocolors";

/** Where a command writes: standard output for its answer, standard error for all that is about it. */
export type Output = {
  /** One line of the answer. */
  readonly line: (text?: string) => void;
  /** The whole answer for a program: one JSON document on one line. */
  readonly json: (value: unknown) => void;
  /** A remark to the person at the terminal. */
  readonly note: (text: string) => void;
};

export const terminal: Output = {
  line: (text = "") => void process.stdout.write(`${text}\n`),
  json: (value) => void process.stdout.write(`${JSON.stringify(value, plain)}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

/** bigint as decimal text: JSON's numbers end at 2^53. */
function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

export type Colors = Pick<
  ReturnType<typeof pc.createColors>,
  "bold" | "dim" | "green" | "red" | "yellow" | "cyan"
>;

/** For the answer, and for remarks: either may go to a file while the other goes to a terminal. */
export const color: Colors = pc.createColors(isColored(process.stdout));
export const noteColor: Colors = pc.createColors(isColored(process.stderr));

/** Only on a terminal that has not been told otherwise (no-color.org, force-color.org). */
function isColored(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0";
  return stream.isTTY === true && TERM !== "dumb";
}

/** Columns of the terminal, or what COLUMNS says; a file takes lines of any length. */
export function terminalWidth(): number {
  const told = Number(process.env.COLUMNS);
  return process.stdout.columns ?? (told > 0 ? told : Number.POSITIVE_INFINITY);
}

const GAP = "  ";

/** A last column narrower than this is not worth wrapping into. */
const WRAPPED_MIN = 24;

/** How wide `table` would be with nothing wrapped. */
export function tableWidth(head: readonly string[], rows: readonly (readonly string[])[]): number {
  return sum(widthsOf(head, rows)) + GAP.length * (head.length - 1);
}

/**
 * Columns as wide as their widest cell. With a `width`, the last column is broken between words to stay in it.
 * Cells are plain text.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number = Number.POSITIVE_INFINITY,
): string {
  const widths = widthsOf(head, rows);
  const last = head.length - 1;
  const before = sum(widths.slice(0, last)) + GAP.length * last;
  const room = Math.max(WRAPPED_MIN, width - before);
  const render = (cells: readonly string[]): string => {
    const lines = wrapped(cells[last] ?? "", room);
    const first = cells.slice(0, last).map((cell, column) => cell.padEnd(widths[column] as number));
    const text = lines.map((line, i) => (i === 0 ? [...first, line].join(GAP) : pad(line, before)));
    return text.map((line) => line.trimEnd()).join("\n");
  };
  return [color.dim(render(head)), ...rows.map(render)].join("\n");
}

function pad(line: string, before: number): string {
  return " ".repeat(before) + line;
}

function widthsOf(head: readonly string[], rows: readonly (readonly string[])[]): number[] {
  return head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** A word that is longer than the room stays whole: a path or a command must be copied in one piece. */
function wrapped(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
