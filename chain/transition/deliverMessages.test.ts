import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createExecutor,
  EMPTY_BYTES,
  fromHex,
  type Hash,
  HOPS_MAX,
  MESSAGE_BYTES_MAX,
  MESSAGE_GAS_MAX,
  toAddress,
  toHex,
} from "@delchain/runtime";
import { decodeErrorResult, decodeFunctionResult, encodeFunctionData, parseAbi } from "viem";
import { DEVNET } from "../spec/devnet.ts";
import { encodeCall } from "../system/callData.ts";
import { toWord } from "../system/solidityStorage.ts";
import {
  type ListedTransaction,
  MESSAGE_TYPE,
  type MessageTransaction,
} from "../tx/transaction.ts";
import { readMessage, readMessageQueues, waitingId } from "./messageState.ts";
import { ALICE, CONTAINER, GWEI, sign, type TestChain } from "./testChain.ts";
import {
  KEEPER,
  listed,
  MESSAGES,
  MESSAGES_SIGNATURES,
  newChain,
  PAYMENT,
  REVERTING,
  SENDER,
  STUBBORN,
  send,
  sendData,
  sendThrough,
  slots,
  type Wanted,
  waitingCount,
} from "./testMessages.ts";

const MESSAGES_ABI = parseAbi(MESSAGES_SIGNATURES);
const NINE = `0x${"00".repeat(31)}09` as const;
const NOBODY = toAddress(`0x${"b0".repeat(20)}`);
/** What one call of MESSAGES answers on a state that nobody keeps. */
function ask(
  chain: TestChain,
  call: Parameters<typeof encodeFunctionData>[0],
  value = 0n,
): { readonly status: string; readonly output: Uint8Array } {
  const executor = createExecutor({ tiers: [], transactionGasCap: 2 ** 26 });
  const { outcome } = executor.query(chain.context(), chain.view, {
    transaction: {
      type: 0,
      sender: ALICE,
      to: MESSAGES,
      nonce: 0n,
      gasLimit: 20_000_000n,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      value,
      data: fromHex(encodeFunctionData(call)),
      accessList: [],
    },
    unchecked: true,
    trace: false,
  });
  return {
    status: outcome.status,
    output: "output" in outcome ? outcome.output : EMPTY_BYTES,
  };
}

function refusal(chain: TestChain, wanted: Wanted, value: bigint = PAYMENT): unknown[] {
  const { to, value: carried = 0n, data = "0x", gas = 100_000n, callbackGas = 0n } = wanted;
  const args = [to, carried, data, gas, callbackGas] as const;
  const { status, output } = ask(chain, { abi: MESSAGES_ABI, functionName: "send", args }, value);
  assert.equal(status, "revert");
  const error = decodeErrorResult({ abi: MESSAGES_ABI, data: toHex(output) });
  return [error.errorName, ...(error.args ?? [])];
}

test("a message runs in the next block, in its sender's name, and what it did not use comes back", async () => {
  const chain = newChain();
  const sent = await send(chain, { to: KEEPER, data: NINE });
  assert.deepEqual([waitingCount(chain), slots(chain, KEEPER, 1)], [1, [0n]]);
  assert.equal(chain.balance(MESSAGES), PAYMENT);
  const [log] = sent.receipts[0]?.logs ?? [];
  const delivered = chain.run({});
  const [receipt] = delivered.receipts;
  assert.deepEqual(listed(delivered), [["success", SENDER, KEEPER]]);
  assert.deepEqual(slots(chain, KEEPER, 3), [9n, BigInt(SENDER), BigInt(ALICE)]);
  const used = receipt?.gasUsed ?? 0n;
  assert.deepEqual([receipt?.effectiveGasPrice, delivered.gasUsed], [GWEI, used]);
  assert.equal(chain.balance(SENDER), PAYMENT - used * GWEI);
  assert.deepEqual([chain.balance(MESSAGES), waitingCount(chain)], [0n, 0]);
  const { transaction } = delivered.transactions[0] as ListedTransaction;
  assert.equal(transaction.type === MESSAGE_TYPE && transaction.id, log?.topics[1]);
  assert.deepEqual(chain.run({}).receipts, []);
});

