import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  bigintToBytes,
  EMPTY_BYTES,
  encodeStoredCode,
  type Hash,
  hashFromBytes,
  keccak256,
  MEDIAN_INPUT_BYTES_MAX,
  MESSAGE_GAS_MAX,
  outputRules,
  parseManifest,
  type SlotChange,
  toHex,
} from "@delchain/runtime";
import { decodeFunctionData, encodeFunctionData, parseAbi } from "viem";
import type { CertifiedCall, ResultCertificate } from "../attest/certificate.ts";
import { DEVNET } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { ListedTransaction, MessageTransaction } from "../tx/transaction.ts";
import type { ExecutedContent } from "./executeBlock.ts";
import { callsAlike, reservedGas, settleGas } from "./medianCall.ts";
import { callId, type QueueEntry } from "./queue.ts";
import { certifiedCall, certify, type Found } from "./testCertificate.ts";
import { ALICE, CONTAINER, GWEI, sign, type TestChain, testManifest } from "./testChain.ts";
import { MESSAGES, newChain, SENDER, send, slots } from "./testMessages.ts";

const ABI = parseAbi([
  "function price(string pair) returns (int256)",
  "function settle(bytes call, int256 median)",
  "function set(uint256)",
]);
const ORACLE = testManifest("oracle", { abi: ABI, outputs: { "price(string)": "median" } });
const RULES = outputRules(parseManifest(ORACLE));
const PRICE = encodeFunctionData({ abi: ABI, functionName: "price", args: ["ETH"] });
const SET = encodeFunctionData({ abi: ABI, functionName: "set", args: [1n] });
const QUEUE: Address = DEVNET.queueAddress;
const GAS = 600_000n;
/** What the call and `settle` cost, each with its order. */
const PAID = 200_000n;
const NO_OUTPUT = keccak256(EMPTY_BYTES);

const word = (value: bigint): Hash => hashFromBytes(bigintToBytes(BigInt.asUintN(256, value), 32));

function oracleChain(change: Partial<ChainSpec> = {}): TestChain {
  const chain = newChain(change);
  const payloadHash = chain.view.putCode(ORACLE);
  chain.view.set(CONTAINER, { nonce: 1n, code: encodeStoredCode({ kind: 3, payloadHash }) });
  return chain;
}

function found(
  index: bigint,
  numbers: readonly bigint[],
  change: Partial<CertifiedCall> = {},
): Found {
  const call = certifiedCall(index, { outputHash: NO_OUTPUT, gasUsed: PAID, ...change });
  return { calls: [call], slots: [], numbers: numbers.map(word) };
}

async function order(
  chain: TestChain,
  data: `0x${string}` = PRICE,
  gas = GAS,
): Promise<ExecutedContent> {
  const nonce = Number(chain.view.account(ALICE)?.nonce ?? 0n);
  const executed = chain.run({ orders: [await sign({ nonce, to: CONTAINER, data, gas })] });
  assert.deepEqual(executed.refused, []);
  return executed;
}

function certified(
  chain: TestChain,
  { entries, orders }: Pick<ExecutedContent, "entries" | "orders">,
  numbers: readonly bigint[],
  change: Partial<CertifiedCall> = {},
): ExecutedContent {
  const [entry] = entries as [QueueEntry];
  const certificate = certify(chain, entry.orderedIn, found(entry.index, numbers, change));
  return chain.run({ certificates: [{ certificate, transactions: orders }] });
}

function settleOf({ orders }: ExecutedContent): MessageTransaction {
  return (orders[0] as ListedTransaction).transaction as MessageTransaction;
}

