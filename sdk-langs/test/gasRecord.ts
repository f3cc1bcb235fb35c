import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder that `delchain test` collects gas from; without it nothing is written. */
const FOLDER_VARIABLE = "DELCHAIN_GAS_FOLDER";

/** Gas of the transactions of this process, by `Contract.function`. */
const used = new Map<string, number[]>();

export function recordGas(contract: string, name: string, gas: bigint): void {
  const key = `${contract}.${name}`;
  const list = used.get(key) ?? [];
  used.set(key, list);
  list.push(Number(gas));
}

/** Writes what this process used so far, for the report over all of them. */
export function saveGas(): void {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined || used.size === 0) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(Object.fromEntries(used)));
}
