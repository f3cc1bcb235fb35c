import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type Hash, InvalidInput, Unavailable } from "@delchain/runtime";
import { DEVNET } from "../spec/devnet.ts";
import { genesisDiff } from "../spec/genesis.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { Batch } from "./batch.ts";
import { Database } from "./database.ts";
import { META_KEY } from "./keys.ts";
import type { ForeignStore } from "./openGenesis.ts";
import { decodeMeta, encodeMeta, type Meta } from "./records.ts";
import { openChainStore } from "./store.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "delchain-open-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a store opens for its own chain again and again", async () => {
  const heads = [];
  for (let i = 0; i < 3; i++) {
    const store = await openChainStore(folder, DEVNET);
    heads.push(store.head());
    await store.close();
  }
  assert.deepEqual(heads, [heads[0], heads[0], heads[0]]);
});

test("a store that is open already says which process has it", async () => {
  const store = await openChainStore(folder, DEVNET);
  await assert.rejects(openChainStore(folder, DEVNET), (error) => {
    assert.ok(error instanceof Unavailable);
    assert.equal(
      error.message,
      `the store in ${folder} is open in this process (${process.pid}); stop that process or choose another data folder`,
    );
    return true;
  });
  await store.close();
  await (await openChainStore(folder, DEVNET)).close();
});

test("another chain id is refused, and the error names both", async () => {
  await begin();
  const facts = { code: "STORE_CHAIN_ID", found: 31_337n, expected: 1n } as const;
  await rejectsForeign({ ...DEVNET, chainId: 1n }, facts, /holds chain 31337, not chain 1/);
});

test("another genesis block is refused, and the error names both", async () => {
  const found = await begin();
  const others: ChainSpec[] = [
    { ...DEVNET, genesis: { ...DEVNET.genesis, timestamp: 1n } },
    { ...DEVNET, genesis: { ...DEVNET.genesis, balances: [] } },
  ];
  for (const spec of others) {
    const elsewhere = mkdtempSync(join(tmpdir(), "delchain-open-"));
    const other = await openChainStore(elsewhere, spec);
    const expected = other.head().hash;
    await other.close();
    rmSync(elsewhere, { recursive: true });
    const facts = { code: "STORE_GENESIS", found, expected } as const;
    await rejectsForeign(spec, facts, new RegExp(`${found}.*${expected}.*another data folder`));
  }
});

test("another layout is refused, and the error names both", async () => {
  await begin();
  await changeMeta((meta) => ({ ...meta, schema: 99 }));
  const facts = { code: "STORE_SCHEMA", found: 99, expected: 1 } as const;
  await rejectsForeign(DEVNET, facts, /layout 99.*layout 1/);
});

test("another program's database is refused", async () => {
  const database = await Database.open(folder);
  const batch = new Batch();
  batch.put(Uint8Array.of(1), Uint8Array.of(2));
  await database.write(batch);
  await database.close();
  await rejectsForeign(DEVNET, { code: "STORE_NOT_OURS" }, /another program's database/);
});

test("a store that lost a block in its middle is damaged", async () => {
  await begin();
  await changeMeta((meta) => ({ ...meta, head: { ...meta.head, number: 1n } }));
  await assert.rejects(openChainStore(folder, DEVNET), (error) => {
    assert.ok(error instanceof Unavailable);
    assert.match(error.message, /lost block 1 although its head is block 1/);
    return true;
  });
});

test("a damaged database is Unavailable and names the file", async () => {
  await begin();
  const manifest = readdirSync(folder).find((name) => name.startsWith("MANIFEST")) as string;
  writeFileSync(join(folder, manifest), "not a manifest");
  await assert.rejects(openChainStore(folder, DEVNET), (error) => {
    assert.ok(error instanceof Unavailable);
    assert.match(error.message, new RegExp(`the store in ${folder} is damaged`));
    assert.match(error.message, /restore a copy of the folder, or remove it/);
    return true;
  });
});

test("a folder that cannot be made is Unavailable", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  await assert.rejects(openChainStore(file, DEVNET), Unavailable);
});

test("a closed store answers no more", async () => {
  const store = await openChainStore(folder, DEVNET);
  await store.close();
  assert.throws(() => store.headerByNumber(0n), Unavailable);
  await assert.rejects(store.prepare(genesisDiff(DEVNET)), Unavailable);
});

async function begin(): Promise<Hash> {
  const store = await openChainStore(folder, DEVNET);
  const { hash } = store.head();
  await store.close();
  return hash;
}

async function changeMeta(change: (meta: Meta) => Meta): Promise<void> {
  const database = await Database.open(folder);
  const meta = database.read("meta", META_KEY, decodeMeta) as Meta;
  const batch = new Batch();
  batch.put(META_KEY, encodeMeta(change(meta)));
  await database.write(batch);
  await database.close();
}

/** A refused opening must also give the lock back. */
async function rejectsForeign(spec: ChainSpec, facts: ForeignStore, says: RegExp): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await assert.rejects(openChainStore(folder, spec), (error) => {
      assert.ok(error instanceof InvalidInput);
      assert.deepEqual(error.facts, facts);
      assert.match(error.message, says);
      assert.ok(error.message.includes(folder));
      return true;
    });
  }
}
