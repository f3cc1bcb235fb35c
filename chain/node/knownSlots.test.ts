import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, type Hash, type StateView, toAddress, toHash } from "@delchain/runtime";
import { KNOWN_SLOTS_MAX, KnownSlots } from "./knownSlots.ts";

const CONTRACT = toAddress(`0x${"c0".repeat(20)}`);
const OTHER = toAddress(`0x${"0a".repeat(20)}`);

function hash(number: number): Hash {
  return toHash(`0x${number.toString(16).padStart(64, "0")}`);
}

/** A state whose slots all hold `value`, and which slots were asked for. */
class Asked implements StateView {
  readonly slots: Hash[] = [];
  readonly #value: number;

  constructor(value: number) {
    this.#value = value;
  }

  account(): undefined {}

  storage(_: Address, slot: Hash): Hash {
    this.slots.push(slot);
    return hash(this.#value);
  }

  code(): undefined {}

  blockHash(): undefined {}
}

const [ROOT, NEXT, ELSEWHERE] = [hash(0xa), hash(0xb), hash(0xc)];

test("a slot is asked for once for a root, and known of the next root where its change is known", () => {
  const known = new KnownSlots();
  const first = new Asked(1);
  const before = known.over(first, CONTRACT, ROOT, undefined);
  for (const slot of [1, 2, 1]) assert.equal(before.storage(CONTRACT, hash(slot)), hash(1));
  assert.deepEqual(first.slots, [hash(1), hash(2)]);

  const second = new Asked(9);
  const change = { from: ROOT, slots: [{ slot: hash(2), value: hash(7) }] };
  const after = known.over(second, CONTRACT, NEXT, change);
  const values = [1, 2].map((slot) => after.storage(CONTRACT, hash(slot)));
  assert.deepEqual([values, second.slots], [[hash(1), hash(7)], []]);
  assert.equal(before.storage(CONTRACT, hash(2)), hash(1), "a run on the storage before goes on");
});

test("of another root nothing is known, nor of other contracts", () => {
  const known = new KnownSlots();
  known.over(new Asked(1), CONTRACT, ROOT, undefined).storage(CONTRACT, hash(1));
  for (const since of [undefined, { from: NEXT, slots: [] }]) {
    const state = new Asked(3);
    assert.equal(known.over(state, CONTRACT, ELSEWHERE, since).storage(CONTRACT, hash(1)), hash(3));
    known.over(new Asked(1), CONTRACT, ROOT, undefined).storage(CONTRACT, hash(1));
  }
  const state = new Asked(5);
  const view = known.over(state, CONTRACT, ROOT, undefined);
  for (let i = 0; i < 2; i++) assert.equal(view.storage(OTHER, hash(1)), hash(5));
  assert.equal(state.slots.length, 2);
});

test("a contract's slots beyond the limit are asked for each time", () => {
  const state = new Asked(1);
  const view = new KnownSlots().over(state, CONTRACT, ROOT, undefined);
  for (let round = 0; round < 2; round++) {
    for (let slot = 0; slot <= KNOWN_SLOTS_MAX; slot++) view.storage(CONTRACT, hash(slot));
  }
  assert.equal(state.slots.length, KNOWN_SLOTS_MAX + 2);
});
