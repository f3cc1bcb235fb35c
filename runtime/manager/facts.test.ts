import assert from "node:assert/strict";
import { test } from "node:test";
import { toAddress } from "../types/address.ts";
import { toHash } from "../types/hash.ts";
import { type CallRun, differences, factsOf, ignoredDifference } from "./facts.ts";

const word = (value: number) => toHash(`0x${value.toString(16).padStart(64, "0")}`);
const ADDRESS = toAddress(`0x${"c0".repeat(20)}`);

const RUN: CallRun = {
  result: {
    status: "success",
    output: Uint8Array.from({ length: 40 }, (_, i) => i),
    logs: [{ address: ADDRESS, topics: [word(1), word(2)], data: Uint8Array.of(9) }],
    messages: [{ to: ADDRESS, value: 1n, gas: 2n, callbackGas: 0n, data: Uint8Array.of(7) }],
    gasUsed: 21_000n,
  },
  slots: [{ slot: word(3), value: word(4) }],
};

test("a result comes apart into places in the order in which people look", () => {
  assert.deepEqual(
    [...factsOf(RUN).keys()],
    [
      "outcome",
      "output byte 0",
      "output byte 32",
      "log 0 topic 0",
      "log 0 topic 1",
      "log 0 data byte 0",
      "message 0",
      "message 0 data byte 0",
      `storage ${word(3)}`,
      "gas used",
    ],
  );
  assert.equal(factsOf(RUN).get("output byte 32"), "0x2021222324252627");
});

test("all places that differ are told with both values, what only one has beside nothing, and exceptions not", () => {
  const halted: CallRun = {
    result: {
      status: "halt",
      haltCode: "memory",
      output: new Uint8Array(0),
      logs: [],
      messages: [],
      gasUsed: 21_000n,
    },
    slots: [{ slot: word(5), value: word(4) }],
  };
  const found = differences(factsOf(RUN), factsOf(halted), new Set(["output byte 0"]));
  assert.deepEqual(
    found.map(({ where, left, right }) => [where, left.slice(-8), right.slice(-8)]),
    [
      ["outcome", "success", " (memory)".slice(-8)],
      ["output byte 32", "24252627", "nothing"],
      ["log 0 topic 0", "00000001", "nothing"],
      ["log 0 topic 1", "00000002", "nothing"],
      ["log 0 data byte 0", "0x09", "nothing"],
      ["message 0", "ck gas 0", "nothing"],
      ["message 0 data byte 0", "0x07", "nothing"],
      [`storage ${word(3)}`, "00000004", "nothing"],
      [`storage ${word(5)}`, "nothing", "00000004"],
    ],
  );
  assert.deepEqual(differences(factsOf(RUN), factsOf(RUN)), []);
});

test("answers that differ where the manifest lets them make no difference, and are told apart", () => {
  const answer = (result: Partial<CallRun["result"]>): CallRun => ({
    ...RUN,
    result: { ...RUN.result, ...result },
  });
  const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)];
  const told = { where: "output byte 0", left: "0x01", right: "0x02" };
  // Only the listed return values are in the output; the program's own answer lies beside it.
  const fields = [answer({ raw: one }), answer({ raw: two })] as const;
  const numbers = [
    answer({ number: word(1), output: one }),
    answer({ number: word(2), output: two }),
  ] as const;
  for (const [left, right] of [fields, numbers]) {
    assert.deepEqual(differences(factsOf(left), factsOf(right)), []);
    assert.deepEqual(ignoredDifference(left, right), { difference: told, answers: [one, two] });
    assert.equal(ignoredDifference(left, left), undefined);
  }
  // What members must agree on is no such place.
  assert.equal(ignoredDifference(fields[0], answer({ raw: two, output: two })), undefined);
  assert.equal(ignoredDifference(RUN, answer({ output: two })), undefined);
});
