import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createExecutor,
  EMPTY_BYTES,
  fromHex,
  HOPS_MAX,
  keccak256,
  MESSAGE_GAS_MAX,
  messageCost,
  messageId,
  type OutgoingMessage,
  SENDS_MAX,
} from "@delchain/runtime";
import type { CertifiedCall } from "../attest/certificate.ts";
import { DEVNET } from "../spec/devnet.ts";
import type { MessageTransaction } from "../tx/transaction.ts";
import type { ExecutedContent } from "./executeBlock.ts";
import { readMessage } from "./messageState.ts";
import { callId, type QueueEntry } from "./queue.ts";
import { recordMessages, type Sender } from "./settleMessage.ts";
import { agreedBy, batchOf, certifiedCall, certify, committeeAt } from "./testCertificate.ts";
import { ALICE, CONTAINER, GWEI, sign, type TestChain } from "./testChain.ts";
import {
  KEEPER,
  listed,
  MESSAGES,
  newChain,
  PAYMENT,
  SENDER,
  send,
  sendData,
  slots,
  waitingCount,
} from "./testMessages.ts";

const NINE = fromHex(`0x${"00".repeat(31)}09`);
const PRICES = { execute: GWEI, order: GWEI };
const PAID = 200_000n;

function called(index: bigint, change: Partial<CertifiedCall> = {}): CertifiedCall {
  return certifiedCall(index, { outputHash: keccak256(NINE), gasUsed: PAID, ...change });
}

function outgoing(change: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return { to: KEEPER, value: 0n, gas: 100_000n, callbackGas: 0n, data: NINE, ...change };
}

/** A block that certifies the one call that the last block ordered. */
function certified(
  chain: TestChain,
  ordered: ExecutedContent,
  change: Partial<CertifiedCall> = {},
): ExecutedContent {
  const [entry] = ordered.entries as [QueueEntry];
  const found = { calls: [called(entry.index, change)], slots: [] };
  const certificate = certify(chain, entry.orderedIn, found);
  return chain.run({ certificates: [{ certificate, transactions: ordered.orders }] });
}

/** Alice's call of the container, ordered by a block. */
async function orderedCall(chain: TestChain, value = 0n): Promise<ExecutedContent> {
  const nonce = Number(chain.view.account(ALICE)?.nonce ?? 0n);
  return chain.run({ orders: [await sign({ nonce, to: CONTAINER, data: "0x01", value })] });
}

function reasons({ refused }: ExecutedContent): string[] {
  return refused.map(({ reason }) => reason);
}

test("a message to a container is ordered, certified and listed, and its result comes back with the callback", async () => {
  const chain = newChain();
  await send(chain, {
    to: CONTAINER,
    data: "0x01",
    value: 5n,
    gas: 400_000n,
    callbackGas: 200_000n,
  });
  const ordered = chain.run({});
  assert.deepEqual([listed(ordered), ordered.orders.length], [[], 1]);
  assert.equal(ordered.containerGasOrdered, 400_000n);
  const { transaction } = ordered.orders[0] as { transaction: MessageTransaction };
  assert.deepEqual([transaction.from, transaction.origin], [SENDER, ALICE]);
  assert.equal(chain.balance(DEVNET.queueAddress), 400_000n * GWEI + 5n);
  const settled = certified(chain, ordered, { result: NINE });
  // The callback follows in the same block: it was there when the block's messages began.
  assert.deepEqual(listed(settled), [
    ["success", SENDER, CONTAINER],
    ["success", MESSAGES, SENDER],
  ]);
  const [receipt, callback] = settled.receipts;
  assert.deepEqual([receipt?.gasUsed, receipt?.containerCall?.outcome], [PAID, "success"]);
  assert.deepEqual(slots(chain, SENDER, 3), [0n, 1n, BigInt(transaction.id)]);
  assert.deepEqual([chain.balance(CONTAINER), chain.balance(MESSAGES)], [5n, 0n]);
  const fees = (PAID + (callback?.gasUsed ?? 0n)) * GWEI;
  assert.equal(chain.balance(SENDER), PAYMENT - 5n - fees);
  const { data } = (settled.transactions[1] as { transaction: MessageTransaction }).transaction;
  assert.deepEqual(data.subarray(-32), NINE);
});

for (const outcome of ["revert", "halt", "timedOut"] as const) {
  test(`a message whose container call ends as ${outcome} brings its value back`, async () => {
    const chain = newChain();
    await send(chain, {
      to: CONTAINER,
      data: "0x01",
      value: 5n,
      gas: 400_000n,
      callbackGas: 200_000n,
    });
    const settled = certified(chain, chain.run({}), { outcome });
    assert.deepEqual(
      listed(settled).map(([status]) => status),
      ["failure", "success"],
    );
    assert.deepEqual(slots(chain, SENDER, 2), [5n, 0n]);
    assert.deepEqual([chain.balance(CONTAINER), chain.balance(MESSAGES)], [0n, 0n]);
  });
}

