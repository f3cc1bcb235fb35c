import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hash, keccak256, toHex } from "@delchain/runtime";
import fc from "fast-check";
import { committeeSeed, drawCommittee, FAST_COMMITTEE, type Host } from "./committee.ts";
import { decodeSigners, encodeSigners } from "./signers.ts";

const HOSTS: readonly Host[] = Array.from({ length: 30 }, (_, i) => ({
  publicKey: toHex(new Uint8Array(48).fill(i)),
  payout: toHex(new Uint8Array(20).fill(i)),
}));
const seedOf = (text: string): Hash => keccak256(new TextEncoder().encode(text));

test("a committee is eleven hosts, or all where there are fewer, whatever order they are listed in", () => {
  const seed = seedOf("a");
  const drawn = drawCommittee(HOSTS, seed);
  assert.equal(drawn.length, FAST_COMMITTEE);
  assert.deepEqual(drawCommittee([...HOSTS].reverse(), seed), drawn);
  assert.equal(drawCommittee(HOSTS.slice(0, 4), seed).length, 4);
});

test("another seed, contract or later randomness draws other members", () => {
  const contract = `0x${"01".repeat(20)}` as const;
  const other = `0x${"02".repeat(20)}` as const;
  const seeds = [
    committeeSeed(seedOf("a"), seedOf("b"), contract),
    committeeSeed(seedOf("a"), seedOf("c"), contract),
    committeeSeed(seedOf("a"), seedOf("b"), other),
  ];
  const draws = seeds.map((seed) => JSON.stringify(drawCommittee(HOSTS, seed)));
  assert.equal(new Set(draws).size, 3);
});

test("every host is drawn about as often as any other", () => {
  const counts = new Map<string, number>();
  const draws = 3_000;
  for (let i = 0; i < draws; i++) {
    for (const { publicKey } of drawCommittee(HOSTS, seedOf(`draw ${i}`))) {
      counts.set(publicKey, (counts.get(publicKey) ?? 0) + 1);
    }
  }
  const expected = (draws * FAST_COMMITTEE) / HOSTS.length;
  for (const count of counts.values()) {
    // Five standard deviations of the binomial distribution.
    assert.ok((count - expected) ** 2 < 25 * expected, `${count} of ${expected}`);
  }
});

test("a bitmap of signers has one form", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.uint8Array({ maxLength: 6 }),
      (size, bitmap) => {
        const members = decodeSigners(bitmap, size);
        if (members !== undefined) assert.deepEqual(encodeSigners(members, size), bitmap);
      },
    ),
  );
  assert.equal(decodeSigners(Uint8Array.of(0b100), 2), undefined);
  assert.equal(decodeSigners(Uint8Array.of(1, 0), 2), undefined);
  assert.throws(() => encodeSigners([2], 2), RangeError);
});
