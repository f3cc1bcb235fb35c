import assert from "node:assert/strict";
import { test } from "node:test";
import { toAddress } from "@delchain/runtime";
import type { BlockContent } from "../transition/executeBlock.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import { createLog } from "./log.ts";
import { type ProduceRequest, Producer } from "./producer.ts";

const PRODUCER = toAddress(`0x${"99".repeat(20)}`);
const content: BlockContent = {
  certificates: [],
  overdue: [],
  transactions: [signedTransfer()],
  orders: [],
};
const log = createLog("silent");

/** Blocks under construction, each ended by the test. */
class Construction {
  readonly requests: ProduceRequest[] = [];
  readonly #ends: PromiseWithResolvers<void>[] = [];
  #started = Promise.withResolvers<void>();
  running = 0;
  mostAtOnce = 0;

  readonly produce = async (request: ProduceRequest): Promise<void> => {
    this.requests.push(request);
    this.running++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    const end = Promise.withResolvers<void>();
    this.#ends.push(end);
    this.#started.resolve();
    try {
      await end.promise;
    } finally {
      this.running--;
    }
  };

  async started(): Promise<void> {
    await this.#started.promise;
    this.#started = Promise.withResolvers<void>();
  }

  finish(): void {
    this.#ends.shift()?.resolve();
  }

  fail(error: Error): void {
    this.#ends.shift()?.reject(error);
  }
}

function turns(count: number): Promise<void> {
  return new Promise((resolve) => {
    const turn = (left: number): void => {
      if (left === 0) resolve();
      else setImmediate(() => turn(left - 1));
    };
    turn(count);
  });
}

test("one block is made at a time, however often there is work, and another one after it", async () => {
  const construction = new Construction();
  let left = 2;
  const producer = new Producer({
    producer: PRODUCER,
    intervalMs: undefined,
    nextTimestamp: () => 0n,
    selectContent: () => (left-- > 0 ? content : undefined),
    produce: construction.produce,
    hasCalls: () => false,
    setAside: () => assert.fail("nothing is set aside"),
    log,
  });
  for (let i = 0; i < 10; i++) producer.wake();
  await construction.started();
  for (let i = 0; i < 10; i++) producer.wake();
  await turns(5);
  assert.deepEqual([construction.requests.length, construction.running], [1, 1]);
  construction.finish();
  await construction.started();
  construction.finish();
  await turns(5);
  assert.deepEqual([construction.requests.length, construction.mostAtOnce], [2, 1]);
  const [request] = construction.requests;
  assert.deepEqual([request?.producer, request?.content], [PRODUCER, content]);
  await producer.close();
});

test("work that comes while a block is made is not forgotten", async () => {
  const construction = new Construction();
  const waiting: BlockContent[] = [content];
  const producer = new Producer({
    producer: PRODUCER,
    intervalMs: undefined,
    nextTimestamp: () => 0n,
    selectContent: () => waiting.shift(),
    produce: construction.produce,
    hasCalls: () => false,
    setAside: () => assert.fail("nothing is set aside"),
    log,
  });
  producer.wake();
  await construction.started();
  waiting.push(content);
  producer.wake();
  construction.finish();
  await construction.started();
  construction.finish();
  await turns(5);
  assert.equal(construction.requests.length, 2);
  await producer.close();
});

test("after a failure it tries again by itself", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const construction = new Construction();
  let left = 2;
  const producer = new Producer({
    producer: PRODUCER,
    intervalMs: undefined,
    nextTimestamp: () => 0n,
    selectContent: () => (left-- > 0 ? content : undefined),
    produce: construction.produce,
    hasCalls: () => false,
    setAside: () => assert.fail("nothing is set aside"),
    log,
  });
  producer.wake();
  await construction.started();
  construction.fail(new Error("the disk is full"));
  await turns(5);
  assert.equal(construction.requests.length, 1);
  context.mock.timers.tick(1_000);
  await construction.started();
  construction.finish();
  await producer.close();
  assert.equal(construction.requests.length, 2);
});

