import { table } from "@delchain/cli";
import type { Row } from "./row.ts";

const HEAD: readonly string[] = [
  "contract",
  "language",
  "tier",
  "driver",
  "address",
  "call",
  "gas",
  "ordered",
  "result",
  "result hash",
];

/** The rows as a table; under it what each call answered, and what was left out and why. */
export function printTable(rows: readonly Row[], write: (text: string) => void): void {
  const cells = rows.map((row) => [
    row.contract,
    row.language,
    row.tier,
    row.driver,
    row.status === "ok" ? row.address : row.status,
    row.call,
    row.gas === null ? "" : String(row.gas),
    row.orderedIn === null ? "" : `block ${row.orderedIn}`,
    row.resultIn === null ? "" : `block ${row.resultIn}`,
    shortened(row.resultHash),
  ]);
  write(`\n${table(HEAD, cells)}\n`);
  for (const { contract, language, tier, result, status } of rows) {
    const mark = status === "ok" ? "" : `${status}: `;
    write(`${contract} in ${language} (${tier}): ${mark}${result}`);
  }
}

/** Both ends, which is what people compare. */
function shortened(hash: string): string {
  return hash.length > 20 ? `${hash.slice(0, 10)}…${hash.slice(-6)}` : hash;
}
