import assert from "node:assert/strict";
import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Unavailable } from "@delchain/runtime";
import {
  APPENDING_BYTES_MAX,
  JOURNAL_BYTES_MAX,
  type JournalOptions,
  MempoolJournal,
} from "./journal.ts";
import { JOURNAL_MAGIC } from "./journalRecord.ts";
import { MEMPOOL_LIMITS } from "./limits.ts";

const folder = await mkdtemp(join(tmpdir(), "delchain-journal-"));
after(() => rm(folder, { recursive: true }));
let files = 0;

function newPath(): string {
  return join(folder, `journal${files++}`);
}

function bytes(fill: number, length = 20): Uint8Array {
  return new Uint8Array(length).fill(fill);
}

async function load(path: string): Promise<readonly number[]> {
  const { journal, transactions } = await MempoolJournal.open({ path, live: () => [] });
  await journal.close();
  return transactions.map((transaction) => transaction[0] as number);
}

async function withJournal(
  options: Partial<JournalOptions> & { readonly path: string },
  use: (journal: MempoolJournal) => Promise<void>,
): Promise<void> {
  const { journal } = await MempoolJournal.open({ live: () => [], ...options });
  try {
    await use(journal);
  } finally {
    await journal.close();
  }
}

test("what was appended is there when the journal is opened again, in its order", async () => {
  const path = newPath();
  assert.deepEqual(await load(path), []);
  await withJournal({ path }, async (journal) => {
    await Promise.all([1, 2, 3].map((fill) => journal.append(bytes(fill))));
    await journal.append(bytes(4));
  });
  await withJournal({ path }, (journal) => journal.append(bytes(5)));
  assert.deepEqual(await load(path), [1, 2, 3, 4, 5]);
});

test("when append resolves, the bytes are in the file", async () => {
  const path = newPath();
  await withJournal({ path }, async (journal) => {
    for (let fill = 1; fill <= 5; fill++) {
      await journal.append(bytes(fill));
      const file = await readFile(path);
      assert.equal(file.length, journal.size);
      assert(file.includes(Buffer.from(bytes(fill))));
    }
  });
});

test("appends that come together share one sync of the disk", async () => {
  let syncs = 0;
  const openFile = (async (path: string, flags: string) => {
    const file = await open(path, flags);
    const datasync = file.datasync.bind(file);
    file.datasync = () => {
      syncs++;
      return datasync();
    };
    return file;
  }) as typeof open;
  await withJournal({ path: newPath(), openFile }, async (journal) => {
    syncs = 0;
    await Promise.all(Array.from({ length: 200 }, (_, i) => journal.append(bytes(i))));
  });
  // The first goes alone, the rest while it was under way.
  assert.equal(syncs, 2);
});

test("a file cut off at any byte loads the whole records before the cut, and takes new ones after them", async () => {
  const path = newPath();
  await withJournal({ path }, async (journal) => {
    for (const fill of [1, 2, 3]) await journal.append(bytes(fill));
  });
  const whole = await readFile(path);
  const recordBytes = (whole.length - JOURNAL_MAGIC.length) / 3;
  for (let cut = 0; cut <= whole.length; cut++) {
    await writeFile(path, whole.subarray(0, cut));
    await withJournal({ path }, (journal) => journal.append(bytes(9)));
    const count = Math.max(0, Math.floor((cut - JOURNAL_MAGIC.length) / recordBytes));
    assert.deepEqual(await load(path), [...[1, 2, 3].slice(0, count), 9], `cut at ${cut}`);
  }
});

test("a damaged byte anywhere in a record ends the journal before that record", async () => {
  const path = newPath();
  await withJournal({ path }, async (journal) => {
    for (const fill of [1, 2, 3]) await journal.append(bytes(fill));
  });
  const whole = await readFile(path);
  const recordBytes = (whole.length - JOURNAL_MAGIC.length) / 3;
  for (let at = JOURNAL_MAGIC.length; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] as number) ^ 0x40;
    await writeFile(path, damaged);
    const count = Math.floor((at - JOURNAL_MAGIC.length) / recordBytes);
    assert.deepEqual(await load(path), [1, 2, 3].slice(0, count), `byte ${at}`);
  }
});

