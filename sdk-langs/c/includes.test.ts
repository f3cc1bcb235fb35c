import assert from "node:assert/strict";
import { test } from "node:test";
import { readAbi } from "./abi.ts";
import { includedSources } from "./includes.ts";

const MAIN = `#include "delchain.h"
#include "parts/rules.h"
DC_CONTRACT(DC_VIEW_METHOD(0x26121ff0, f, "function f()"))`;

const read = (files: Readonly<Record<string, string>>) => (file: string) => files[file];

test("what a contract includes is found beside the file and from the project on, once, without the SDK", () => {
  const files = {
    "contracts/parts/rules.h": '#include "more.h"\n# include "lib/all.c"\n#include "../gone.h"',
    "contracts/parts/more.h": '#include "rules.h"\n#include "../../../outside.h"',
    "lib/all.c": "",
    "../outside.h": "",
    "delchain.h": "the SDK's",
    // Named as the SDK's in another folder: the project's.
    "contracts/delchain/call.h": "",
  };
  const main = { file: "contracts/A.c", text: `${MAIN}\n#include "delchain/call.h"` };
  assert.deepEqual(
    includedSources(main, read(files)).map(({ file }) => file),
    [
      "contracts/A.c",
      "contracts/parts/rules.h",
      "contracts/delchain/call.h",
      "contracts/parts/more.h",
      "lib/all.c",
    ],
  );
});

test("what is wrong in an included file is told with its file and line", () => {
  for (const [header, message] of [
    ["\n#include <time.h>", /^Error: parts\/rules\.h:2: <time\.h> is not there for a contract/],
    ["\n\nint g(void) { return rand(); }", /^Error: parts\/rules\.h:3: rand is not there/],
    [
      "static void f(void) { g(); }\nvoid g(void) {\ndc_store(x(), 1); }",
      /rules\.h:3: f is a view/,
    ],
    ['\nDC_EVENT(E, 0x1, "event E()")', /^Error: parts\/rules\.h:2: .* has the selector 0x/],
  ] as const) {
    assert.throws(() => readAbi(MAIN, "A.c", read({ "parts/rules.h": header })), message);
  }
});

test("a function that one file declares and another calls is the contract's, whatever its name", () => {
  const main = `${MAIN}\nvoid g(void) { time(); }`;
  assert.throws(() => readAbi(main, "A.c", read({ "parts/rules.h": "" })), /A\.c:4: time is not/);
  const abi = readAbi(main, "A.c", read({ "parts/rules.h": "static void time(void) {}" }));
  assert.equal(abi.length, 1);
});

test("events and errors of a header are in the ABI", () => {
  const header = 'DC_ERROR(POOR, 0x0f0e80e4, "error Poor()")';
  const names = readAbi(MAIN, "A.c", read({ "parts/rules.h": header })).map(
    (entry) => "name" in entry && entry.name,
  );
  assert.deepEqual(names, ["f", "Poor"]);
});