test("a message carries its value, and one that fails without a callback gives it back", async () => {
  const chain = newChain();
  await send(chain, { to: NOBODY, value: 7n, gas: 0n });
  assert.deepEqual(listed(chain.run({})), [["success", SENDER, NOBODY]]);
  assert.deepEqual([chain.balance(NOBODY), chain.balance(SENDER)], [7n, PAYMENT - 7n]);
  await send(chain, { to: REVERTING, value: 7n });
  const failed = chain.run({});
  assert.deepEqual(listed(failed), [["failure", SENDER, REVERTING]]);
  const fee = (failed.receipts[0]?.gasUsed ?? 0n) * GWEI;
  assert.equal(chain.balance(SENDER), 2n * PAYMENT - 7n - fee);
  assert.equal(chain.balance(MESSAGES), 0n);
});

test("the callback says what became of a message, and brings the value of one that failed", async () => {
  const chain = newChain();
  const sent = await send(chain, { to: REVERTING, value: 7n, callbackGas: 200_000n });
  const id = sent.receipts[0]?.logs[0]?.topics[1] as Hash;
  chain.run({});
  const called = chain.run({});
  assert.deepEqual(listed(called), [["success", MESSAGES, SENDER]]);
  assert.deepEqual(slots(chain, SENDER, 3), [7n, 0n, BigInt(id)]);
  const { transaction } = called.transactions[0] as { transaction: MessageTransaction };
  assert.deepEqual([transaction.parent, transaction.hops], [id, 2]);
  await send(chain, { to: KEEPER, data: NINE, value: 0n, callbackGas: 200_000n });
  chain.run({});
  chain.run({});
  assert.deepEqual(slots(chain, SENDER, 2), [0n, 1n]);
  assert.equal(chain.balance(MESSAGES), 0n);
});

test("a callback that fails is a receipt with status 0, and its value can be claimed", async () => {
  const chain = newChain();
  await send(chain, { to: REVERTING, value: 7n, callbackGas: 50_000n }, STUBBORN);
  chain.run({});
  const called = chain.run({});
  assert.deepEqual(listed(called), [["failure", MESSAGES, STUBBORN]]);
  assert.equal(chain.balance(MESSAGES), 7n);
  const before = chain.balance(NOBODY);
  const claim = encodeFunctionData({ abi: MESSAGES_ABI, functionName: "claim", args: [NOBODY] });
  const nonce = Number(chain.view.account(ALICE)?.nonce);
  chain.run({ transactions: [await sign({ nonce, to: STUBBORN, data: claim })] });
  assert.deepEqual([chain.balance(NOBODY) - before, chain.balance(MESSAGES)], [7n, 0n]);
});

test("a message that sends again is one hop further, and waits for its own block", async () => {
  const chain = newChain();
  const inner: Wanted = { to: KEEPER, data: NINE, gas: 80_000n };
  // SENDER is called by a message, and pays for the inner one with the value that it brings.
  const outer: Wanted = { to: SENDER, data: sendData(inner), value: 80_000n * GWEI, gas: 900_000n };
  const sent = await send(chain, outer);
  const id = sent.receipts[0]?.logs[0]?.topics[1];
  const first = chain.run({});
  assert.deepEqual(listed(first), [["success", SENDER, SENDER]]);
  const { transaction } = chain.run({}).transactions[0] as { transaction: MessageTransaction };
  assert.deepEqual([transaction.parent, transaction.hops, transaction.to], [id, 2, KEEPER]);
  assert.deepEqual(slots(chain, KEEPER, 3), [9n, BigInt(SENDER), BigInt(ALICE)]);
});

