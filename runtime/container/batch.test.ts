import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryView } from "../state/memoryView.ts";
import { EMPTY_BYTES } from "../types/bytes.ts";
import { Unavailable } from "../types/errors.ts";
import { executeBatch, queryContainer } from "./batch.ts";
import type { CallFrame } from "./frames.ts";
import type { HostCall } from "./hostCall.ts";
import {
  DEBUG_BYTES_MAX,
  HOST_CALLS_MAX,
  KEY_BYTES_MAX,
  LOG_BYTES_MAX,
  LOGS_MAX,
  VALUE_BYTES_MAX,
} from "./limits.ts";
import type { Answer, CallOutcome } from "./runningCall.ts";
import {
  batch,
  bytes,
  CONTRACT,
  call,
  OTHER,
  type Program,
  run,
  SUCCESS,
  slot,
} from "./testBatch.ts";

test("each call begins with what the last one left, and the net changes are sorted by slot", async () => {
  const view = new MemoryView();
  view.set(CONTRACT, { balance: 10n });
  const seen: unknown[] = [];
  const { slots } = await run(
    [
      (ask) => {
        ask({ operation: "storagePut", slot: slot(9), value: slot(1) });
        ask({ operation: "storagePut", slot: slot(2), value: slot(3) });
        return SUCCESS;
      },
      (ask) => {
        seen.push(ask({ operation: "storageGet", slot: slot(9) }));
        ask({ operation: "storagePut", slot: slot(9), value: slot(0) });
        ask({ operation: "storagePut", slot: slot(1), value: slot(7) });
        return SUCCESS;
      },
    ],
    undefined,
    view,
  );
  assert.deepEqual(seen, [{ status: "ok", data: new Uint8Array(32).fill(1, 31) }]);
  assert.deepEqual(slots, [
    { slot: slot(1), value: slot(7) },
    { slot: slot(2), value: slot(3) },
  ]);
});

test("a call that does not succeed leaves neither writes nor logs nor value", async () => {
  const spoil: (outcome: CallOutcome) => Program = (outcome) => (ask) => {
    ask({ operation: "storagePut", slot: slot(1), value: slot(1) });
    ask({ operation: "log", topics: [], data: bytes("gone") });
    return outcome;
  };
  const outcomes: readonly CallOutcome[] = [
    { status: "revert", output: bytes("no") },
    { status: "halt", code: "memory", detail: "" },
    { status: "timeout" },
  ];
  const look: Program = (ask) => {
    assert.deepEqual(ask({ operation: "storageGet", slot: slot(1) }).data, new Uint8Array(32));
    return SUCCESS;
  };
  const calls = [...outcomes.map(() => call({ value: 5n })), call()];
  const { results, ...rest } = await run([...outcomes.map(spoil), look], calls);
  assert.deepEqual(rest, { slots: [], balanceDelta: 0n });
  assert.deepEqual(results.at(-1)?.logs, []);
  assert.deepEqual(
    results
      .slice(0, 3)
      .map(({ status, haltCode, gasUsed, logs }) => [status, haltCode, gasUsed, logs.length]),
    [
      // 50,000 the class, two host calls, a store, a log of four bytes, an output of two.
      ["revert", undefined, 50_000n + 2_000n + 3n + 22_100n + 407n + 16n, 0],
      ["halt", "memory", 1_000_000n, 0],
      ["timeout", undefined, 0n, 0],
    ],
  );
});

test("the value of a success is the contract's from its call on", async () => {
  const view = new MemoryView();
  view.set(CONTRACT, { balance: 100n });
  view.set(OTHER, { balance: 7n });
  const balances: bigint[] = [];
  const look: Program = (ask) => {
    for (const address of [CONTRACT, OTHER]) {
      const { data } = ask({ operation: "balance", address });
      balances.push(BigInt(`0x${Buffer.from(data).toString("hex")}`));
    }
    return SUCCESS;
  };
  const fail: Program = () => ({ status: "revert", output: EMPTY_BYTES });
  const calls = [call({ value: 1n }), call({ value: 50n }), call({ value: 2n })];
  const { balanceDelta } = await run([look, fail, look], calls, view);
  assert.equal(balanceDelta, 3n);
  assert.deepEqual(balances, [101n, 7n, 103n, 7n]);
});

test("gas is the class price, host calls, words and bytes, and its end is a halt that takes it all", async () => {
  const put: Program = (ask) => {
    const { status } = ask({
      operation: "put",
      key: bytes("key"),
      value: new Uint8Array(40).fill(1),
    });
    return { status: "success", output: bytes(status) };
  };
  // A host call and two words copied, the key's hash, the head loaded and stored, two words stored, the output; and of
  // the order of keys, which was empty, its root loaded and stored, and the key stored.
  const needed = 50_000n + 1_000n + 6n + 36n + 2n * 2_100n + 5n * 22_100n + 16n;
  const { results, slots } = await run(
    [put, put],
    [call({ gasLimit: needed - 1n }), call({ gasLimit: needed })],
  );
  assert.deepEqual(
    results.map(({ status, haltCode, gasUsed }) => [status, haltCode, gasUsed]),
    [
      ["halt", "outOfGas", needed - 1n],
      ["success", undefined, needed],
    ],
  );
  assert.equal(slots.length, 5);
});

