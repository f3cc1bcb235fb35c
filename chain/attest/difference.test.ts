import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, type Hash, toHash } from "@delchain/runtime";
import type { HostedResult } from "./certifiedCall.ts";
import { firstDifference, type Outcome } from "./difference.ts";

const SLOT = toHash(`0x${"01".repeat(32)}`);
const word = (value: number): Hash => toHash(`0x${value.toString(16).padStart(64, "0")}`);
const CALL: HostedResult = {
  status: "success",
  output: Uint8Array.of(1, 2, 3),
  logs: [{ address: `0x${"00".repeat(20)}` as Address, topics: [word(1)], data: Uint8Array.of(9) }],
  messages: [],
  gasUsed: 10n,
};
const LEFT: Outcome = { calls: [CALL], slots: [{ slot: SLOT, value: word(1) }] };

function found(change: Partial<HostedResult>, slots = LEFT.slots): [string, string, string] {
  const right = { calls: [{ ...CALL, ...change }], slots };
  const { where, left, right: other } = firstDifference(LEFT, right, [4n]);
  return [where, left, other];
}

test("the first difference is named with both values", () => {
  assert.deepEqual(found({ status: "halt", haltCode: "memory" }), [
    "outcome",
    "success",
    "halt (memory)",
  ]);
  assert.deepEqual(found({ output: Uint8Array.of(1, 7, 3) }), [
    "output byte 1",
    "0x0203",
    "0x0703",
  ]);
  assert.deepEqual(found({ output: Uint8Array.of(1, 2) }), ["output byte 2", "0x03", "0x"]);
  assert.deepEqual(found({ logs: [] }), ["number of logs", "1", "0"]);
  assert.deepEqual(found({ gasUsed: 11n }), ["gas used", "10", "11"]);
  assert.deepEqual(found({}, [{ slot: SLOT, value: word(2) }]), [
    `storage ${SLOT}`,
    word(1),
    word(2),
  ]);
  assert.deepEqual(found({}, []), [`storage ${SLOT}`, word(1), "not written"]);
});

test("a log's topics come before its data", () => {
  const [log] = CALL.logs;
  if (log === undefined) throw new Error("the call has a log");
  const changed = { ...log, topics: [word(2)], data: Uint8Array.of(8) };
  assert.deepEqual(found({ logs: [changed] }), ["log 0 topics", word(1), word(2)]);
  assert.deepEqual(found({ logs: [{ ...log, data: Uint8Array.of(8) }] }), [
    "log 0 data byte 0",
    "0x09",
    "0x08",
  ]);
});

test("findings that are the same have no difference to name", () => {
  assert.throws(() => firstDifference(LEFT, LEFT, [4n]), RangeError);
});
