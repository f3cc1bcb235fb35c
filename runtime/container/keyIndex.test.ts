import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bigintToBytes, compareBytes, toHex } from "../types/bytes.ts";
import { type Hash, hashFromBytes, keccak256, toHash, ZERO_HASH } from "../types/hash.ts";
import type { Words } from "./byteStorage.ts";
import { DamagedIndex, insertKey, keysFrom, removeKey } from "./keyIndex.ts";
import { KEY_BYTES_MAX } from "./limits.ts";

type Memory = {
  readonly words: Words;
  readonly slots: Map<Hash, Hash>;
  readonly touched: { loads: number; stores: number };
};

function memory(): Memory {
  const slots = new Map<Hash, Hash>();
  const touched = { loads: 0, stores: 0 };
  const words: Words = {
    load(slot) {
      touched.loads++;
      return slots.get(slot) ?? ZERO_HASH;
    },
    store(slot, value) {
      touched.stores++;
      if (value === ZERO_HASH) slots.delete(slot);
      else slots.set(slot, value);
    },
  };
  return { words, slots, touched };
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const hexes = (keys: Iterable<Uint8Array>): string[] => [...keys].map(toHex);

/** Few different bytes, so that keys share prefixes, are prefixes of each other, and come again. */
const key = fc
  .array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { minLength: 1, maxLength: 4 })
  .map((bytes) => Uint8Array.from(bytes));
const bound = fc.oneof(key, fc.constant(new Uint8Array()));

test("keys come out in the order of their bytes, whatever was inserted and removed before", () => {
  const step = fc.record({ isInsert: fc.boolean(), key });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), bound, (steps, from) => {
      const { words, slots } = memory();
      const model = new Map<string, Uint8Array>();
      for (const { isInsert, key: each } of steps) {
        if (isInsert) {
          insertKey(words, each);
          model.set(toHex(each), each);
        } else if (model.delete(toHex(each))) {
          removeKey(words, each);
        }
      }
      const sorted = [...model.values()].sort(compareBytes);
      const expected = sorted.filter((each) => compareBytes(each, from) >= 0);
      assert.deepEqual(hexes(keysFrom(words, from)), hexes(expected));
      for (const each of sorted) removeKey(words, each);
      assert.equal(slots.size, 0);
    }),
    { numRuns: 300 },
  );
});

test("a new key among a thousand loads about ten nodes and stores four slots", () => {
  const { words, touched } = memory();
  const keyOf = (n: number): Uint8Array => keccakKey(`key ${n}`);
  for (let n = 0; n < 1_000; n++) insertKey(words, keyOf(n));
  Object.assign(touched, { loads: 0, stores: 0 });
  const rounds = 100;
  for (let n = 1_000; n < 1_000 + rounds; n++) insertKey(words, keyOf(n));
  // The key of 16 bytes, its node, the node above, the counter. What is loaded: the root, the nodes, one key.
  assert.deepEqual(touched.stores / rounds, 4);
  assert.ok(touched.loads / rounds < 16, `${touched.loads / rounds} loads`);
});

test("the deepest tree is as deep as the longest key has bytes and bits that part, and is walked without recursion", () => {
  const { words, touched } = memory();
  const longest = new Uint8Array(KEY_BYTES_MAX).fill(0x61);
  for (let length = 1; length <= KEY_BYTES_MAX; length++) {
    insertKey(words, longest.subarray(0, length));
  }
  assert.equal([...keysFrom(words, new Uint8Array())].length, KEY_BYTES_MAX);
  touched.loads = 0;
  insertKey(words, longest);
  // The root, a node for each shorter key, and the leaf: its head and 32 words.
  assert.equal(touched.loads, 1 + (KEY_BYTES_MAX - 1) + 1 + KEY_BYTES_MAX / 32);
});

test("slots that a contract has overwritten are told apart from a tree, and nothing is changed", () => {
  const root = keccak256(text("delchain.index"));
  const node = keccak256(
    Uint8Array.from([...text("delchain.index.node"), ...bigintToBytes(2n, 8)]),
  );
  const firstKey = keccak256(
    Uint8Array.from([...text("delchain.index.key"), ...bigintToBytes(1n, 8)]),
  );
  const full = toHash(`0x${"ff".repeat(32)}`);
  const damages: readonly (readonly [Hash, Hash])[] = [
    // A node that is not there, one that points at itself, a key that is none, and ids that are used up.
    [root, hashFromBytes(bigintToBytes(8n, 32))],
    [root, full],
    [root, hashFromBytes(bigintToBytes(((2n ** 63n) << 64n) | 4n, 32))],
    [node, ZERO_HASH],
    [node, hashFromBytes(bigintToBytes((1n << 128n) | (4n << 64n) | 4n, 32))],
    [node, full],
    [firstKey, ZERO_HASH],
    [firstKey, full],
  ];
  for (const [slot, value] of damages) {
    const { words, slots } = memory();
    insertKey(words, text("a"));
    insertKey(words, text("b"));
    words.store(slot, value);
    const before = new Map(slots);
    const acts = [
      () => insertKey(words, text("\0")),
      () => removeKey(words, text("a")),
      () => [...keysFrom(words, text(""))],
    ];
    for (const act of acts) {
      assert.throws(act, DamagedIndex, `${slot} = ${value}`);
      assert.deepEqual(slots, before);
    }
  }
});

test("removing a key that is not there finds the order damaged, since its value was", () => {
  const { words } = memory();
  assert.throws(() => removeKey(words, text("a")), DamagedIndex);
  insertKey(words, text("b"));
  assert.throws(() => removeKey(words, text("a")), DamagedIndex);
});

function keccakKey(name: string): Uint8Array {
  return Buffer.from(keccak256(text(name)).slice(2, 34), "hex");
}
