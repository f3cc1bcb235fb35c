import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { ChainClock, TIMESTAMP_MAX } from "./chainClock.ts";

const NOW = 1_000n;

function codeOf(act: () => unknown): string {
  try {
    act();
    return "taken";
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    return error.facts.code;
  }
}

test("a clock that nobody set is the machine's", () => {
  let now = NOW;
  const clock = new ChainClock(0n, () => now);
  assert.equal(clock.take(), NOW);
  now += 5n;
  assert.equal(clock.take(), NOW + 5n);
});

test("a chain that was ahead goes on from its head instead of standing still", () => {
  let now = NOW;
  const clock = new ChainClock(NOW + 500n, () => now);
  now += 3n;
  assert.equal(clock.take(), NOW + 503n);
});

test("a time that was set is the next block's, and the clock goes on from it", () => {
  let now = NOW;
  const clock = new ChainClock(0n, () => now);
  clock.setNext(9_000n, NOW);
  now += 2n;
  assert.equal(clock.take(), 9_000n);
  now += 2n;
  assert.equal(clock.take(), 9_002n);
});

test("jumps add up, and a state that was kept can be put back", () => {
  const clock = new ChainClock(0n, () => NOW);
  const before = clock.state;
  assert.deepEqual([clock.increase(10n), clock.increase(20n), clock.take()], [10n, 30n, NOW + 30n]);
  clock.set(before);
  assert.equal(clock.take(), NOW);
});

test("time goes neither back nor beyond what a block may have", () => {
  const clock = new ChainClock(0n, () => NOW);
  assert.deepEqual(
    [
      codeOf(() => clock.setNext(NOW - 1n, NOW)),
      codeOf(() => clock.setNext(NOW, NOW)),
      codeOf(() => clock.setNext(TIMESTAMP_MAX + 1n, NOW)),
      codeOf(() => clock.increase(TIMESTAMP_MAX)),
      codeOf(() => clock.setNext(TIMESTAMP_MAX, NOW)),
    ],
    ["TIME_PAST", "taken", "TIME_TOO_FAR", "TIME_TOO_FAR", "taken"],
  );
});
