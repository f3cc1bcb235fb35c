import assert from "node:assert/strict";
import { test } from "node:test";
import { PERTURBATIONS } from "@delchain/runtime";
import { causeFunctions } from "./causeFunctions.ts";
import { causePlaces } from "./causePlaces.ts";

const PHP = `<?php
// time() is not called here
final class Clock
{
    public function early(): int { return time(); }
    public function late(): int
    {
        $clock = 'time';
        return $clock();
    }
}
`;

test("lines that bring a cause in are found without comments, those of the called function first", () => {
  const sources = new Map([["contracts/Clock.php", PHP]]);
  const places = (called?: string): unknown =>
    causePlaces("time", sources, called).map(({ file, line, text }) => [file, line, text]);
  const early = ["contracts/Clock.php", 5, "public function early(): int { return time(); }"];
  const late = ["contracts/Clock.php", 8, "$clock = 'time';"];
  assert.deepEqual(places(), [early, late]);
  assert.deepEqual(places("late"), [late, early]);
  assert.equal(causePlaces("time", sources)[0]?.instead, "Call::timestamp()");
});

test("at most three places are told, and none of a language or a cause that the table does not have", () => {
  const many = new Map([["a.c", "time(0);\n".repeat(5)]]);
  assert.deepEqual(
    causePlaces("time", many).map(({ line }) => line),
    [1, 2, 3],
  );
  assert.deepEqual(causePlaces("time", new Map([["a.cobol", "time(0);"]])), []);
  assert.deepEqual(causePlaces("unknown", many), []);
});

test("every cause has its functions in every language of containers", () => {
  const missing = [...PERTURBATIONS, "warmState"].flatMap((cause) =>
    ["a.c", "A.java", "a.php", "a.py", "a.ts"]
      .filter((file) => causeFunctions(cause, file) === undefined)
      .map((file) => `${cause} ${file}`),
  );
  assert.deepEqual(missing, []);
});
