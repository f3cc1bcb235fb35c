import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryView } from "../state/memoryView.ts";
import { toHex } from "../types/bytes.ts";
import { HOPS_MAX, MESSAGE_BYTES_MAX, MESSAGE_GAS_MAX, SENDS_MAX } from "./limits.ts";
import { messageCost, messageId } from "./outbox.ts";
import { bytes, CONTRACT, call, OTHER, type Program, run, SUCCESS, slot } from "./testBatch.ts";

const PRICES = { execute: 2n, order: 3n };
const SENDING = { callId: slot(6), hops: 0, prices: PRICES };

type Wanted = {
  readonly value?: bigint;
  readonly gas?: bigint;
  readonly callbackGas?: bigint;
  readonly length?: number;
};

/** Sends these in one call of a contract with so many wei, and keeps what the host answered. */
async function sends(
  wanted: readonly Wanted[],
  {
    balance = 0n,
    hops = 0,
    refusal,
  }: { readonly balance?: bigint; readonly hops?: number; readonly refusal?: string } = {},
): Promise<{ answers: string[]; batch: Awaited<ReturnType<typeof run>> }> {
  const answers: string[] = [];
  const program: Program = (ask) => {
    for (const { value = 0n, gas = 0n, callbackGas = 0n, length = 1 } of wanted) {
      const input = new Uint8Array(length);
      const reply = ask({ operation: "send", to: OTHER, value, gas, callbackGas, input });
      answers.push(reply.status === "ok" ? toHex(reply.data) : `${Buffer.from(reply.data)}`);
    }
    return SUCCESS;
  };
  const view = new MemoryView();
  view.set(CONTRACT, { balance });
  const sending = { ...SENDING, hops, refusal };
  const calls = [call({ gasLimit: 10_000_000n, sending })];
  return { answers, batch: await run([program], calls, view) };
}

test("what a call sends is in its result, in order, and each message has its own id", async () => {
  const wanted = [{ value: 5n, gas: 10n, callbackGas: 20n, length: 2 }, { value: 1n }];
  const { answers, batch } = await sends(wanted, { balance: 1_000n });
  assert.deepEqual(answers, [messageId(slot(6), 0), messageId(slot(6), 1)]);
  assert.deepEqual(batch.results[0]?.messages, [
    { to: OTHER, value: 5n, gas: 10n, callbackGas: 20n, data: new Uint8Array(2) },
    { to: OTHER, value: 1n, gas: 0n, callbackGas: 0n, data: new Uint8Array(1) },
  ]);
  // Gas at the dearer market's price, the callback at the containers'.
  assert.equal(batch.balanceDelta, -(5n + 10n * 3n + 20n * 3n + 1n));
});

test("a contract that may send nothing is told why, and pays for no message", async () => {
  const { answers, batch } = await sends([{ value: 1n }, {}], { balance: 9n, refusal: "too few" });
  assert.deepEqual(answers, ["too few", "too few"]);
  assert.deepEqual([batch.results[0]?.messages, batch.balanceDelta], [[], 0n]);
});

test("a message costs its gas at the dearer price", () => {
  const message = { to: OTHER, value: 1n, gas: 10n, callbackGas: 100n, data: bytes("") };
  assert.equal(messageCost(message, { execute: 7n, order: 3n }), 1n + 70n + 300n);
  assert.equal(messageCost(message, { execute: 2n, order: 3n }), 1n + 30n + 300n);
});

test("a message over a limit or beyond the balance is refused with both in words, and costs nothing", async () => {
  const { answers, batch } = await sends(
    [
      { value: 101n },
      { gas: 34n },
      { length: MESSAGE_BYTES_MAX + 1 },
      { gas: MESSAGE_GAS_MAX + 1n },
      { callbackGas: MESSAGE_GAS_MAX + 1n },
      { value: 100n },
      { value: 1n },
    ],
    { balance: 100n },
  );
  assert.deepEqual(answers, [
    "the message costs 101 wei with its gas; the contract has 100",
    "the message costs 102 wei with its gas; the contract has 100",
    "a message of 4097 bytes is over the limit of 4096",
    "gas 16777217 or 0 is over a message's limit of 16777216",
    "gas 0 or 16777217 is over a message's limit of 16777216",
    messageId(slot(6), 0),
    "the message costs 1 wei with its gas; the contract has 0",
  ]);
  assert.equal(batch.results[0]?.messages.length, 1);
});

test("a call sends so many messages and no more, and none where a row of them ends", async () => {
  const many = await sends(new Array<Wanted>(SENDS_MAX + 1).fill({}));
  assert.equal(many.answers.at(-1), "a call sends at most 16 messages");
  assert.equal(many.batch.results[0]?.messages.length, SENDS_MAX);
  const last = await sends([{}], { hops: HOPS_MAX });
  assert.deepEqual(last.answers, ["32 messages in a row have led here, the most allowed"]);
  const before = await sends([{}], { hops: HOPS_MAX - 1 });
  assert.equal(before.batch.results[0]?.messages.length, 1);
});

test("what a call sends is gone with the call, and the next one pays from what is left", async () => {
  const view = new MemoryView();
  view.set(CONTRACT, { balance: 10n });
  const balances: bigint[] = [];
  const send = (value: bigint, outcome: ReturnType<Program>): Program => {
    return (ask) => {
      ask({ operation: "send", to: OTHER, value, gas: 0n, callbackGas: 0n, input: bytes("") });
      balances.push(BigInt(toHex(ask({ operation: "balance", address: CONTRACT }).data)));
      return outcome;
    };
  };
  const reverts = { status: "revert", output: bytes("") } as const;
  const { results, balanceDelta } = await run(
    [send(4n, SUCCESS), send(3n, reverts), send(1n, SUCCESS)],
    [call(), call({ value: 2n }), call()],
    view,
  );
  assert.deepEqual(
    results.map(({ messages }) => messages.map(({ value }) => value)),
    [[4n], [], [1n]],
  );
  assert.deepEqual(balances, [6n, 5n, 5n]);
  assert.equal(balanceDelta, -5n);
});
