import { table, tableWidth } from "@delchain/cli";
import type { Row } from "./row.ts";

type Column = { readonly title: string; readonly cell: (row: Row) => string };
type Layout = { readonly wrapsLast: boolean; readonly columns: readonly Column[] };

const contract = column("contract", (row) => row.contract);
const language = column("language", (row) => row.language);
const tier = column("tier", (row) => row.tier);
const driver = column("driver", (row) => row.driver);
const contractAndLanguage = column("contract", (row) => `${row.contract}, ${row.language}`);
// A call across tiers names its tiers, and each has one driver.
const tierAndDriver = column("runs in", (row) =>
  row.tier.includes(",") ? row.tier : `${row.tier}/${row.driver}`,
);
const call = column("call", (row) => row.call);
const result = column("result", (row) => (row.status === "ok" ? row.result : explained(row)));
const gas = column("gas", ({ gas: used }) => (used === null ? "" : String(used)));
const orderedIn = column("ordered in", (row) => block(row.orderedIn));
const resultIn = column("result in", (row) => block(row.resultIn));
const blocks = column("block", (row) =>
  row.orderedIn === row.resultIn ? block(row.orderedIn) : `${row.orderedIn}-${row.resultIn}`,
);
const address = (ends: number) => column("address", (row) => shortened(row.address, ends));
const hash = (ends: number) => column("result hash", (row) => shortened(row.resultHash, ends));

/** Enough of a hash to compare by eye; and what is left of one on a small terminal. */
const LONG = 8;
const SHORT = 4;
const WHOLE = 64;

const END = [gas, orderedIn, resultIn];

const ANSWERS: Layout = { wrapsLast: true, columns: [contractAndLanguage, call, result] };

/** From the widest to the narrowest; what does not fit beside the rest comes in a second table. */
const LAYOUTS: readonly (readonly Layout[])[] = [
  [one(contract, language, tier, driver, address(WHOLE), call, result, ...END, hash(WHOLE))],
  [one(contract, language, tier, driver, address(SHORT), call, result, ...END, hash(SHORT))],
  [one(contract, language, tier, driver, address(WHOLE), ...END, hash(LONG)), ANSWERS],
  [one(contractAndLanguage, tierAndDriver, address(WHOLE), gas, blocks, hash(SHORT)), ANSWERS],
  [one(contractAndLanguage, tierAndDriver, address(SHORT), gas, blocks, hash(SHORT)), ANSWERS],
];

/** The rows as a table that is at most `width` wide, or two where one has no room. */
export function tourTable(rows: readonly Row[], width: number): string {
  const fits = (layout: Layout) =>
    layout.wrapsLast || tableWidth(titles(layout), cells(layout, rows)) <= width;
  const layouts = LAYOUTS.find((tables) => tables.every(fits)) ?? LAYOUTS.at(-1) ?? [];
  return layouts
    .map((layout) =>
      table(titles(layout), cells(layout, rows), layout.wrapsLast ? width : undefined),
    )
    .join("\n\n");
}

function column(title: string, cell: (row: Row) => string): Column {
  return { title, cell };
}

function one(...columns: readonly Column[]): Layout {
  return { wrapsLast: false, columns };
}

function titles({ columns }: Layout): readonly string[] {
  return columns.map(({ title }) => title);
}

function cells({ columns }: Layout, rows: readonly Row[]): readonly (readonly string[])[] {
  return rows.map((row) => columns.map(({ cell }) => cell(row)));
}

function block(number: number | null): string {
  return number === null ? "" : String(number);
}

function explained({ status, result: reason }: Row): string {
  return `${status}: ${reason}`;
}

/** Both ends, which is what people compare. */
function shortened(hex: string, ends: number): string {
  const digits = hex.length - 2;
  return digits <= ends * 2 ? hex : `${hex.slice(0, 2 + ends)}…${hex.slice(-ends)}`;
}
