import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hex, keccak256, toHex } from "@delchain/runtime";
import { drawCommittees } from "../committee.ts";
import { quorumOf } from "../levels.ts";
import { forgeriesAYear, forgingOdds, showOdds } from "./odds.ts";

test("the odds of a forged result are those of the README's table", () => {
  const rows = [
    [11, 11, ["1.1e-7", "2.2", "3.4e-6", "6.5e+1"]],
    [21, 15, ["3.7e-6", "7.0e+1", "2.1e-4", "4.1e+3"]],
    [31, 21, ["9.6e-8", "1.8", "3.1e-5", "5.8e+2"]],
    [61, 41, ["9.7e-16", "1.8e-8", "7.4e-10", "1.4e-2"]],
  ] as const;
  for (const [size, quorum, expected] of rows) {
    const shown = [75, 100].flatMap((bad) => {
      const odds = forgingOdds(303, bad, size, quorum);
      return [showOdds(odds), showOdds(forgeriesAYear(odds))];
    });
    assert.deepEqual(shown, expected, `${quorum} of ${size}`);
  }
  assert.equal(quorumOf("strong", 61), 41);
  assert.equal(showOdds(forgingOdds(303, 100, 303, quorumOf("all", 303))), "0");
});

test("the committees that are drawn have the odds that are computed", () => {
  const hosts = Array.from({ length: 30 }, (_, i) => ({
    publicKey: toHex(new Uint8Array(48).fill(i)),
    payout: "0x" as Hex,
  }));
  const bad = new Set(hosts.slice(0, 12));
  const sizes = { fast: 3, strong: 9, all: 30 };
  const draws = 4_000;
  const forged = { fast: 0, strong: 0 };
  for (let i = 0; i < draws; i++) {
    const seed = keccak256(new TextEncoder().encode(`draw ${i}`));
    for (const { level, members, quorum } of drawCommittees({
      hosts,
      seed,
      sizes,
      first: "fast",
    })) {
      if (level === "all") continue;
      if (members.filter((host) => bad.has(host)).length >= quorum) forged[level]++;
    }
  }
  for (const level of ["fast", "strong"] as const) {
    const size = sizes[level];
    const { ways, all } = forgingOdds(30, 12, size, quorumOf(level, size));
    const expected = (draws * Number(ways)) / Number(all);
    // Five standard deviations of the binomial distribution.
    assert.ok(
      (forged[level] - expected) ** 2 < 25 * expected,
      `${level}: ${forged[level]} of ${expected}`,
    );
  }
});

test("odds are shown with two digits, whatever their size", () => {
  assert.deepEqual(
    [
      { ways: 1n, all: 3n },
      { ways: 1n, all: 1n },
      { ways: 1_234n, all: 1n },
      { ways: 0n, all: 5n },
      { ways: 99n, all: 100_000n },
    ].map(showOdds),
    ["3.3e-1", "1.0", "1.2e+3", "0", "9.9e-4"],
  );
});
