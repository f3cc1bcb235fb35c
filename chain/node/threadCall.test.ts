import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, test } from "node:test";
import { MessageChannel, Worker } from "node:worker_threads";
import { InvalidInput, Unavailable } from "@delchain/runtime";
import {
  closeWorker,
  endWithWorker,
  serveMethods,
  THREAD_CALLS_MAX,
  ThreadCaller,
} from "./threadCall.ts";

class Service {
  readonly released: (() => void)[] = [];

  double(value: number): number {
    return value * 2;
  }

  async later(value: string): Promise<string> {
    await new Promise<void>((resolve) => this.released.push(resolve));
    return value;
  }

  refuse(limit: bigint): never {
    throw new InvalidInput({ code: "TOO_MUCH", limit, value: Uint8Array.of(1) }, "too much");
  }

  fail(): never {
    throw new Unavailable("store", "the disk is full");
  }

  slip(): never {
    throw new TypeError("a bug");
  }
}

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0))
    for (const port of [port1, port2]) port.close();
});

function join(): { readonly service: Service; readonly caller: ThreadCaller<Service> } {
  const channel = new MessageChannel();
  channels.push(channel);
  const service = new Service();
  serveMethods(channel.port1, service);
  return { service, caller: new ThreadCaller<Service>(channel.port2, "store") };
}

test("calls are answered each as it finishes, in whatever order", async () => {
  const { service, caller } = join();
  const slow = caller.call("later", "slow");
  assert.equal(await caller.call("double", 21), 42);
  for (const release of service.released) release();
  assert.equal(await slow, "slow");
});

test("errors cross with their kind and their facts", async () => {
  const { caller } = join();
  await assert.rejects(caller.call("refuse", 5n), (error) => {
    assert(error instanceof InvalidInput);
    assert.deepEqual(error.facts, { code: "TOO_MUCH", limit: 5n, value: Uint8Array.of(1) });
    assert.equal(error.message, "too much");
    return true;
  });
  await assert.rejects(caller.call("fail", undefined as never), (error) => {
    assert(error instanceof Unavailable);
    assert.deepEqual([error.part, error.message], ["store", "the disk is full"]);
    return true;
  });
  await assert.rejects(caller.call("slip", undefined as never), (error) => {
    assert(!(error instanceof InvalidInput) && !(error instanceof Unavailable));
    assert.equal((error as Error).message, "a bug");
    assert.match((error as Error).stack ?? "", /slip/);
    return true;
  });
});

test("a method that is not offered is refused by its name", async () => {
  const { caller } = join();
  await assert.rejects(caller.call("nothing" as "double", 1), /this thread offers no nothing/);
});

test("over the limit a call is refused at once, and after answers there is room again", async () => {
  const { service, caller } = join();
  const waiting = Array.from({ length: THREAD_CALLS_MAX }, (_, i) => caller.call("later", `${i}`));
  await assert.rejects(caller.call("double", 1), (error) => {
    assert(error instanceof Unavailable);
    assert.equal(error.message, "the store thread has 65536 calls waiting, the most allowed");
    return true;
  });
  while (service.released.length < waiting.length)
    await new Promise((resolve) => setImmediate(resolve));
  for (const release of service.released) release();
  assert.equal((await Promise.all(waiting)).at(-1), `${THREAD_CALLS_MAX - 1}`);
  assert.equal(await caller.call("double", 1), 2);
});

test("when a thread ends, what waits and what comes is told why", async () => {
  const { caller } = join();
  const waiting = caller.call("later", "never");
  assert.equal(caller.ended, false);
  caller.end(new Unavailable("store", "the thread is gone"));
  caller.end(new Unavailable("store", "only the first reason counts"));
  assert.equal(caller.ended, true);
  for (const call of [waiting, caller.call("double", 1)]) {
    await assert.rejects(call, { message: "the thread is gone" });
  }
});

test("a worker that crashes or exits ends its caller", async () => {
  for (const [source, reason] of [
    ["throw new Error('broken')", /the store thread failed: Error: broken/],
    ["process.exit(3)", /the store thread has stopped \(exit code 3\)/],
  ] as const) {
    const worker = new Worker(source, { eval: true });
    const caller = new ThreadCaller<Service>(worker, "store");
    endWithWorker(worker, caller, "store");
    await assert.rejects(caller.call("double", 1), (error) => {
      assert(error instanceof Unavailable);
      assert.match(error.message, reason);
      return true;
    });
  }
});

test("a worker that ends by itself is reported once, one that was ended is not, and closing either goes well", async () => {
  const failures: string[] = [];
  const start = (source: string) => {
    const worker = new Worker(source, { eval: true });
    const caller = new ThreadCaller<{ close(): Promise<void> }>(worker, "store");
    endWithWorker(worker, caller, "store", ({ message }) => failures.push(message));
    return { worker, caller };
  };
  const broken = start("throw new Error('broken')");
  await new Promise((resolve) => broken.worker.once("exit", resolve));
  assert.deepEqual(failures, ["the store thread failed: Error: broken"]);
  await closeWorker(broken.worker, broken.caller, "store");

  const whole = start(
    "const { parentPort } = require('node:worker_threads');" +
      "parentPort.on('message', ({ id }) => parentPort.postMessage({ id, value: undefined }));",
  );
  const exit = once(whole.worker, "exit");
  await closeWorker(whole.worker, whole.caller, "store");
  await exit;
  assert.equal(failures.length, 1);
});
