import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimulationOptions, type SimulationResult, simulate } from "./simulate.ts";

/** Five seconds of one core; `npm run bench agreement` runs as many as one likes. */
const SEEDS = 400;

function run(
  count: number,
  options: SimulationOptions = {},
): readonly (SimulationResult & { seed: number })[] {
  const { stackTraceLimit } = Error;
  // Messages that count for nothing are errors by the ten thousand, whose stacks nobody reads.
  Error.stackTraceLimit = 0;
  try {
    return Array.from({ length: count }, (_, seed) => ({ seed, ...simulate(seed, options) }));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

test("liars, copiers, crashes and a bad network certify nothing wrong, and keep nothing right from being certified", () => {
  const results = run(SEEDS);
  assert.deepEqual(
    results.filter(({ broken }) => broken.length > 0),
    [],
  );
  const ends = new Set(results.map(({ ended, level }) => `${ended} ${level}`));
  const expected = ["agreed fast", "agreed strong", "agreed all", "diverged all"];
  assert.deepEqual(
    expected.filter((end) => !ends.has(end)),
    [],
    "runs end in every way",
  );
});

test("liars at both ends and copiers move a median within what honest hosts found, and no further", () => {
  const results = run(150, { isMedian: true });
  assert.deepEqual(
    results.filter(({ broken }) => broken.length > 0),
    [],
  );
  const ends = new Set(results.map(({ ended, level }) => `${ended} ${level}`));
  const expected = ["agreed fast", "agreed strong", "agreed all"];
  assert.deepEqual(
    expected.filter((end) => !ends.has(end)),
    [],
    "runs end at every level",
  );
  assert.equal(ends.has("diverged all"), false, "other numbers are no divergence");
});

test("a quorum that is too small lets liars choose the median", () => {
  const broken = run(60, { isMedian: true, bug: "quorum too small" }).flatMap(
    (result) => result.broken,
  );
  assert.match(broken.join("\n"), /which no good host found/);
});

test("the same seed is the same run", () => {
  assert.deepEqual(simulate(7), simulate(7));
});

for (const [bug, says] of [
  ["forgetful journal", /a good host \(crasher\) said two things/],
  ["quorum too small", /a wrong result was certified|two results were certified/],
] as const) {
  test(`the oracle notices a planted bug: ${bug}`, () => {
    const broken = run(60, { bug }).flatMap((result) => result.broken);
    assert.match(broken.join("\n"), says);
  });
}
