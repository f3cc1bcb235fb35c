import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceMapLines } from "./sourceMapLines.ts";

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** Two functions that do nothing, twice, and a custom section. */
const MODULE = Uint8Array.of(
  ...PREAMBLE,
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x03, 0x02, 0x00, 0x00],
  ...[0x0a, 0x0b, 0x02, 0x04, 0x00, 0x01, 0x01, 0x0b, 0x04, 0x00, 0x01, 0x01, 0x0b],
  ...[0x00, 0x02, 0x01, 0x78],
);
const CUSTOM_BYTES = 4;
const FIRST_BODY = 23;

function linesOf(mappings: string): readonly (readonly [position: number, line: number])[] {
  const sourceMap = JSON.stringify({ version: 3, sources: ["a.java"], names: [], mappings });
  const functions = [{ name: "f", file: "a.java", line: 2, lastLine: 9 }];
  const { module, lines } = sourceMapLines({ module: MODULE, sourceMap, functions }, ["a.java"]);
  assert.equal(module.length, MODULE.length - CUSTOM_BYTES);
  const [code] = lines.codes;
  return (code?.starts ?? []).map((position, i) => {
    const place = lines.places[(code?.lines[i] ?? 0) - 1];
    return [position, place?.[1] ?? 0];
  });
}

test("a line goes no further than its function, though the map says nothing of the next one", () => {
  // "w" and "B" are a position of 24, the first function's first instruction; "E" is two lines further than 1.
  assert.deepEqual(linesOf("wBAEA"), [
    [FIRST_BODY + 1, 3],
    [FIRST_BODY + 5, 0],
  ]);
});

test("what the map says is nobody's ends a line, also as its last word", () => {
  assert.deepEqual(linesOf("wBAEA,C"), [
    [FIRST_BODY + 1, 3],
    [FIRST_BODY + 2, 0],
  ]);
});

test("a line outside of all functions is none of the developer's", () => {
  assert.deepEqual(linesOf("wBAAA"), []);
});