test("the median of the replicas' numbers is the result, and settle is ordered with it by the protocol", async () => {
  const chain = oracleChain();
  const before = chain.balance(ALICE);
  const ordered = await order(chain);
  const executed = certified(chain, ordered, [-3n, -7n]);
  assert.deepEqual(executed.refused, []);
  const [receipt] = executed.receipts;
  assert.deepEqual(
    [receipt?.status, receipt?.gasUsed, receipt?.containerCall?.median],
    ["success", PAID, word(-7n)],
  );
  const settle = settleOf(executed);
  const { id, data, ...rest } = settle;
  assert.deepEqual(decodeFunctionData({ abi: ABI, data: toHex(data) }), {
    functionName: "settle",
    args: [PRICE, -7n],
  });
  assert.deepEqual(rest, {
    type: 0x7e,
    parent: callId(DEVNET.chainId, 1n, 1n),
    origin: ALICE,
    from: QUEUE,
    to: CONTAINER,
    value: 0n,
    gasLimit: GAS - PAID,
    gasPrice: 2n * GWEI,
    hops: 1,
  });
  assert.notEqual(id, settle.parent);
  // What settle does not use goes back to who paid for the call.
  const written: readonly SlotChange[] = [{ slot: word(1n), value: word(7n) }];
  const [entry] = executed.entries as [QueueEntry];
  const result = { ...found(entry.index, []), slots: written };
  const certificate = certify(chain, entry.orderedIn, result);
  const settled = chain.run({ certificates: [{ certificate, transactions: executed.orders }] });
  assert.deepEqual(settled.refused, []);
  assert.equal(settled.receipts[0]?.status, "success");
  assert.deepEqual(slots(chain, CONTAINER, 2)[1], 7n);
  assert.equal(before - chain.balance(ALICE), 2n * PAID * 2n * GWEI);
  assert.deepEqual([chain.balance(QUEUE), chain.balance(MESSAGES)], [0n, 0n]);
});

test("a settle that nobody certifies, or that cannot be ordered, leaves its gas to who paid", async () => {
  const chain = oracleChain({ orderDeadlineBlocks: 2n, orderDeadlineSeconds: 20n });
  const before = chain.balance(ALICE);
  const executed = certified(chain, await order(chain), [1n, 2n]);
  chain.run({});
  const given = chain.run({ overdue: executed.orders });
  assert.deepEqual([given.refused, given.receipts[0]?.status], [[], "failure"]);
  assert.equal(before - chain.balance(ALICE), (PAID + DEVNET.orderGas) * 2n * GWEI);

  const poor = oracleChain();
  const rich = poor.balance(ALICE);
  const most = 250_000n;
  const spent = { gasUsed: 175_000n };
  const failed = certified(poor, await order(poor, PRICE, most), [1n, 2n], spent);
  assert.equal(failed.receipts.length, 2);
  assert.deepEqual([failed.receipts[1]?.status, failed.receipts[1]?.sender], ["failure", QUEUE]);
  assert.equal(rich - poor.balance(ALICE), spent.gasUsed * 2n * GWEI);
  assert.deepEqual([poor.balance(QUEUE), poor.balance(MESSAGES)], [0n, 0n]);
});

for (const outcome of ["revert", "halt", "timedOut"] as const) {
  test(`a call of whose numbers none came because it ended as ${outcome} settles nothing`, async () => {
    const chain = oracleChain();
    const executed = certified(chain, await order(chain), [], { outcome });
    assert.deepEqual(executed.refused, []);
    const [receipt] = executed.receipts;
    assert.deepEqual([receipt?.status, receipt?.containerCall?.median], ["failure", undefined]);
    assert.deepEqual(executed.orders, []);
    assert.deepEqual([chain.balance(QUEUE), chain.balance(MESSAGES)], [0n, 0n]);
  });
}

test("a message's call brings the median back to the contract that sent it, which is given what settle does not use", async () => {
  const chain = oracleChain();
  await send(chain, { to: CONTAINER, data: PRICE, value: 0n, gas: GAS, callbackGas: 200_000n });
  const ordered = chain.run({});
  const executed = certified(chain, ordered, [8n, 9n]);
  assert.deepEqual(executed.refused, []);
  const callback = executed.transactions.at(-1) as { transaction: MessageTransaction };
  assert.equal(toHex(callback.transaction.data.subarray(-32)), word(8n));
  const settle = settleOf(executed);
  assert.deepEqual([settle.from, settle.origin, settle.hops], [QUEUE, SENDER, 2]);
  const before = chain.balance(SENDER);
  const settled = certified(chain, executed, []);
  assert.deepEqual(settled.refused, []);
  assert.equal(chain.balance(SENDER) - before, (settle.gasLimit - PAID) * settle.gasPrice);
});