test("what MESSAGES refuses names value and limit, and leaves nothing", async () => {
  const chain = newChain();
  chain.run({});
  const long = toHex(new Uint8Array(MESSAGE_BYTES_MAX + 1));
  assert.deepEqual(refusal(chain, { to: KEEPER, data: long }), ["DataTooLong", 4_097n, 4_096n]);
  assert.deepEqual(refusal(chain, { to: KEEPER, gas: MESSAGE_GAS_MAX + 1n }), [
    "GasOutOfRange",
    MESSAGE_GAS_MAX + 1n,
    0n,
    MESSAGE_GAS_MAX,
  ]);
  assert.deepEqual(refusal(chain, { to: CONTAINER, gas: DEVNET.orderGas - 1n }), [
    "GasOutOfRange",
    DEVNET.orderGas - 1n,
    DEVNET.orderGas,
    MESSAGE_GAS_MAX,
  ]);
  const needed = 100_000n * GWEI + 50_000n * GWEI + 3n;
  const wanted = { to: KEEPER, value: 3n, callbackGas: 50_000n };
  assert.deepEqual(refusal(chain, wanted, needed - 1n), ["PaymentTooLow", needed - 1n, needed]);
  const args = [KEEPER, 100_000n, 50_000n] as const;
  const quoted = ask(chain, { abi: MESSAGES_ABI, functionName: "quote", args });
  assert.equal(BigInt(toHex(quoted.output)), needed - 3n);
});

test("a full outbox takes no message", async () => {
  const chain = newChain();
  await send(chain, { to: KEEPER });
  const limit = 65_536n;
  // As many as are allowed, all but the first long delivered: the queue's two ends alone say how many there are.
  const fill = (next: bigint) => {
    const account = chain.view.account(MESSAGES);
    assert(account);
    const ends = [{ slot: toWord(0n), value: toWord(next << 64n) }];
    const change = { ...account, address: MESSAGES, exists: true, wiped: false, slots: ends };
    chain.view.apply({ accounts: [change], codes: [] });
  };
  fill(limit);
  assert.deepEqual(refusal(chain, { to: KEEPER }), ["OutboxFull", limit]);
  fill(limit - 1n);
  assert.equal(ask(chain, sendCall({ to: KEEPER }), PAYMENT).status, "success");
});

function sendCall({ to }: Wanted): Parameters<typeof encodeFunctionData>[0] {
  return { abi: MESSAGES_ABI, functionName: "send", args: [to, 0n, "0x", 1n, 0n] };
}

test("nothing is sent in a static call, and nobody but the protocol drives MESSAGES", async () => {
  const chain = newChain();
  const looker = toAddress(`0x${"57".repeat(20)}`);
  // Calls MESSAGES statically with its calldata and keeps whether that went well, plus one.
  const code = `0x365f5f375f5f365f73${MESSAGES.slice(2)}620f4240fa6001015f5500` as const;
  chain.view.set(looker, { nonce: 1n, code: fromHex(code) });
  const quote = encodeFunctionData({
    abi: MESSAGES_ABI,
    functionName: "quote",
    args: [KEEPER, 1n, 0n],
  });
  const free = sendData({ to: KEEPER, gas: 0n });
  for (const [nonce, data, expected] of [
    [0, quote, 2n],
    [1, free, 1n],
  ] as const) {
    chain.run({ transactions: [await sign({ nonce, to: looker, data, gas: 2_000_000n })] });
    assert.deepEqual(slots(chain, looker, 1), [expected]);
  }
  assert.equal(waitingCount(chain), 0);
  for (const call of ["begin()", "order()", "release()"]) {
    const transaction = await sign({
      nonce: Number(chain.view.account(ALICE)?.nonce),
      to: MESSAGES,
      data: toHex(encodeCall(call, [])),
    });
    assert.equal(chain.run({ transactions: [transaction] }).receipts[0]?.status, "failure");
  }
});

