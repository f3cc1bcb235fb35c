import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { addressFromBytes, Unavailable } from "@delchain/runtime";
import { Batch } from "./batch.ts";
import { Database } from "./database.ts";
import { History } from "./history.ts";
import { accountKey, numberKey, slotKey, slotOfKey, slotPrefix } from "./keys.ts";
import { decodeUndo, encodeUndo, type Undo } from "./records.ts";
import { addressOf, word } from "./testState.ts";

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "delchain-database-"));
  database = await Database.open(folder);
});

afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

test("an account's slots are listed apart from its neighbours', also behind the last address", async () => {
  const batch = new Batch();
  const last = addressFromBytes(new Uint8Array(20).fill(0xff));
  const slots = [word(0), word(1), word(2)];
  for (const address of [addressOf(1), addressOf(2), last]) {
    batch.put(accountKey(address), Uint8Array.of(1));
    for (const slot of slots) batch.put(slotKey(address, slot), Uint8Array.of(1));
  }
  const written = database.write(batch);
  for (const address of [addressOf(1), last]) {
    const keys = await database.keys(slotPrefix(address));
    assert.deepEqual(keys.map(slotOfKey), slots);
  }
  await written;
});

test("a batch answers for its keys while it is written, its deletions too", async () => {
  const key = accountKey(addressOf(1));
  const first = new Batch();
  first.put(key, Uint8Array.of(1));
  const second = new Batch();
  second.delete(key);
  for (const [batch, value] of [
    [first, Uint8Array.of(1)],
    [second, undefined],
  ] as const) {
    const written = database.write(batch);
    assert.deepEqual(database.get(key), value);
    await written;
    assert.deepEqual(database.get(key), value);
  }
});

test("a batch that overtakes another is a bug", async () => {
  const written = database.write(new Batch());
  await assert.rejects(database.write(new Batch()), /broken invariant/);
  await written;
});

test("a record that does not decode is Unavailable and says which", async () => {
  const batch = new Batch();
  const key = numberKey("undo", 5n);
  batch.put(key, Uint8Array.of(0xc1));
  await database.write(batch);
  assert.throws(
    () => database.read("undo of 5", key, decodeUndo),
    (error) =>
      error instanceof Unavailable &&
      error.message.startsWith(`undo of 5 in ${folder} is damaged; restore`),
  );
});

test("a state too far from the newest is refused before it fills the memory", async () => {
  const undo = (count: number): Undo =>
    Array.from({ length: count }, (_, i) => ({
      address: addressOf(i),
      account: undefined,
      slots: [{ slot: word(1), value: word(2) }],
    }));
  const batch = new Batch();
  batch.put(numberKey("undo", 1n), encodeUndo(undo(5)));
  batch.put(numberKey("undo", 2n), encodeUndo(undo(6)));
  await database.write(batch);
  const history = new History(database, 10);
  const overlay = history.overlay(0n);
  history.advance(overlay, 1n);
  assert.equal(overlay.accounts.size + overlay.slots.size, 10);
  for (let i = 0; i < 2; i++) {
    assert.throws(
      () => history.advance(overlay, 2n),
      (error) => error instanceof Unavailable && /more than 10 entries/.test(error.message),
    );
  }
});