test("zeros that a file system left behind the last record are cut off", async () => {
  const path = newPath();
  await withJournal({ path }, (journal) => journal.append(bytes(1)));
  await writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(4_096)]));
  await withJournal({ path }, (journal) => journal.append(bytes(2)));
  assert.deepEqual(await load(path), [1, 2]);
});

test("another kind of file is neither read nor overwritten", async () => {
  const path = newPath();
  await writeFile(path, "something else");
  await assert.rejects(load(path), /another kind of file; move it away/);
  assert.equal(await readFile(path, "utf8"), "something else");
});

test("at its limit the file is written anew with what is live, and holds what comes after", async () => {
  const path = newPath();
  const live = () => [bytes(7)];
  await withJournal({ path, live, bytesMax: 200 }, async (journal) => {
    for (let fill = 10; fill < 40; fill++) {
      await journal.append(bytes(fill));
      assert(journal.size <= 200);
    }
  });
  const [first, ...rest] = await load(path);
  assert.equal(first, 7);
  assert.deepEqual(rest, [35, 36, 37, 38, 39].slice(-rest.length));
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.endsWith(".new")),
    [],
  );
});

test("a rewrite leaves what is live and nothing else", async () => {
  const path = newPath();
  await withJournal({ path, live: () => [bytes(2)] }, async (journal) => {
    await journal.append(bytes(1));
    await journal.rewrite();
    await journal.append(bytes(3));
  });
  assert.deepEqual(await load(path), [2, 3]);
});

test("more bytes than may wait for the disk are refused, and later ones are taken again", async () => {
  const path = newPath();
  await withJournal({ path, appendingBytesMax: 50 }, async (journal) => {
    const first = journal.append(bytes(1));
    const [second, third] = [journal.append(bytes(2)), journal.append(bytes(3))];
    const fourth = journal.append(bytes(4));
    await assert.rejects(fourth, /40 bytes of transactions wait for the disk, the most allowed 50/);
    await Promise.all([first, second, third]);
    await journal.append(bytes(5));
  });
  assert.deepEqual(await load(path), [1, 2, 3, 5]);
});

test("a disk that fills up rejects the append, and once there is room the journal is whole again", async () => {
  const path = newPath();
  let isFull = false;
  const openFile = (async (name: string, flags: string) => {
    const file = await open(name, flags);
    const writev = file.writev.bind(file);
    file.writev = (async (parts: readonly Uint8Array[]) => {
      if (!isFull) return await writev(parts);
      // Half of it reaches the disk, as it does.
      await writev([(parts[0] as Uint8Array).subarray(0, 9)]);
      throw new Error("ENOSPC: no space left on device");
    }) as typeof file.writev;
    return file;
  }) as typeof open;
  const live: Uint8Array[] = [bytes(1)];
  await withJournal({ path, openFile, live: () => live }, async (journal) => {
    await journal.append(bytes(1));
    isFull = true;
    await assert.rejects(journal.append(bytes(2)), (error) => {
      assert(error instanceof Unavailable);
      assert.match(error.message, /journal cannot be written: ENOSPC/);
      return true;
    });
    await assert.rejects(journal.append(bytes(3)), Unavailable);
    isFull = false;
    await journal.append(bytes(4));
  });
  assert.deepEqual(await load(path), [1, 4]);
});

test("a closed journal takes nothing, and closing waits for what was given", async () => {
  const path = newPath();
  const { journal } = await MempoolJournal.open({ path, live: () => [] });
  const last = journal.append(bytes(1));
  await Promise.all([journal.close(), last]);
  await assert.rejects(journal.append(bytes(2)), Unavailable);
  assert.deepEqual(await load(path), [1]);
});

test("the file's limit leaves room for a full mempool twice", () => {
  assert(JOURNAL_BYTES_MAX >= 2 * MEMPOOL_LIMITS.bytesMax);
  assert(APPENDING_BYTES_MAX < MEMPOOL_LIMITS.bytesMax);
});
