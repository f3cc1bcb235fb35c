import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { CONTAINER_PRICES } from "../../runtime/container/prices.ts";
import { PRICES } from "../../runtime/host/prices.ts";
import { PHP_PRICES } from "../../runtime/php/prices.ts";
import { HOOK_PRICES } from "../../runtime/wasm/hookPrices.ts";

// The table in sdk-langs/README.md promises names; each must be in the SDK of its column.

const SDK = new URL("../../sdk-langs/", import.meta.url);

function sources(...folders: readonly string[]): string {
  return folders
    .map((folder) => new URL(folder, SDK))
    .flatMap((url) =>
      readdirSync(url, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => new URL(name, url)),
    )
    .map((url) => readFileSync(url, "utf8"))
    .join("\n");
}

const COLUMNS: Readonly<{ [heading: string]: string }> = {
  "C (wasm)":
    sources("c/delchain/", "c/shared/") + readFileSync(new URL("c/delchain.h", SDK), "utf8"),
  AssemblyScript: sources("assemblyscript/assembly/", "assemblyscript/transform/"),
  "Java (wasm)": sources("java/src/org/delchain/"),
  "C (container)": sources("c/container/", "c/shared/"),
  PHP: sources("php/src/"),
  TypeScript: sources("node/"),
};

function cells(line: string): string[] {
  return line.split("|").map((cell) => cell.trim());
}

/** `Host::get` and `message.sender()` are there when each of their words is. */
function isNamed(name: string, text: string): boolean {
  return name
    .split(/::|\.|[^\w]/)
    .filter((word) => word !== "")
    .every((word) => new RegExp(`\\b${word}\\b`).test(text));
}

test("every name in the table of the host API is in its SDK", () => {
  const page = readFileSync(new URL("README.md", SDK), "utf8");
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith("| what |"));
  const headings = cells(lines[start] ?? "");
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  const rows = lines.slice(start + 2, end);
  const missing = rows.flatMap((row) =>
    cells(row).flatMap((cell, column) => {
      const heading = headings[column] ?? "";
      const text = COLUMNS[heading];
      if (text === undefined) return [];
      return [...cell.matchAll(/`([^`]+)`/g)]
        .map(([, name]) => name as string)
        .filter((name) => !isNamed(name, text))
        .map((name) => `${heading}: ${name}`);
    }),
  );
  assert.ok(rows.length > 20);
  assert.deepEqual(missing, []);
});

test("the table's prices are those of the price lists", () => {
  const page = readFileSync(new URL("README.md", SDK), "utf8");
  const priceOf = (what: string): string =>
    cells(page.split("\n").find((line) => line.startsWith(`| ${what} |`)) ?? "")[2] ?? "";
  const gas = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  const { storageColdLoad, storageWarmLoad, storageStore, transientStorage } = PRICES;
  const { logBase, logTopic, logByte, accountCold, accountWarm, keccakBase, keccakWord } = PRICES;
  const { sha256Base, sha256Word } = CONTAINER_PRICES;
  const expected: Readonly<Record<string, string>> = {
    "storage, read": `${gas(storageColdLoad)} cold, ${storageWarmLoad} warm`,
    "storage, written": `the EVM's; container ${gas(storageStore)}`,
    "transient storage": gas(transientStorage),
    caller: gas(PRICES.contextRead),
    calldata: `${PRICES.copyWord} a word`,
    balance: `${gas(accountCold)} cold, ${accountWarm} warm`,
    create: `the EVM's, ${PRICES.deployByte} a byte of our tiers' code`,
    log: `${logBase}, ${logTopic} a topic, ${logByte} a byte`,
    "checked arithmetic, 256 bits": `instructions; division ${HOOK_PRICES.mathDivide}`,
    "keccak-256": `${keccakBase} and ${keccakWord} a word`,
    "sha-256": `${sha256Base} and ${sha256Word} a word`,
  };
  for (const [what, price] of Object.entries(expected)) assert.equal(priceOf(what), price, what);
  const below = page.replace(/\s+/g, " ");
  const { small, large } = CONTAINER_PRICES.call;
  for (const sentence of [
    `costs ${HOOK_PRICES.hook} gas more in the WebAssembly tier (a cached write ${HOOK_PRICES.storageCache})`,
    `and ${gas(CONTAINER_PRICES.hostCall)} more in a container`,
    `begins with ${gas(HOOK_PRICES.frame)} gas for its instance`,
    `(${gas(PHP_PRICES.frame)} in PHP, whose messages cost ${PHP_PRICES.message} each)`,
    `${gas(small)} to ${gas(large)} by its class`,
  ]) {
    assert.ok(below.includes(sentence), sentence);
  }
});
