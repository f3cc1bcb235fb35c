import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

// The table in sdk-langs/README.md promises names; each must be in the SDK of its column.

const SDK = new URL("../../sdk-langs/", import.meta.url);

function sources(folder: string): string {
  const url = new URL(folder, SDK);
  return readdirSync(url)
    .map((name) => readFileSync(new URL(name, url), "utf8"))
    .join("\n");
}

const COLUMNS: Readonly<{ [heading: string]: string }> = {
  "C (wasm)": sources("c/delchain/"),
  AssemblyScript: sources("assemblyscript/assembly/"),
  "C (container)": sources("c/container/"),
  PHP: sources("php/src/"),
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