test("the constants of MESSAGES are those of the runtime and the spec", () => {
  const chain = newChain();
  const value = (
    functionName: "ORDER_GAS" | "MESSAGE_GAS_MAX" | "MESSAGE_BYTES_MAX" | "MAX_HOPS",
  ) => BigInt(toHex(ask(chain, { abi: MESSAGES_ABI, functionName }).output));
  assert.deepEqual(
    [value("ORDER_GAS"), value("MESSAGE_GAS_MAX"), value("MESSAGE_BYTES_MAX"), value("MAX_HOPS")],
    [DEVNET.orderGas, MESSAGE_GAS_MAX, BigInt(MESSAGE_BYTES_MAX), BigInt(HOPS_MAX)],
  );
  assert(DEVNET.messageGasLimit >= MESSAGE_GAS_MAX, "a block can always take the next message");
  assert(DEVNET.messageGasLimit <= DEVNET.containerGasLimit);
  assert(DEVNET.messageGasLimit < DEVNET.blockGasLimit);
  assert(DEVNET.messagesMax < DEVNET.ordersMax);
});

test("messages are read as MESSAGES itself shows them, whatever the length of their data", async () => {
  const chain = newChain();
  const lengths = [0, 1, 31, 32, 33, 100, MESSAGE_BYTES_MAX];
  for (const [place, length] of lengths.entries()) {
    const data = toHex(new Uint8Array(length).fill(place + 1));
    const to = place % 2 === 0 ? KEEPER : CONTAINER;
    const wanted = { to, value: BigInt(place), data, gas: 200_000n, callbackGas: BigInt(place) };
    const transaction = await sendThrough(SENDER, wanted, PAYMENT, place);
    chain.run({ transactions: [transaction] });
    const { next } = readMessageQueues(chain.view, MESSAGES);
    const id = waitingId(chain.view, MESSAGES, next - 1n);
    const message = readMessage(chain.view, MESSAGES, id);
    const call = { abi: MESSAGES_ABI, functionName: "messageOf", args: [id] } as const;
    const output = toHex(ask(chain, call).output);
    const shown = decodeFunctionResult({ ...call, data: output });
    assert(message);
    const { transaction: own } = message;
    assert.deepEqual(
      [
        own.to,
        own.from,
        own.origin,
        own.value,
        own.gasLimit,
        own.gasPrice,
        own.hops,
        toHex(own.data),
      ],
      [
        ...[shown.to, shown.from, shown.origin].map((one) => one.toLowerCase()),
        ...[shown.value, shown.gas, shown.price, shown.hops, shown.data],
      ],
    );
    assert.deepEqual(
      [own.parent, message.callbackGas, message.isCallback, message.isOrdered, message.notBefore],
      [shown.parent, shown.callbackGas, shown.isCallback, shown.isOrdered, shown.notBefore],
    );
  }
});

test("a block delivers as many messages as its limits take, in the order of their sending", async () => {
  const chain = newChain({ messagesMax: 2, messageGasLimit: 400_000n });
  const transactions = [];
  for (const [nonce, gas] of [100_000n, 100_000n, 100_000n, 350_000n, 100_000n].entries()) {
    const data = `0x${(nonce + 1).toString(16).padStart(64, "0")}` as const;
    transactions.push(await sendThrough(SENDER, { to: KEEPER, data, gas }, PAYMENT, nonce));
  }
  const { receipts } = chain.run({ transactions });
  assert.deepEqual(
    receipts.map(({ status }) => status),
    new Array(5).fill("success"),
  );
  const kept: bigint[] = [];
  const counts: number[] = [];
  while (waitingCount(chain) > 0) {
    counts.push(listed(chain.run({})).length);
    kept.push(...slots(chain, KEEPER, 1));
  }
  assert.deepEqual(
    [counts, kept],
    [
      [2, 1, 1, 1],
      [2n, 3n, 4n, 5n],
    ],
  );
});