test("a message's container call that nobody certifies is given up, and told so", async () => {
  const chain = newChain({ orderDeadlineBlocks: 2n, orderDeadlineSeconds: 20n });
  await send(chain, {
    to: CONTAINER,
    data: "0x01",
    value: 5n,
    gas: 400_000n,
    callbackGas: 200_000n,
  });
  const { orders } = chain.run({});
  chain.run({});
  const given = chain.run({ overdue: orders });
  assert.deepEqual(
    listed(given).map(([status]) => status),
    ["failure", "success"],
  );
  assert.deepEqual(slots(chain, SENDER, 2), [5n, 0n]);
});

test("a container with a full queue fails a message at once", async () => {
  const chain = newChain({ queueLengthMax: 1 });
  await orderedCall(chain);
  await send(chain, {
    to: CONTAINER,
    data: "0x01",
    value: 5n,
    gas: 400_000n,
    callbackGas: 200_000n,
  });
  const failed = chain.run({});
  assert.deepEqual(listed(failed), [["failure", SENDER, CONTAINER]]);
  assert.equal(failed.receipts[0]?.gasUsed, 0n);
  chain.run({});
  assert.deepEqual(slots(chain, SENDER, 2), [5n, 0n]);
});

test("what a container sends leaves with its certificate, and its callback is a call of its queue", async () => {
  const chain = newChain();
  const cost = messageCost(outgoing({ value: 3n, callbackGas: 300_000n }), PRICES);
  const ordered = await orderedCall(chain, cost);
  const messages = [outgoing({ value: 3n, callbackGas: 300_000n })];
  const settled = certified(chain, ordered, { messages });
  const [entry] = ordered.entries as [QueueEntry];
  const id = messageId(callId(DEVNET.chainId, entry.orderedIn, entry.index), 0);
  // Its log stands in the call's receipt; the message itself runs behind the block's certificates.
  assert.deepEqual(
    settled.receipts.map(({ type, logs }) => [type, logs.map(({ topics }) => topics[1])]),
    [
      [2, [id]],
      [0x7e, []],
    ],
  );
  assert.deepEqual(listed(settled), [["success", CONTAINER, KEEPER]]);
  assert.deepEqual(slots(chain, KEEPER, 3), [9n, BigInt(CONTAINER), BigInt(ALICE)]);
  assert.equal(chain.balance(KEEPER), 3n);
  const back = chain.run({});
  const { transaction } = back.orders[0] as { transaction: MessageTransaction };
  assert.deepEqual(
    [transaction.from, transaction.to, transaction.parent, transaction.hops],
    [MESSAGES, CONTAINER, id, 2],
  );
  const done = certified(chain, back);
  assert.deepEqual(listed(done), [["success", MESSAGES, CONTAINER]]);
  assert.deepEqual([chain.balance(MESSAGES), chain.balance(DEVNET.queueAddress)], [0n, 0n]);
  const fees = ((settled.receipts[1]?.gasUsed ?? 0n) + PAID) * GWEI;
  assert.equal(chain.balance(CONTAINER), cost - 3n - fees);
});

test("a container's message to a container that has too little gas for its order fails", async () => {
  const chain = newChain();
  const message = outgoing({ to: CONTAINER, gas: DEVNET.orderGas - 1n });
  const ordered = await orderedCall(chain, messageCost(message, PRICES));
  const settled = certified(chain, ordered, { messages: [message] });
  assert.deepEqual(listed(settled), [["failure", CONTAINER, CONTAINER]]);
  assert.equal(chain.balance(CONTAINER), messageCost(message, PRICES));
});

test("a certificate whose messages go beyond their bounds is refused whole", async () => {
  const chain = newChain();
  const cost = messageCost(outgoing(), PRICES);
  const ordered = await orderedCall(chain, cost);
  const [entry] = ordered.entries as [QueueEntry];
  const wrong: Partial<CertifiedCall>[] = [
    { messages: [outgoing({ value: 1n })] },
    { messages: [outgoing(), outgoing()] },
    { messages: [outgoing({ gas: MESSAGE_GAS_MAX + 1n })] },
    { messages: [outgoing({ callbackGas: MESSAGE_GAS_MAX + 1n })] },
    { messages: [outgoing({ data: new Uint8Array(4_097) })] },
    { messages: new Array(SENDS_MAX + 1).fill(outgoing({ gas: 0n })) },
    { outcome: "revert", messages: [outgoing()] },
    { result: NINE },
  ];
  for (const change of wrong) {
    const found = { calls: [called(entry.index, change)], slots: [] };
    const certificate = certify(chain, entry.orderedIn, found);
    const refused = chain.execute({
      certificates: [{ certificate, transactions: ordered.orders }],
    });
    assert.match(reasons(refused)[0] ?? "accepted", /beyond its bounds: (message|result)/);
    assert.deepEqual(refused.receipts, []);
  }
  assert.deepEqual(reasons(certified(chain, ordered, { messages: [outgoing()] })), []);
  assert.equal(listed(chain.run({})).length, 0);
});

