import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import {
  addressToBytes,
  EMPTY_CODE_HASH,
  EMPTY_ROOT,
  type Hash,
  InvalidInput,
  keccak256,
  keccak256Bytes,
  MemoryView,
  Unavailable,
  ZERO_HASH,
} from "@delchain/runtime";
import { serveView, type ViewStore } from "./serveView.ts";
import type { ReaderAnswer, ReaderTask } from "./testReader.ts";
import { addressOf, word } from "./testState.ts";
import { CODE_PIECE_BYTES, newViewBuffer } from "./viewProtocol.ts";

const ended: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

test("another thread reads what the owner holds, block by block", async () => {
  const states = [new MemoryView(), new MemoryView()];
  states.forEach((state, i) => {
    state.set(addressOf(1), { balance: 2n ** 256n - 1n - BigInt(i), nonce: 2n ** 64n - 1n });
    state.apply({
      accounts: [
        {
          address: addressOf(2),
          exists: true,
          nonce: 0n,
          balance: 0n,
          codeHash: EMPTY_CODE_HASH,
          wiped: false,
          slots: [{ slot: word(1), value: word(10 + i) }],
        },
      ],
      codes: [],
    });
    state.blockHashes.set(0n, word(100));
  });
  const ask = startReader({ viewAt: (number) => states[Number(number)] as MemoryView });
  const reads: ReaderTask["reads"] = [
    ["account", addressOf(1)],
    ["account", addressOf(3)],
    ["storage", addressOf(2), word(1)],
    ["storage", addressOf(2), word(2)],
    ["blockHash", 0n],
    ["blockHash", 5n],
    ["code", word(1)],
  ];
  const nonce = 2n ** 64n - 1n;
  for (const number of [0n, 1n, 0n]) {
    const account = {
      nonce,
      balance: 2n ** 256n - 1n - number,
      codeHash: EMPTY_CODE_HASH,
      storageRoot: EMPTY_ROOT,
    };
    const slot = word(10 + Number(number));
    const values = [account, undefined, slot, ZERO_HASH, word(100), undefined, undefined];
    assert.deepEqual(
      await ask({ number, reads }),
      values.map((value) => ({ value })),
    );
  }
});

test("code of any size crosses whole, and only once", async () => {
  const sizes = [1, CODE_PIECE_BYTES, CODE_PIECE_BYTES + 1, 1024 * 1024];
  const state = new MemoryView();
  const codes = sizes.map((size, i) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 32) {
      const hash = keccak256Bytes(addressToBytes(addressOf(i + (at >> 5))));
      bytes.set(hash.subarray(0, Math.min(32, size - at)), at);
    }
    return { hash: state.putCode(bytes), bytes };
  });
  let asked = 0;
  const code = (hash: Hash): Uint8Array | undefined => {
    asked++;
    return state.code(hash);
  };
  const ask = startReader({ viewAt: () => ({ ...methodsOf(state), code }) });
  const task: ReaderTask = { number: 1n, reads: codes.map(({ hash }) => ["code", hash]) };
  for (const answers of [await ask(task), await ask({ ...task, number: 2n })]) {
    assert.deepEqual(
      answers.map((answer) => keccak256((answer as { value: Uint8Array }).value)),
      codes.map(({ hash }) => hash),
    );
  }
  assert.equal(
    asked,
    sizes.reduce((pieces, size) => pieces + Math.ceil(size / CODE_PIECE_BYTES), 0),
  );
});

test("what the store throws is thrown in the reading thread, with its facts", async () => {
  const facts = { code: "STATE_PRUNED", number: 1n, oldest: 2n, newest: 3n };
  const errors = [
    new InvalidInput(facts, "the state of block 1 is not kept"),
    new Unavailable("store", "the disk is gone"),
    new Unavailable("store", "\u{1F525}".repeat(100_000)),
  ];
  const ask = startReader({
    viewAt: (number) => {
      throw errors[Number(number)];
    },
  });
  const reads: ReaderTask["reads"] = [["account", addressOf(1)]];
  assert.deepEqual(await ask({ number: 0n, reads }), [
    { error: "InvalidInput", message: "the state of block 1 is not kept", facts },
  ]);
  assert.deepEqual(await ask({ number: 1n, reads }), [
    { error: "Unavailable", message: "the disk is gone", facts: undefined },
  ]);
  const [long] = await ask({ number: 2n, reads });
  assert.match((long as { message: string }).message, /^\u{1F525}{2048}$/u);
});

test("an answer that came too late is never taken for another question's, and the next one is answered", async () => {
  const state = new MemoryView();
  state.set(addressOf(1), { balance: 1n });
  const lateMs = 500;
  let isLate = true;
  const slow: ViewStore = {
    viewAt: () => {
      if (isLate) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lateMs);
      isLate = false;
      return state;
    },
  };
  const ask = startReader(slow, 20);
  const message = "the store's thread gave no answer within 20 ms; try again when it is less busy";
  const stuck = { error: "Unavailable", message, facts: undefined };
  const reads: ReaderTask["reads"] = [
    ["account", addressOf(1)],
    ["account", addressOf(1)],
  ];
  assert.deepEqual(await ask({ number: 1n, reads }), [stuck, stuck]);
  await sleep(lateMs);
  const other: ReaderTask = { number: 1n, reads: [["account", addressOf(2)]] };
  assert.deepEqual(await ask(other), [{ value: undefined }]);
});

test("a buffer of another size is refused", () => {
  const { port1 } = new MessageChannel();
  ended.push(() => port1.close());
  assert.throws(() => serveView(port1, new SharedArrayBuffer(8), {} as ViewStore), RangeError);
});

type Ask = (task: ReaderTask) => Promise<readonly ReaderAnswer[]>;

function startReader(store: ViewStore, deadlineMs?: number): Ask {
  const { port1, port2 } = new MessageChannel();
  const buffer = newViewBuffer();
  serveView(port1, buffer, store);
  ended.push(() => port1.close());
  return startThread(port2, buffer, deadlineMs);
}

function startThread(port: MessagePort, buffer: SharedArrayBuffer, deadlineMs?: number): Ask {
  const thread = new Worker(new URL("./testReader.ts", import.meta.url), {
    workerData: { port, buffer, deadlineMs },
    transferList: [port],
  });
  ended.unshift(() => thread.terminate());
  return async (task) => {
    thread.postMessage(task);
    const [answers] = await once(thread, "message");
    return answers;
  };
}

function methodsOf(view: MemoryView): ReturnType<ViewStore["viewAt"]> {
  return {
    account: (address) => view.account(address),
    storage: (address, slot) => view.storage(address, slot),
    code: (hash) => view.code(hash),
    blockHash: (number) => view.blockHash(number),
  };
}