test("numbers where none belong, none where they do, and whatever else such a call may not do is refused by every node", async () => {
  const chain = oracleChain();
  const ordered = await order(chain);
  const [entry] = ordered.entries as [QueueEntry];
  const log = { address: CONTAINER, topics: [], data: EMPTY_BYTES };
  const message = { to: SENDER, value: 0n, gas: 1n, callbackGas: 0n, data: EMPTY_BYTES };
  const good = found(entry.index, [1n, 2n]);
  const call = good.calls[0] as CertifiedCall;
  const refusal = (change: Partial<Found>) => {
    const certificate = certify(chain, entry.orderedIn, { ...good, ...change });
    const content = { certificates: [{ certificate, transactions: ordered.orders }] };
    return chain.execute(content).refused[0]?.reason ?? "accepted";
  };
  const changed = (change: Partial<CertifiedCall>) => refusal({ calls: [{ ...call, ...change }] });
  assert.equal(refusal({}), "accepted");
  const end = (reason: string) => reason.split(": ").at(-1);
  assert.equal(end(refusal({ numbers: [] })), "numbers");
  assert.equal(end(changed({ outcome: "revert" })), "numbers");
  assert.equal(end(refusal({ slots: [{ slot: word(1n), value: word(1n) }] })), "slots");
  assert.equal(end(changed({ logs: [log] })), "logs");
  assert.equal(end(changed({ messages: [message] })), "messages");
  assert.equal(end(changed({ outputHash: word(1n) })), "output");
  const most = GAS - reservedGas(GAS, DEVNET.orderGas);
  assert.equal(changed({ gasUsed: most }), "accepted");
  assert.equal(end(changed({ gasUsed: most + 1n })), "gas");
});

test("a call with aggregated answers has a batch and a certificate of its own", async () => {
  const inputs = (...list: readonly string[]) =>
    list.map((input) => Buffer.from(input.slice(2), "hex"));
  assert.equal(callsAlike(inputs(SET, SET, PRICE, SET), RULES), 2);
  assert.equal(callsAlike(inputs(PRICE, PRICE), RULES), 1);
  assert.equal(callsAlike(inputs(SET, SET), RULES), 2);
  const chain = oracleChain();
  const orders = await Promise.all(
    [SET, PRICE].map((data, nonce) => sign({ nonce, to: CONTAINER, data, gas: GAS })),
  );
  const { entries } = chain.run({ orders });
  const calls = entries.map(({ index }) => found(index, []).calls[0] as CertifiedCall);
  const both = { ...found(1n, [1n, 2n]), calls };
  const certificate: ResultCertificate = certify(chain, chain.number, both);
  const { refused } = chain.execute({ certificates: [{ certificate, transactions: orders }] });
  assert.match(refused[0]?.reason ?? "", /has a certificate of its own/);
});

test("input that settle could not be given again is refused, and so is a price or gas beyond a message's", async () => {
  const chain = oracleChain();
  const long = `${PRICE}${"00".repeat(MEDIAN_INPUT_BYTES_MAX)}` as const;
  const refused = certified(chain, await order(chain, long), [1n, 2n]).refused;
  assert.match(refused[0]?.reason ?? "", /length of its input$/);
  const gasLimit = MESSAGE_GAS_MAX + PAID + 1n;
  assert.deepEqual(settleGas({ gasLimit }, PAID, 2n ** 64n), {
    gas: MESSAGE_GAS_MAX,
    price: 2n ** 64n - 1n,
  });
  assert.deepEqual(settleGas({ gasLimit: PAID + 5n }, PAID, 7n), { gas: 5n, price: 7n });
  assert.deepEqual([reservedGas(GAS, 100_000n), reservedGas(1n, 2n)], [250_000n, 0n]);
});