const HELD: Sender = {
  contract: CONTAINER,
  callId: keccak256(NINE),
  parent: keccak256(EMPTY_BYTES),
  origin: ALICE,
  hops: 1,
  prices: PRICES,
  notBefore: 0n,
};

/** Records a message in the container's name as a block of its own, held or not. */
function record(chain: TestChain, message: OutgoingMessage, change: Partial<Sender>): void {
  const executor = createExecutor({ tiers: [], transactionGasCap: 2 ** 26 });
  const execution = executor.openBlock(chain.context(), chain.view);
  const { nonce = 1n } = execution.account(CONTAINER) ?? {};
  execution.write({ address: CONTAINER, nonce, balance: messageCost(message, PRICES) });
  recordMessages(execution, [message], { ...HELD, ...change }, DEVNET);
  chain.view.apply(execution.diff());
  chain.number += 1n;
}

for (const [level, fast] of [
  ["fast", 1],
  ["strong", 1],
  ["fast", 2],
] as const) {
  const isHeld = level === "fast" && fast === 1;
  const when = isHeld ? "after the challenge window" : "at once";
  test(`what ${fast} of two hosts send with a certificate of level ${level} is delivered ${when}`, async () => {
    const chain = newChain({
      challengeBlocks: 3n,
      committeeSizes: { fast, strong: 2, all: 2 },
    });
    const message = outgoing();
    const ordered = await orderedCall(chain, messageCost(message, PRICES));
    const [entry] = ordered.entries as [QueueEntry];
    const found = { calls: [called(entry.index, { messages: [message] })], slots: [] };
    const batch = batchOf(chain, entry.orderedIn, found);
    const certificate = agreedBy(chain, batch, committeeAt(chain, batch, level), found);
    const delivered: number[] = [];
    const settled = chain.run({ certificates: [{ certificate, transactions: ordered.orders }] });
    assert.deepEqual(reasons(settled), []);
    const id = messageId(callId(DEVNET.chainId, entry.orderedIn, entry.index), 0);
    const held = readMessage(chain.view, MESSAGES, id)?.notBefore;
    const certifiedIn = chain.number;
    assert.equal(held, isHeld ? certifiedIn + 3n : undefined);
    // The contract has paid already; what the message did not use comes back with its delivery.
    assert.equal(chain.balance(CONTAINER) === 0n, isHeld);
    while (chain.number < certifiedIn + 4n) delivered.push(listed(chain.run({})).length);
    assert.deepEqual(delivered, isHeld ? [0, 0, 1, 0] : [0, 0, 0, 0]);
    assert.deepEqual(slots(chain, KEEPER, 1), [9n]);
  });
}

test("a contract whose class has too few hosts sends nothing, whatever they all sign", async () => {
  const chain = newChain({ sendingHostsMin: 3 });
  const message = outgoing();
  const ordered = await orderedCall(chain, messageCost(message, PRICES));
  const refused = certified(chain, ordered, { messages: [message] });
  assert.match(reasons(refused)[0] ?? "accepted", /beyond its bounds: messages of call 0/);
  assert.deepEqual(reasons(certified(chain, ordered, {})), []);
});

test("a held message waits for its block, and a later one behind it", () => {
  const chain = newChain({ challengeBlocks: 5n });
  const other = keccak256(new Uint8Array(2));
  record(chain, outgoing(), { notBefore: 5n });
  record(chain, outgoing({ to: SENDER }), { notBefore: 4n, callId: other });
  const seen: (readonly unknown[])[] = [];
  while (chain.number < 6n) seen.push([chain.number + 1n, listed(chain.run({})).length]);
  assert.deepEqual(seen, [
    [3n, 0],
    [4n, 0],
    [5n, 2],
    [6n, 0],
  ]);
  assert.deepEqual(slots(chain, KEEPER, 1), [9n]);
});

test("the last message in a row sends no other, and says why", () => {
  const chain = newChain();
  // Sends in its turn: SENDER hands MESSAGES what it is called with.
  const data = fromHex(sendData({ to: KEEPER, gas: 0n }));
  for (const hops of [HOPS_MAX - 1, HOPS_MAX]) {
    const callId = keccak256(Uint8Array.of(hops));
    record(chain, outgoing({ to: SENDER, gas: 900_000n, data }), { hops, callId });
    const delivered = chain.run({});
    assert.deepEqual(listed(delivered)[0]?.[0], hops < HOPS_MAX ? "success" : "failure");
  }
  chain.run({});
  assert.equal(waitingCount(chain), 0);
});
