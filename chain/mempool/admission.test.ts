import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { DEVNET } from "../spec/devnet.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { checkAdmission, type NotAdmitted } from "./admission.ts";
import { MEMPOOL_LIMITS } from "./limits.ts";
import type { AccountFacts, Lane } from "./pooled.ts";
import { SenderQueue } from "./senderQueue.ts";
import { account, facts, GWEI, transfer } from "./testTransfers.ts";

const rules = {
  spec: DEVNET,
  limits: MEMPOOL_LIMITS,
  baseFees: { execute: GWEI, order: 3n * GWEI },
  orderedIn: (_: string, nonce: bigint) => (nonce === 4n ? 17n : undefined),
};

function queueOf(...signed: readonly SignedTransaction[]): SenderQueue {
  const queue = new SenderQueue();
  for (const one of signed) queue.put({ signed: one, lane: "execute", arrival: 0 });
  return queue;
}

function refusal(
  signed: SignedTransaction,
  { queue = queueOf(), of = facts(), lane = "execute" as Lane } = {},
): { readonly facts: NotAdmitted; readonly message: string } | undefined {
  try {
    checkAdmission(signed, lane, of as AccountFacts, queue, rules);
    return undefined;
  } catch (error) {
    assert(error instanceof InvalidInput, String(error));
    return { facts: error.facts as NotAdmitted, message: error.message };
  }
}

test("a nonce below the account's is too low, with the next one named", () => {
  const refused = refusal(transfer({ nonce: 3n }), { of: facts({ nonce: 5n }) });
  assert.deepEqual(refused?.facts, {
    code: "NONCE_TOO_LOW",
    nonce: 3n,
    next: 5n,
    orderedIn: undefined,
  });
  assert.match(refused?.message ?? "", /^nonce too low: next nonce 5, tx nonce 3; /);
});

test("the nonce of an ordered container call is too low, with the block that ordered it", () => {
  const refused = refusal(transfer({ nonce: 4n }), { of: facts({ nonce: 5n }) });
  assert.deepEqual(refused?.facts, { code: "NONCE_TOO_LOW", nonce: 4n, next: 5n, orderedIn: 17n });
  assert.match(refused?.message ?? "", /^nonce too low: ordered in block 17; /);
});

test("a nonce waits up to the gap limit beyond the first missing one, and no further", () => {
  const queue = queueOf(transfer({ nonce: 0n }), transfer({ nonce: 1n }));
  assert.equal(refusal(transfer({ nonce: 66n }), { queue }), undefined);
  assert.deepEqual(refusal(transfer({ nonce: 67n }), { queue })?.facts, {
    code: "NONCE_TOO_FAR",
    nonce: 67n,
    highest: 66n,
  });
});

test("one sender has as many transactions as the limit says; replacing one is still possible", () => {
  const { senderTransactionsMax: limit } = MEMPOOL_LIMITS;
  const all = Array.from({ length: limit }, (_, i) => transfer({ nonce: BigInt(i) }));
  const queue = queueOf(...all);
  assert.deepEqual(refusal(transfer({ nonce: BigInt(limit) }), { queue })?.facts, {
    code: "SENDER_LIMIT",
    count: limit,
    limit,
  });
  assert.equal(
    refusal(transfer({ nonce: 7n, fee: 20n * GWEI, tip: 2n * GWEI }), { queue }),
    undefined,
  );
});

test("the same transaction again is already known", () => {
  const signed = transfer();
  const refused = refusal(signed, { queue: queueOf(signed) });
  assert.deepEqual(refused?.facts, { code: "ALREADY_KNOWN", hash: signed.hash });
  assert.match(refused?.message ?? "", /^already known/);
});

test("contracts send no transactions", () => {
  assert.deepEqual(refusal(transfer(), { of: facts({ hasCode: true }) })?.facts, {
    code: "SENDER_HAS_CODE",
    sender: account(1),
  });
});

