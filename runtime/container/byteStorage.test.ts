import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bytesToBigint, fromHex, toHex } from "../types/bytes.ts";
import { type Hash, keccak256, toHash, ZERO_HASH } from "../types/hash.ts";
import { keySlot, loadBytes, storeBytes, storedLength, type Words } from "./byteStorage.ts";
import { VALUE_BYTES_MAX } from "./limits.ts";

function memory(): { readonly words: Words; readonly slots: Map<Hash, Hash> } {
  const slots = new Map<Hash, Hash>();
  const words: Words = {
    load: (slot) => slots.get(slot) ?? ZERO_HASH,
    store: (slot, value) => (value === ZERO_HASH ? slots.delete(slot) : slots.set(slot, value)),
  };
  return { words, slots };
}

/** Replaces whatever is there. */
function store(words: Words, slot: Hash, value: Uint8Array): void {
  const before = storedLength(words, slot);
  assert.ok(before !== undefined);
  storeBytes(words, slot, value, before);
}

const SLOT = toHash(`0x${"00".repeat(32)}`);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test("short and long values lie as Solidity's documentation of `bytes` has it", () => {
  const { words, slots } = memory();
  store(words, SLOT, text("abc"));
  assert.deepEqual(slots, new Map([[SLOT, `0x616263${"00".repeat(28)}06`]]));

  store(words, SLOT, new Uint8Array(33).fill(0xee));
  // keccak256 of slot 0, from Solidity's "Layout of state variables".
  const first = 0x290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563n;
  assert.deepEqual(
    slots,
    new Map([
      [SLOT, `0x${(67).toString(16).padStart(64, "0")}`],
      [toHash(`0x${first.toString(16)}`), `0x${"ee".repeat(32)}`],
      [toHash(`0x${(first + 1n).toString(16)}`), `0xee${"00".repeat(31)}`],
    ]),
  );
});

test("a key's slot is the keccak-256 of its domain and its bytes", () => {
  assert.equal(keySlot(text("k")), keccak256(text("delchain.kvk")));
});

test("what is stored is loaded, and nothing of an earlier value stays", () => {
  const value = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (values) => {
      const { words, slots } = memory();
      for (const each of values) {
        store(words, SLOT, each);
        assert.equal(toHex(loadBytes(words, SLOT) ?? text("none")), toHex(each));
      }
      const fresh = memory();
      store(fresh.words, SLOT, values.at(-1) ?? text(""));
      assert.deepEqual(slots, fresh.slots);
      store(words, SLOT, text(""));
      assert.equal(slots.size, 0);
    }),
    { numRuns: 60 },
  );
});

test("a slot that holds no byte string is told apart, whatever a contract wrote there", () => {
  const longest = 2n * BigInt(VALUE_BYTES_MAX) + 1n;
  const heads = [64n, 254n, 1n, 63n, longest + 2n, 2n ** 256n - 1n];
  for (const head of heads) {
    const { words, slots } = memory();
    words.store(SLOT, toHash(`0x${head.toString(16).padStart(64, "0")}`));
    const before = new Map(slots);
    assert.equal(loadBytes(words, SLOT), undefined, `${head}`);
    assert.equal(storedLength(words, SLOT), undefined, `${head}`);
    assert.deepEqual(slots, before);
  }
});

test("the longest value is stored and cleared word by word", () => {
  const { words, slots } = memory();
  const value = new Uint8Array(VALUE_BYTES_MAX).fill(1);
  store(words, SLOT, value);
  assert.equal(slots.size, 1 + VALUE_BYTES_MAX / 32);
  assert.equal(bytesToBigint(fromHex(slots.get(SLOT) ?? "0x")), 2n * BigInt(VALUE_BYTES_MAX) + 1n);
  store(words, SLOT, text(""));
  assert.equal(slots.size, 0);
});
