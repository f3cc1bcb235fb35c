import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { compileJava } from "@delchain/java";
import { type Address, CODE_KINDS, encodeEnvelope, toHex } from "@delchain/runtime";
import {
  type Abi,
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  parseAbi,
} from "viem";
import { Ledger } from "./ledger.ts";
import { Harness } from "./sdkHarness.ts";
import { ALICE } from "./tokenScenario.ts";

// What goes wrong in Java, on the real tier: reverts with Java's words where Java has an exception, halts where the
// rules of the tier end a call.

const FILE = "Faults.java";
const SOURCE = readFileSync(new URL(`java/${FILE}`, import.meta.url), "utf8");
const ERRORS = parseAbi(["error Error(string)", "error Panic(uint256)"]);
const LEAST_INT = -(2 ** 31);
const LEAST_LONG = -(2n ** 63n);

type Deployed = {
  readonly module: Uint8Array;
  readonly ledger: Ledger;
  readonly at: Address;
  readonly abi: Abi;
};

let faults: Deployed;

async function deploy(): Promise<Deployed> {
  const { module, abi } = await compileJava({ files: { [FILE]: SOURCE } });
  const ledger = new Ledger([ALICE]);
  const at = ledger.deploy(toHex(encodeEnvelope(CODE_KINDS.wasm, module)));
  return { module, ledger, at, abi: abi as Abi };
}

before(async () => {
  faults = await deploy();
});

/** The result, the reason of a revert, or the name of a halt. */
function call({ ledger, at, abi }: Deployed, functionName: string, ...args: unknown[]): unknown {
  const outcome = ledger.send(ALICE, at, encodeFunctionData({ abi, functionName, args }));
  if (outcome.status === "success") {
    return decodeFunctionResult({ abi, functionName, data: toHex(outcome.output) });
  }
  if (outcome.status !== "revert") return `halt: ${outcome.reason}`;
  const { args: reason } = decodeErrorResult({ abi: ERRORS, data: toHex(outcome.output) as Hex });
  return `revert: ${reason[0]}`;
}

/** The line of the source that has a text. */
function lineOf(text: string): number {
  return SOURCE.split("\n").findIndex((line) => line.includes(text)) + 1;
}

const EXCEPTIONS: readonly (readonly [
  call: readonly [string, ...unknown[]],
  reason: string,
  text: string,
])[] = [
  [["nullPointer", ""], "java.lang.NullPointerException", "return nothing.length()"],
  [["nullField", true], "java.lang.NullPointerException", "broken.getMessage()"],
  [["index", 3], "java.lang.ArrayIndexOutOfBoundsException", "return NUMBERS[at]"],
  [["index", -1], "java.lang.ArrayIndexOutOfBoundsException", "return NUMBERS[at]"],
  [["store", 2], "java.lang.ArrayIndexOutOfBoundsException", "two[at] = at"],
  [["textIndex", "abc", 3], "java.lang.StringIndexOutOfBoundsException", "text.charAt(at)"],
  [["divide", 1, 0], "java.lang.ArithmeticException: / by zero", "return a / b"],
  [["remainder", 5n, 0n], "java.lang.ArithmeticException: / by zero", "return a % b"],
  [["cast", false], "java.lang.ClassCastException", "(String) value"],
  [["illegal"], "java.lang.IllegalStateException: not now", '"not now"'],
  [["own"], "Faults$Broken: own words", 'new Broken("own words"'],
  [["assertion"], "java.lang.AssertionError: assertion", '"assertion"'],
  [
    ["locked", true],
    "java.lang.IllegalStateException: failed while locked",
    '"failed while locked"',
  ],
];

test("Java's own exceptions revert with class, message, file and line", () => {
  for (const [[name, ...args], reason, text] of EXCEPTIONS) {
    assert.equal(call(faults, name, ...args), `revert: ${reason} (${FILE}:${lineOf(text)})`, name);
  }
  const parsed = String(call(faults, "parse", "zwölf"));
  assert.match(parsed, /^revert: java.lang.NumberFormatException: .* \(Faults.java:\d+\)$/);
});

test("numbers are Java's at their edges, where WebAssembly traps", () => {
  const answers = [
    call(faults, "divide", LEAST_INT, -1),
    call(faults, "divide", 7, -2),
    call(faults, "divideLong", LEAST_LONG, -1n),
    call(faults, "remainder", LEAST_LONG, -1n),
  ];
  assert.deepEqual(answers, [LEAST_INT, -3, LEAST_LONG, 0n]);
});

test("arrays of impossible sizes and a full heap revert, and nothing hangs", () => {
  const answers = [
    call(faults, "newArray", 1_000),
    call(faults, "newArray", -1),
    call(faults, "newSquare", -5),
    call(faults, "newArray", 2 ** 31 - 1),
    call(faults, "newArray", 2_000_000),
    call(faults, "fillMemory"),
    call(faults, "churnMemory"),
  ];
  const full = "revert: java.lang.OutOfMemoryError";
  const negative = "revert: java.lang.NegativeArraySizeException";
  assert.deepEqual(answers, [1_000, negative, negative, full, full, full, full]);
});

test("endless recursion ends at the tier's limit of the stack", () => {
  assert.equal(call(faults, "recurse", 1_000), 1_000);
  for (const name of ["recurse", "recurseManyRoots"]) {
    assert.equal(call(faults, name, 1_000_000), "halt: StackOverflow", name);
  }
});

test("a module's own stack of object references has an end, where no tier counts", () => {
  const host = new Harness(faults.module, faults.abi);
  assert.deepEqual(host.call("recurseManyRoots", [100_000]), {
    revert: "Error",
    args: ["java.lang.StackOverflowError"],
  });
});

test("an endless loop runs out of gas", () => {
  assert.equal(call(faults, "spin"), "halt: OutOfGas");
});

test("exceptions can be caught, and finally runs", () => {
  const answers = [
    call(faults, "caught", 1),
    call(faults, "caught", 9),
    call(faults, "caughtWords", 9, true),
    call(faults, "caughtWords", 1, false),
  ];
  assert.deepEqual(answers.slice(0, 3), ["2 finally 100", "index finally 100", "worded21true"]);
  assert.equal(answers[3], "2");
});

test("what failed left nothing behind: the lock is open, the counter as it was", () => {
  const { ledger, at } = faults;
  const before = ledger.storage(at);
  call(faults, "locked", true);
  call(faults, "nullPointer", "");
  assert.deepEqual(ledger.storage(at), before);
  assert.equal(call(faults, "locked", false), undefined);
});

test("ordinary Java runs: collections, streams, lambdas, switch", () => {
  assert.equal(call(faults, "ordinary", 7), "[word0=9, word1=5, word2=7] many");
});
