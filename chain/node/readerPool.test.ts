import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessagePort } from "node:worker_threads";
import { toAddress, Unavailable } from "@delchain/runtime";
import { DEVNET, DEVNET_ACCOUNTS } from "../spec/devnet.ts";
import { serveView } from "../state/serveView.ts";
import { toExecutable } from "../tx/executable.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import { READER_QUEUE_MAX, ReaderPool } from "./readerPool.ts";
import type { ReaderQuery } from "./readerThread.ts";
import { TestService } from "./testLeader.ts";

/** Longer than a loaded machine takes to start a thread and answer, and no longer than a test should. */
const DEADLINE_MS = 5_000;

const QUERY: ReaderQuery = {
  context: {
    chainId: DEVNET.chainId,
    number: 0n,
    timestamp: DEVNET.genesis.timestamp,
    gasLimit: DEVNET.blockGasLimit,
    baseFee: 0n,
    producer: toAddress(`0x${"99".repeat(20)}`),
    randomness: DEVNET.genesis.randomness,
  },
  stateAt: 0n,
  query: { transaction: toExecutable(signedTransfer()), unchecked: true, trace: false },
};

test("a query that outlives its deadline is ended with its thread, and the next one is answered", async () => {
  await using service = await TestService.open();
  let threads = 0;
  const pool = new ReaderPool(
    DEVNET,
    // Nobody answers the first thread, as when a disk hangs.
    (port, buffer) => {
      if (threads++ > 0) serveView(port, buffer, service.store);
    },
    { size: 1, deadlineMs: DEADLINE_MS },
  );
  try {
    const [stuck, next] = [pool.query(QUERY), pool.query(QUERY)];
    await assert.rejects(stuck, (error) => {
      assert(error instanceof Unavailable);
      assert.equal(error.part, "readers");
      assert.equal(
        error.message,
        `the query ran longer than ${DEADLINE_MS} ms and was ended; lower its gas`,
      );
      return true;
    });
    const { outcome } = await next;
    assert.deepEqual([outcome.status, threads], ["success", 2]);
    assert.equal((await pool.query(QUERY)).outcome.status, "success");
    assert.equal(threads, 2, "a thread that answered in time stays");
  } finally {
    await pool.close();
  }
});

test("queries over the limit are refused at once, and closing refuses all that wait", async () => {
  const ports: MessagePort[] = [];
  const pool = new ReaderPool(DEVNET, (port) => void ports.push(port), { size: 1 });
  const waiting = Array.from({ length: READER_QUEUE_MAX + 1 }, () => pool.query(QUERY));
  await assert.rejects(pool.query(QUERY), {
    name: "Unavailable",
    message: `${READER_QUEUE_MAX} queries wait already, the most allowed; try again later`,
  });
  const ends = Promise.allSettled(waiting);
  await pool.close();
  const reasons = (await ends).map((end) => (end.status === "rejected" ? end.reason : undefined));
  assert(reasons.every((reason) => reason instanceof Unavailable));
  assert.match(String(reasons.at(-1)), /the node is stopping/);
  await assert.rejects(pool.query(QUERY), /the node is stopping/);
  for (const port of ports) port.close();
});

test("many queries share the threads and are all answered", async () => {
  await using service = await TestService.open();
  const pool = new ReaderPool(DEVNET, (port, buffer) => serveView(port, buffer, service.store), {
    size: 2,
  });
  try {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => pool.query(QUERY)));
    assert.deepEqual(new Set(outcomes.map(({ outcome }) => outcome.status)), new Set(["success"]));
    assert.equal(service.store.viewAt().account(DEVNET_ACCOUNTS[0] as never)?.nonce, 0n);
  } finally {
    await pool.close();
  }
});
