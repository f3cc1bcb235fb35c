import assert from "node:assert/strict";
import { SourceMap } from "node:module";
import { test } from "node:test";
import { encodeSourceMap, type ModuleLines } from "./sourceMap.ts";

const LINES: ModuleLines = {
  files: ["a.java", "b.java"],
  rows: [[10, 0, 1], [11, 1, 40], [11, 0, 7], [500_000], [500_001, 1, 3_000], [500_002, 0, 2]],
  functions: [],
};

test("rows become a map's columns; of several at one position the last counts", () => {
  const text = encodeSourceMap(LINES);
  const map = new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]);
  const places = [10, 11, 499_999, 500_000, 500_001, 500_002].map((position) => {
    const entry = map.findEntry(0, position);
    return "originalLine" in entry && entry.originalSource !== undefined
      ? [entry.originalSource, entry.originalLine + 1]
      : [];
  });
  assert.deepEqual(places, [
    ["a.java", 1],
    ["a.java", 7],
    ["a.java", 7],
    [],
    ["b.java", 3_000],
    ["a.java", 2],
  ]);
});