test("closing waits for the block under construction and makes no other", async () => {
  const construction = new Construction();
  const producer = new Producer({
    producer: PRODUCER,
    intervalMs: undefined,
    nextTimestamp: () => 0n,
    selectContent: () => content,
    produce: construction.produce,
    hasCalls: () => false,
    setAside: () => assert.fail("nothing is set aside"),
    log,
  });
  producer.wake();
  await construction.started();
  let isClosed = false;
  const closing = producer.close().then(() => {
    isClosed = true;
  });
  await turns(5);
  assert.equal(isClosed, false);
  construction.finish();
  await closing;
  producer.wake();
  await turns(5);
  assert.equal(construction.requests.length, 1);
});

test("with an interval blocks come by the clock alone, empty or not, and a slow one is not overtaken", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const construction = new Construction();
  const waiting: BlockContent[] = [];
  const producer = new Producer({
    producer: PRODUCER,
    intervalMs: 100,
    nextTimestamp: () => 0n,
    selectContent: () => waiting.shift(),
    produce: construction.produce,
    hasCalls: () => false,
    setAside: () => assert.fail("nothing is set aside"),
    log,
  });
  waiting.push(content);
  producer.wake();
  await turns(5);
  assert.equal(construction.requests.length, 0);
  context.mock.timers.tick(100);
  await construction.started();
  context.mock.timers.tick(300);
  await turns(5);
  assert.deepEqual([construction.requests.length, construction.mostAtOnce], [1, 1]);
  construction.finish();
  await turns(5);
  context.mock.timers.tick(100);
  await construction.started();
  construction.finish();
  await producer.close();
  assert.deepEqual(
    construction.requests.map((request) => request.content.transactions.length),
    [1, 0],
  );
});

test("while ordered calls wait a block is made each slot, and none once they are settled", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const made: number[] = [];
  let hasCalls = true;
  const producer = new Producer({
    producer: PRODUCER,
    intervalMs: undefined,
    nextTimestamp: () => 0n,
    selectContent: () => undefined,
    hasCalls: () => hasCalls,
    produce: ({ content: { transactions } }) => {
      made.push(transactions.length);
      return Promise.resolve();
    },
    setAside: () => assert.fail("there is nothing to set aside"),
    log,
  });
  const slot = async (): Promise<number> => {
    context.mock.timers.tick(4_999);
    await turns(3);
    const before = made.length;
    context.mock.timers.tick(1);
    await turns(3);
    return made.length - before;
  };
  producer.wake();
  await turns(3);
  assert.deepEqual(made, []);
  assert.deepEqual([await slot(), await slot()], [1, 1]);
  hasCalls = false;
  assert.deepEqual([await slot(), await slot(), made], [1, 0, [0, 0, 0]]);
  await producer.close();
});

test("what is done between blocks waits for the one under construction, and no other begins before it is done", async () => {
  const construction = new Construction();
  let left = 2;
  const producer = new Producer({
    producer: PRODUCER,
    intervalMs: undefined,
    nextTimestamp: () => 0n,
    selectContent: () => (left-- > 0 ? content : undefined),
    produce: construction.produce,
    hasCalls: () => false,
    setAside: () => assert.fail("nothing is set aside"),
    log,
  });
  producer.wake();
  await construction.started();
  const acting = Promise.withResolvers<void>();
  let seen = -1;
  const between = producer.between(async () => {
    seen = construction.running;
    await acting.promise;
    return construction.running;
  });
  await turns(5);
  assert.equal(seen, -1);
  construction.finish();
  await construction.started();
  construction.finish();
  await turns(5);
  assert.equal(seen, 0);
  left = 1;
  producer.wake();
  await turns(5);
  assert.equal(construction.running, 0);
  acting.resolve();
  assert.equal(await between, 0);
  await construction.started();
  construction.finish();
  await producer.close();
  await assert.rejects(
    producer.between(async () => undefined),
    /the node is stopping/,
  );
});
