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

// picocolors looks at the terminal, NO_COLOR and FORCE_COLOR by itself.
export const color: Pick<typeof pc, "bold" | "dim" | "green" | "red" | "yellow" | "cyan"> = pc;

/** Columns as wide as their widest cell; a cell's own width is what is seen of it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const render = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join("  ")
      .trimEnd();
  return [color.dim(render(head)), ...rows.map(render)].join("\n");
}
