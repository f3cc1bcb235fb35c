import assert from "node:assert/strict";
import { after, test } from "node:test";
import { STORE, startContracts } from "./testSupport/contracts.ts";
import { TipOracle } from "./tipOracle.ts";

const { backend, send, server } = await startContracts();
after(() => server.close());

test("a tip is the least that the mempool takes on an empty chain, and follows the last blocks' lowest", async () => {
  const oracle = new TipOracle();
  assert.equal(await oracle.suggest(backend), 1n);
  await send({ to: STORE, tip: 50n });
  assert.equal(await oracle.suggest(backend), 50n);
  backend.autoMine = false;
  for (const tip of [70n, 90n, 110n, 9_000n]) await send({ to: STORE, tip });
  backend.autoMine = true;
  backend.mine();
  // 50, 70, 90, 110: a block's dear transactions do not count.
  assert.equal(await oracle.suggest(backend), 70n);
});

test("blocks out of sight are forgotten, and each block is read once", async () => {
  const oracle = new TipOracle();
  let reads = 0;
  const counted = {
    ...backend,
    limits: backend.limits,
    head: () => backend.head(),
    blockByNumber: (number: bigint) => {
      reads++;
      return backend.blockByNumber(number);
    },
  };
  for (let i = 0; i < 25; i++) backend.mine();
  assert.equal(await oracle.suggest(counted as never), 1n);
  assert.equal(reads, 20);
  backend.mine();
  await oracle.suggest(counted as never);
  assert.equal(reads, 21);
});

test("a read that failed is tried again", async () => {
  const oracle = new TipOracle();
  const failing = {
    head: () => backend.head(),
    limits: backend.limits,
    blockByNumber: () => Promise.reject(new Error("disk")),
  };
  await assert.rejects(oracle.suggest(failing as never), /disk/);
  assert.equal(await oracle.suggest(backend), 1n);
});
