import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Hash, keccak256, toHex, Unavailable, ZERO_HASH } from "@delchain/runtime";
import type { OwnWord } from "../attest/agreement.ts";
import { FileWordJournal, MemoryWordJournal, WORDS_MAX } from "./wordJournal.ts";

const folder = mkdtempSync(join(tmpdir(), "delchain-words-"));
after(() => rmSync(folder, { recursive: true }));

const KEY = toHex(new Uint8Array(48).fill(1));
const ROUND = keccak256(Uint8Array.of(1));
const DIFF = keccak256(Uint8Array.of(2));

function word(change: Partial<OwnWord> = {}): OwnWord {
  return {
    round: ROUND,
    publicKey: KEY,
    salt: new Uint8Array(32).fill(2),
    findings: { diffHash: ZERO_HASH, resultsHash: ROUND, gasUsed: 7n },
    commitments: undefined,
    ...change,
  };
}

test("what a host has said is there after a restart, the latest of a round", async () => {
  const path = join(folder, "restart");
  const journal = await FileWordJournal.open(path);
  await journal.record(word());
  await journal.record(word({ commitments: ROUND }));
  const findings = { ...word().findings, number: ROUND };
  await journal.record(word({ round: ZERO_HASH, findings }));
  await journal.close();
  const again = await FileWordJournal.open(path);
  assert.deepEqual(again.wordOf(ROUND, KEY), word({ commitments: ROUND }));
  assert.deepEqual(again.wordOf(ZERO_HASH, KEY), word({ round: ZERO_HASH, findings }));
  assert.equal(again.wordOf(DIFF, KEY), undefined);
  await again.close();
});

test("a word that a crash has torn was never said; those before it are kept, and new ones follow", async () => {
  const path = join(folder, "torn");
  const journal = await FileWordJournal.open(path);
  await journal.record(word());
  await journal.record(word({ round: ZERO_HASH }));
  await journal.close();
  truncateSync(path, readFileSync(path).length - 1);
  appendFileSync(path, new Uint8Array(3));
  const again = await FileWordJournal.open(path);
  assert.deepEqual(again.wordOf(ROUND, KEY), word());
  assert.equal(again.wordOf(ZERO_HASH, KEY), undefined);
  await again.record(word({ round: ZERO_HASH }));
  await again.close();
  const last = await FileWordJournal.open(path);
  assert.deepEqual(last.wordOf(ZERO_HASH, KEY), word({ round: ZERO_HASH }));
  await last.close();
});

test("a file with too many records is written anew with the words that count", async () => {
  const path = join(folder, "anew");
  const journal = await FileWordJournal.open(path, 4);
  const sizes: number[] = [];
  for (let gas = 0n; gas < 6n; gas++) {
    const findings = { ...word().findings, gasUsed: 100n + gas };
    await journal.record(word({ findings }));
    sizes.push(readFileSync(path).length);
  }
  await journal.close();
  const [one = 0, two = 0, , four, five] = sizes;
  assert.deepEqual([four, five], [one + 3 * (two - one), two]);
  const again = await FileWordJournal.open(path);
  assert.equal(again.wordOf(ROUND, KEY)?.findings.gasUsed, 105n);
  await again.close();
});

test("another kind of file is left alone, and a folder that is not there is trouble", async () => {
  const path = join(folder, "other");
  writeFileSync(path, "somebody's letters");
  await assert.rejects(FileWordJournal.open(path), /another kind of file/);
  assert.equal(readFileSync(path, "utf8"), "somebody's letters");
  await assert.rejects(FileWordJournal.open(join(folder, "missing", "words")), Unavailable);
});

test("a closed file takes no word, and says so", async () => {
  const journal = await FileWordJournal.open(join(folder, "closed"));
  await journal.close();
  await assert.rejects(journal.record(word()), Unavailable);
  assert.equal(journal.wordOf(ROUND, KEY), undefined, "what is not on disk was not said");
});

test("so many words are kept and no more, the oldest going first", () => {
  const journal = new MemoryWordJournal();
  const roundOf = (i: number) => `0x${i.toString(16).padStart(64, "0")}` as Hash;
  for (let i = 0; i <= WORDS_MAX; i++) journal.keep(word({ round: roundOf(i) }));
  assert.equal(journal.wordOf(roundOf(0), KEY), undefined);
  assert.ok(journal.wordOf(roundOf(1), KEY));
  assert.equal(journal.all().length, WORDS_MAX);
});
