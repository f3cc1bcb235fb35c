import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hash, keccak256, toHex } from "@delchain/runtime";
import fc from "fast-check";
import { committeeSeed, drawCommittees, type Host } from "./committee.ts";
import { isWeak, type Level, levelsOf } from "./levels.ts";
import { decodeSigners, encodeSigners } from "./signers.ts";

const SIZES = { fast: 11, strong: 61, all: 303 };

function hostsOf(count: number): readonly Host[] {
  return Array.from({ length: count }, (_, i) => ({
    publicKey: toHex(new Uint8Array(48).fill(i)),
    payout: toHex(new Uint8Array(20).fill(i)),
  }));
}

const HOSTS = hostsOf(100);
const seedOf = (text: string): Hash => keccak256(new TextEncoder().encode(text));

function draw(seed: Hash, hosts = HOSTS, first: Level = "fast") {
  return drawCommittees({ hosts, seed, sizes: SIZES, first });
}

test("a batch goes to eleven who must all agree, then to 61, then to all, of whom more than two thirds must", () => {
  const levels = (hosts: number, first: Level = "fast") =>
    levelsOf(hosts, SIZES, first).map(({ level, size, quorum }) => [level, size, quorum]);
  assert.deepEqual(levels(1_000), [
    ["fast", 11, 11],
    ["strong", 61, 41],
    ["all", 303, 203],
  ]);
  assert.deepEqual(levels(100, "strong"), [
    ["strong", 61, 41],
    ["all", 100, 67],
  ]);
  const strong = [["strong", 5, 4]];
  assert.deepEqual(levels(5), [["fast", 5, 5], ...strong], "all five are asked once");
  assert.deepEqual(levels(5, "strong"), strong);
  assert.deepEqual(levels(2), [["fast", 2, 2]], "two hosts have nobody else to ask");
  assert.deepEqual(levels(0), []);
});

test("few hosts are weak, and fewer than four let no value leave", () => {
  assert.deepEqual(
    [10, 11].map((hosts) => isWeak(hosts, SIZES)),
    [true, false],
  );
});

test("committees have no order of hosts, and each level is drawn by itself", () => {
  const seed = seedOf("a");
  const committees = draw(seed);
  assert.deepEqual(draw(seed, [...HOSTS].reverse()), committees);
  const [fast, strong] = committees;
  const inBoth = fast?.members.filter((host) => strong?.members.includes(host)).length ?? 0;
  assert.ok(inBoth < 11, "a strong committee is no longer list of the fast one's");
});

test("another seed, contract or later randomness draws other members", () => {
  const contract = `0x${"01".repeat(20)}` as const;
  const other = `0x${"02".repeat(20)}` as const;
  const seeds = [
    committeeSeed(seedOf("a"), seedOf("b"), contract),
    committeeSeed(seedOf("a"), seedOf("c"), contract),
    committeeSeed(seedOf("a"), seedOf("b"), other),
  ];
  const draws = seeds.map((seed) => JSON.stringify(draw(seed)));
  assert.equal(new Set(draws).size, 3);
});

test("every host is drawn about as often as any other", () => {
  const counts = new Map<string, number>();
  const draws = 1_000;
  for (let i = 0; i < draws; i++) {
    for (const { publicKey } of draw(seedOf(`draw ${i}`))[0]?.members ?? []) {
      counts.set(publicKey, (counts.get(publicKey) ?? 0) + 1);
    }
  }
  const expected = (draws * SIZES.fast) / HOSTS.length;
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
