import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAsc, parseClang, parseRustc, placeAtByte, renderDiagnostic } from "./diagnostic.ts";

const SOURCE = "first\n  second = wrong;\nthird";
const read = (file: string): string | undefined => (file === "a" ? SOURCE : undefined);
const WRONG = { file: "a", line: 2, column: 12, text: "  second = wrong;" };

test("clang's and gcc's errors keep file, line and column, and warnings beside them are left out", () => {
  const output = "a:2:12: error: use of undeclared 'wrong'\na:1:1: warning: unused\n2 errors";
  assert.deepEqual(parseClang(output, read), [
    { severity: "error", message: "use of undeclared 'wrong'", place: WRONG },
  ]);
});

test("asc's errors have their place some lines below", () => {
  const output =
    "ERROR TS2304: Cannot find name 'wrong'.\n   :\n 2 │ second = wrong;\n   │          ~~~~~\n   └─ in a(2,12)\n\nFAILURE 1 compile error(s)";
  assert.deepEqual(parseAsc(output, read), [
    { severity: "error", message: "Cannot find name 'wrong'.", place: WRONG },
  ]);
});

test("rustc's errors have their place behind an arrow", () => {
  const output =
    "error[E0425]: cannot find value `wrong`\n --> a:2:12\n  |\nwarning: unused\n --> a:1:1\n";
  assert.deepEqual(parseRustc(output, read), [
    { severity: "error", message: "cannot find value `wrong`", place: WRONG },
  ]);
});

test("what no pattern knows is told whole", () => {
  const place = undefined;
  const whole = [{ severity: "error", message: "linker gone", place }];
  assert.deepEqual(parseClang(" linker gone\n", read), whole);
});

test("solc's offsets count bytes, and columns characters", () => {
  const text = "// größer\nx = y;";
  const at = Buffer.from(text).indexOf("y;");
  assert.deepEqual(
    placeAtByte("b", at, () => text),
    { file: "b", line: 2, column: 5, text: "x = y;" },
  );
});

test("a diagnostic shows its line with a mark below the column", () => {
  const shown = renderDiagnostic({ severity: "error", message: "wrong", place: WRONG });
  assert.equal(shown, `a:2:12: error: wrong\n    2 |   second = wrong;\n      |            ^`);
});