test("a call that cannot pay its class never reaches a container", async () => {
  const never: Program = () => assert.fail("it ran");
  const { results } = await run([never], [call({ gasLimit: 49_999n })]);
  assert.deepEqual(results, [
    {
      status: "halt",
      output: EMPTY_BYTES,
      logs: [],
      messages: [],
      gasUsed: 49_999n,
      haltCode: "outOfGas",
    },
  ]);
});

test("a gas limit beyond what a meter counts exactly is a bug of the chain", async () => {
  const calls = [call({ gasLimit: 2n ** 39n + 1n })];
  await assert.rejects(run([], calls), /gas limit 549755813889 is above 2\^39/);
});

test("after its gas is gone a call is told to stop, whatever it asks", async () => {
  const statuses: string[] = [];
  const spend: Program = (ask) => {
    for (let i = 0; i < 5; i++) {
      statuses.push(ask({ operation: "storagePut", slot: slot(i), value: slot(1) }).status);
    }
    statuses.push(ask({ operation: "gasLeft" }).status);
    return { status: "halt", code: "outOfGas", detail: "" };
  };
  const { slots } = await run([spend], [call({ gasLimit: 50_000n + 2n * 23_100n })]);
  assert.deepEqual(statuses, ["ok", "ok", "stop", "stop", "stop", "stop"]);
  assert.deepEqual(slots, []);
});

test("what passes a limit is refused with the limit in words, and changes nothing", async () => {
  const refused: string[] = [];
  const { results } = await run(
    [
      (ask) => {
        const calls: readonly HostCall[] = [
          { operation: "get", key: EMPTY_BYTES },
          { operation: "delete", key: new Uint8Array(KEY_BYTES_MAX + 1) },
          { operation: "put", key: bytes("k"), value: new Uint8Array(VALUE_BYTES_MAX + 1) },
          { operation: "log", topics: [], data: new Uint8Array(LOG_BYTES_MAX + 1) },
        ];
        for (const each of calls) {
          const { status, data } = ask(each);
          refused.push(`${status}: ${Buffer.from(data)}`);
        }
        return SUCCESS;
      },
    ],
    [call({ gasLimit: 10_000_000n })],
  );
  assert.deepEqual(refused, [
    "refused: a key of 0 bytes is outside of 1 to 1024",
    "refused: a key of 1025 bytes is outside of 1 to 1024",
    "refused: a value of 65537 bytes is over the limit of 65536",
    "refused: the logs of a call hold at most 1048576 bytes of data",
  ]);
  assert.equal(results[0]?.status, "success");
});

test("logs, host calls and debug text end at their numbers", async () => {
  const statuses = new Map<string, number>();
  const debug: string[] = [];
  const count = (status: string): void =>
    void statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const runner = {
    run: async (_: CallFrame, ask: Answer): Promise<CallOutcome> => {
      const line = "x".repeat(1_024);
      for (let i = 0; i <= DEBUG_BYTES_MAX / 1_024; i++) ask({ operation: "debug", text: line });
      for (let i = 0; i <= LOGS_MAX; i++) {
        count(`log ${ask({ operation: "log", topics: [], data: EMPTY_BYTES }).status}`);
      }
      const used = DEBUG_BYTES_MAX / 1_024 + 1 + LOGS_MAX + 1;
      for (let i = used; i <= HOST_CALLS_MAX; i++) count(ask({ operation: "gasLeft" }).status);
      return SUCCESS;
    },
  };
  const calls = [call({ gasLimit: 1n << 30n })];
  await executeBatch(batch(calls), new MemoryView(), runner, (text) => debug.push(text));
  assert.equal(debug.length, DEBUG_BYTES_MAX / 1_024);
  assert.deepEqual(
    [...statuses],
    [
      ["log ok", LOGS_MAX],
      ["log refused", 1],
      ["ok", HOST_CALLS_MAX - DEBUG_BYTES_MAX / 1_024 - LOGS_MAX - 2],
      ["stop", 1],
    ],
  );
});

test("a contract learns of its call exactly what was ordered", async () => {
  const frames: CallFrame[] = [];
  const ordered = call({ value: 3n, input: bytes("in"), gasLimit: 60_000n });
  await run(
    [
      (_, frame) => {
        frames.push(frame);
        return SUCCESS;
      },
    ],
    [ordered],
  );
  assert.deepEqual(frames, [
    {
      contract: CONTRACT,
      caller: OTHER,
      origin: OTHER,
      value: 3n,
      chainId: 31_337n,
      blockNumber: 7n,
      timestamp: 1_700_000_000n,
      producer: OTHER,
      seed: slot(5),
      gasLimit: 60_000n,
      input: bytes("in"),
    },
  ]);
});

test("this machine's trouble ends the batch without a result", async () => {
  const runner = {
    run: async (): Promise<CallOutcome> => {
      throw new Unavailable("docker", "gone");
    },
  };
  await assert.rejects(executeBatch(batch([call()]), new MemoryView(), runner), Unavailable);
});

test("a query gives the one call's result and touches nothing", async () => {
  const view = new MemoryView();
  const runner = {
    run: async (_: CallFrame, ask: Answer): Promise<CallOutcome> => {
      ask({ operation: "storagePut", slot: slot(1), value: slot(1) });
      return { status: "success", output: bytes("42") };
    },
  };
  const query = { ...batch([]), calls: [call()] as const };
  const { status, output } = await queryContainer(query, view, runner);
  assert.deepEqual([status, output], ["success", bytes("42")]);
  assert.equal(view.storage(CONTRACT, slot(1)), slot(0));
});