test("the highest fee covers the base fee of the transaction's lane", () => {
  const signed = transfer({ fee: 2n * GWEI, gasLimit: 100_000n });
  assert.equal(refusal(signed), undefined);
  assert.deepEqual(refusal(signed, { lane: "order" })?.facts, {
    code: "FEE_BELOW_BASE",
    maxFeePerGas: 2n * GWEI,
    baseFee: 3n * GWEI,
  });
  assert.match(
    refusal(transfer({ fee: 1n, tip: 0n }))?.message ?? "",
    /^max fee per gas less than block base fee/,
  );
});

test("a node may ask for a tip", () => {
  const strict = { ...rules, limits: { ...MEMPOOL_LIMITS, tipMin: 5n } };
  const check = (tip: bigint) => () =>
    checkAdmission(transfer({ tip }), "execute", facts(), queueOf(), strict);
  assert.doesNotThrow(check(5n));
  assert.throws(check(4n), /transaction underpriced: tip 4, minimum needed 5/);
});

test("a container call's gas limit covers its order", () => {
  const call = (gasLimit: bigint) => refusal(transfer({ gasLimit }), { lane: "order" });
  assert.equal(call(DEVNET.orderGas), undefined);
  assert.deepEqual(call(DEVNET.orderGas - 1n)?.facts, {
    code: "ORDER_GAS",
    gasLimit: DEVNET.orderGas - 1n,
    needed: DEVNET.orderGas,
  });
  assert.match(call(1n)?.message ?? "", /^intrinsic gas too low/);
});

test("a replacement pays ten percent more in both fees, rounded up", () => {
  const queue = queueOf(transfer({ fee: 10n * GWEI + 1n, tip: GWEI }));
  const [fee, tip] = [11n * GWEI + 2n, 1_100_000_000n];
  assert.equal(refusal(transfer({ fee, tip }), { queue }), undefined);
  assert.deepEqual(refusal(transfer({ fee: fee - 1n, tip }), { queue })?.facts, {
    code: "REPLACEMENT_UNDERPRICED",
    field: "maxFeePerGas",
    value: fee - 1n,
    needed: fee,
  });
  const refused = refusal(transfer({ fee, tip: tip - 1n }), { queue });
  assert.deepEqual(refused?.facts, {
    code: "REPLACEMENT_UNDERPRICED",
    field: "maxPriorityFeePerGas",
    value: tip - 1n,
    needed: tip,
  });
  assert.match(refused?.message ?? "", /^replacement transaction underpriced/);
});

test("replacing one without a tip takes a tip of one wei", () => {
  const queue = queueOf(transfer({ tip: 0n }));
  assert.equal(refusal(transfer({ fee: 11n * GWEI, tip: 1n }), { queue }), undefined);
  assert.equal(
    refusal(transfer({ fee: 11n * GWEI, tip: 0n }), { queue })?.facts.code,
    "REPLACEMENT_UNDERPRICED",
  );
});

test("the balance covers all that the sender has waiting, not only the newcomer", () => {
  const cost = 21_000n * 10n * GWEI;
  const queue = queueOf(transfer({ nonce: 0n }), transfer({ nonce: 1n, value: 5n }));
  const next = transfer({ nonce: 2n, value: 7n });
  const needed = 3n * cost + 12n;
  assert.equal(refusal(next, { queue, of: facts({ balance: needed }) }), undefined);
  const refused = refusal(next, { queue, of: facts({ balance: needed - 1n }) });
  assert.deepEqual(refused?.facts, { code: "INSUFFICIENT_FUNDS", balance: needed - 1n, needed });
  assert.match(
    refused?.message ?? "",
    /^insufficient funds for gas \* price \+ value: .* overshot 1; /,
  );
});

test("what is replaced need not be paid too", () => {
  const queue = queueOf(transfer({ nonce: 0n }));
  const cost = 21_000n * 11n * GWEI;
  const better = transfer({ fee: 11n * GWEI, tip: 2n * GWEI });
  assert.equal(refusal(better, { queue, of: facts({ balance: cost }) }), undefined);
  assert.equal(
    refusal(better, { queue, of: facts({ balance: cost - 1n }) })?.facts.code,
    "INSUFFICIENT_FUNDS",
  );
});
