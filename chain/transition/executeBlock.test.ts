import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  encodeStoredCode,
  type Hash,
  keccak256,
  toAddress,
  toHash,
} from "@delchain/runtime";
import { DEVNET } from "../spec/devnet.ts";
import { readContractQueue, readQueueTotals, stateOfCalls } from "./queue.ts";
import { certifiedCall, certify } from "./testCertificate.ts";
import { ALICE, CONTAINER, GWEI, MANIFEST, sign, TestChain } from "./testChain.ts";

const BOB = toAddress(`0x${"b0".repeat(20)}`);
const PRICE = 2n * GWEI;
const SLOT = toHash(`0x${"00".repeat(31)}07`);
const VALUE = toHash(`0x${"00".repeat(31)}2a`);

function reasons(executed: { refused: readonly { reason: string }[] }): string[] {
  return executed.refused.map(({ reason }) => reason);
}

test("a transfer leaves a receipt, and moves value and fee", async () => {
  const chain = new TestChain();
  const before = chain.balance(ALICE);
  const transfer = await sign({ nonce: 0, to: BOB, value: 5n, gas: 21_000n });
  const { receipts, gasUsed, refused } = chain.run({ transactions: [transfer] });
  assert.deepEqual(refused, []);
  assert.equal(gasUsed, 21_000n);
  assert.equal(receipts[0]?.status, "success");
  assert.equal(receipts[0]?.effectiveGasPrice, PRICE);
  assert.equal(chain.balance(BOB), 5n);
  assert.equal(before - chain.balance(ALICE), 5n + 21_000n * PRICE);
});

test("a call to a container is ordered: nonce used, gas and value locked, no receipt", async () => {
  const chain = new TestChain();
  const before = chain.balance(ALICE);
  const signed = await sign({ nonce: 0, to: CONTAINER, data: "0x01", value: 3n });
  const { orders, entries, receipts, containerGasOrdered } = chain.run({ orders: [signed] });
  const locked = 500_000n * PRICE + 3n;
  assert.deepEqual([orders.length, receipts.length, containerGasOrdered], [1, 0, 500_000n]);
  assert.equal(entries[0]?.index, 1n);
  assert.equal(chain.view.account(ALICE)?.nonce, 1n);
  assert.equal(before - chain.balance(ALICE), locked);
  assert.equal(chain.balance(chain.spec.queueAddress), locked);
});

test("a certified call is listed with its receipt; value goes over, unused gas comes back", async () => {
  const chain = new TestChain();
  const before = chain.balance(ALICE);
  const paidTo = () => chain.spec.hosts.map(({ payout }) => chain.balance(payout as Address));
  const had = paidTo();
  const signed = await sign({ nonce: 0, to: CONTAINER, data: "0x01", value: 3n });
  chain.run({ orders: [signed] });
  const found = { calls: [certifiedCall(1n)], slots: [{ slot: SLOT, value: VALUE }] };
  const certificate = certify(chain, 1n, found);
  const executed = chain.run({ certificates: [{ certificate, transactions: [signed] }] });
  assert.deepEqual(reasons(executed), []);
  const [receipt] = executed.receipts;
  assert.deepEqual(
    [receipt?.status, receipt?.gasUsed, receipt?.containerCall?.orderedIn, executed.gasUsed],
    ["success", 200_000n, 1n, 0n],
  );
  assert.equal(chain.view.storage(CONTAINER, SLOT), VALUE);
  assert.equal(chain.balance(CONTAINER), 3n);
  assert.equal(before - chain.balance(ALICE), 200_000n * PRICE + 3n);
  assert.equal(chain.balance(chain.spec.queueAddress), 0n);
  const paid = paidTo().map((balance, i) => balance - (had[i] ?? 0n));
  assert.deepEqual(paid, [100_000n * PRICE, 100_000n * PRICE]);
  assert.equal(readContractQueue(chain.view, chain.spec.queueAddress, CONTAINER).count, 0n);
  assert.deepEqual(readQueueTotals(chain.view, chain.spec.queueAddress), { next: 2n, waiting: 0n });
});

test("a reverted call writes nothing, keeps its gas and gives the value back", async () => {
  const chain = new TestChain();
  const before = chain.balance(ALICE);
  const signed = await sign({ nonce: 0, to: CONTAINER, data: "0x01", value: 3n });
  chain.run({ orders: [signed] });
  const found = { calls: [certifiedCall(1n, { outcome: "revert" })], slots: [] };
  const content = { certificate: certify(chain, 1n, found), transactions: [signed] };
  const { receipts } = chain.run({ certificates: [content] });
  assert.equal(receipts[0]?.status, "failure");
  assert.equal(chain.balance(CONTAINER), 0n);
  assert.equal(before - chain.balance(ALICE), 200_000n * PRICE);
});

test("members that disagree make a diverged receipt that costs the order alone", async () => {
  const chain = new TestChain();
  const before = chain.balance(ALICE);
  const signed = await sign({ nonce: 0, to: CONTAINER, data: "0x01", value: 3n });
  chain.run({ orders: [signed] });
  const left = { calls: [certifiedCall(1n)], slots: [{ slot: SLOT, value: VALUE }] };
  const right = {
    calls: [certifiedCall(1n, { outputHash: keccak256(Uint8Array.of(2)) })],
    slots: [],
  };
  const content = { certificate: certify(chain, 1n, left, right), transactions: [signed] };
  const { receipts } = chain.run({ certificates: [content] });
  assert.deepEqual(
    [receipts[0]?.status, receipts[0]?.containerCall?.outcome],
    ["failure", "diverged"],
  );
  assert.equal(BigInt(chain.view.storage(CONTAINER, SLOT)), 0n);
  assert.equal(before - chain.balance(ALICE), chain.spec.orderGas * PRICE);
});

test("a certificate may settle a batch's first calls, and the next one the rest on its result", async () => {
  const chain = new TestChain();
  const orders = await Promise.all(
    [0, 1].map((nonce) => sign({ nonce, to: CONTAINER, data: "0x01" })),
  );
  chain.run({ orders });
  for (const [i, signed] of orders.entries()) {
    const found = { calls: [certifiedCall(BigInt(i + 1))], slots: [] };
    const certificates = [{ certificate: certify(chain, 1n, found), transactions: [signed] }];
    const executed = chain.run({ certificates });
    assert.deepEqual(reasons(executed), []);
    assert.deepEqual(
      executed.receipts.map(({ containerCall }) => containerCall?.queueIndex),
      [BigInt(i + 1)],
    );
    const queue = readContractQueue(chain.view, chain.spec.queueAddress, CONTAINER);
    const seen = queue.count === 0n ? 1n : chain.number;
    assert.equal(stateOfCalls(queue, 1n), seen, "what waits sees what this block left");
  }
  assert.equal(readContractQueue(chain.view, chain.spec.queueAddress, CONTAINER).count, 0n);
});

test("a call that nobody certifies by its deadline is given up: value comes back, the order is paid", async () => {
  const spec = { ...DEVNET, orderDeadlineBlocks: 2n, orderDeadlineSeconds: 30n };
  const chain = new TestChain(spec);
  const before = chain.balance(ALICE);
  const orders = await Promise.all(
    [0, 1].map((nonce) => sign({ nonce, to: CONTAINER, data: "0x01", value: 3n })),
  );
  const [first, second] = orders;
  assert(first && second);
  chain.run({ orders });
  const early = /ordered in block 1; a call waits 2 blocks and 30 s/;
  // Block 2: neither has passed; block 3: the blocks have, and 20 of the seconds.
  for (const overdue of [[first], [first]]) {
    assert.match(reasons(chain.run({ overdue }))[0] ?? "accepted", early);
  }
  assert.match(
    reasons(chain.execute({ overdue: [second] }))[0] ?? "accepted",
    /is not the next ordered call/,
  );
  const executed = chain.run({ overdue: [first, second, first] });
  assert.match(reasons(executed).join(), /^0x\w+ is not the next ordered call of 0x\w+$/);
  const receipts = executed.receipts.map(({ status, gasUsed, containerCall }) => [
    status,
    gasUsed,
    containerCall?.outcome,
  ]);
  const givenUp = ["failure", spec.orderGas, "timedOut"];
  assert.deepEqual(receipts, [givenUp, givenUp]);
  const fee = 2n * spec.orderGas * PRICE;
  assert.equal(before - chain.balance(ALICE), fee);
  assert.equal(chain.balance(chain.context().producer), fee);
  assert.equal(chain.balance(spec.queueAddress), 0n);
});

test("a block gives up so many calls and no more", async () => {
  const spec = { ...DEVNET, orderDeadlineBlocks: 1n, orderDeadlineSeconds: 1n, overdueMax: 1 };
  const chain = new TestChain(spec);
  const orders = await Promise.all(
    [0, 1].map((nonce) => sign({ nonce, to: CONTAINER, data: "0x01" })),
  );
  chain.run({ orders });
  const executed = chain.run({ overdue: orders });
  assert.equal(executed.receipts.length, 1);
  assert.match(reasons(executed)[0] ?? "", /at most 1 overdue calls/);
});

test("a spoiled certificate is refused by name and changes nothing", async () => {
  const chain = new TestChain();
  const signed = await sign({ nonce: 0, to: CONTAINER, data: "0x01" });
  const other = await sign({ nonce: 1, to: CONTAINER, data: "0x02" });
  chain.run({ orders: [signed] });
  const good = certify(chain, 1n, { calls: [certifiedCall(1n)], slots: [] });
  assert.equal(good.kind, "agreed");
  if (good.kind !== "agreed") return;
  const queued = chain.balance(chain.spec.queueAddress);
  const spoiled: [typeof good, typeof signed, RegExp][] = [
    [{ ...good, firstIndex: 2n }, signed, /begins at call 2/],
    [{ ...good, lastIndex: 2n }, signed, /ends at call 2, which block 1 did not order/],
    [good, other, /call 1 is transaction/],
    [{ ...good, preRoot: VALUE as Hash }, signed, /storage root/],
    [{ ...good, orderingHash: VALUE }, signed, /ordering block/],
    [{ ...good, manifestHash: VALUE }, signed, /manifest/],
    [{ ...good, signers: Uint8Array.of(1) }, signed, /1 of 2 members signed/],
    [{ ...good, signers: Uint8Array.of(7) }, signed, /not canonical/],
    [{ ...good, calls: [certifiedCall(1n, { gasUsed: 100_001n })] }, signed, /signature/],
    [{ ...good, slots: [{ slot: SLOT, value: VALUE }] }, signed, /signature/],
    [certifyGas(chain, 500_001n), signed, /gas of call 0/],
    [certifyGas(chain, 99_999n), signed, /gas of call 0/],
  ];
  for (const [certificate, transaction, reason] of spoiled) {
    const executed = chain.run({ certificates: [{ certificate, transactions: [transaction] }] });
    assert.match(reasons(executed)[0] ?? "accepted", reason);
    assert.equal(executed.receipts.length, 0);
    assert.equal(chain.balance(chain.spec.queueAddress), queued);
  }
});

function certifyGas(chain: TestChain, gasUsed: bigint) {
  const certificate = certify(chain, 1n, { calls: [certifiedCall(1n, { gasUsed })], slots: [] });
  assert.equal(certificate.kind, "agreed");
  return certificate as Extract<typeof certificate, { kind: "agreed" }>;
}

test("orders are refused for a wrong nonce, too little gas, a low fee, and no container", async () => {
  const chain = new TestChain();
  const orders = await Promise.all([
    sign({ nonce: 1, to: CONTAINER, data: "0x01" }),
    sign({ nonce: 0, to: CONTAINER, data: "0x01", gas: 99_999n }),
    sign({
      nonce: 0,
      to: CONTAINER,
      data: "0x01",
      maxFeePerGas: GWEI - 1n,
      maxPriorityFeePerGas: 0n,
    }),
    sign({ nonce: 0, to: BOB, data: "0x01" }),
    sign({ nonce: 0, to: CONTAINER, data: "0x01", value: 10n ** 30n }),
  ]);
  const executed = chain.run({ orders });
  assert.deepEqual(executed.entries, []);
  const expected = [/next is 0/, /costs 100000/, /cost 1000000000/, /no container/, /is 1000/];
  for (const [i, reason] of expected.entries()) assert.match(reasons(executed)[i] ?? "", reason);
});

test("an order is held to what the engine holds a transaction to: its form, and a sender without code", async () => {
  const chain = new TestChain();
  const data = `0x${"01".repeat(4_000)}` as const;
  const executed = chain.run({
    orders: [await sign({ nonce: 0, to: CONTAINER, data, gas: 150_000n })],
  });
  assert.match(reasons(executed)[0] ?? "", /intrinsic gas too low: have 150000, want 181000/);
  chain.view.set(ALICE, { balance: 10n ** 21n, code: Uint8Array.of(0) });
  const refused = chain.run({ orders: [await sign({ nonce: 0, to: CONTAINER, data: "0x01" })] });
  assert.match(reasons(refused)[0] ?? "", /has code/);
});

test("a certificate names the calls that it settles, and no other contract's between them", async () => {
  const chain = new TestChain();
  const other = toAddress(`0x${"0c".repeat(20)}`);
  chain.view.set(other, {
    nonce: 1n,
    code: encodeStoredCode({ kind: 3, payloadHash: keccak256(MANIFEST) }),
  });
  const targets = [CONTAINER, other, CONTAINER, CONTAINER];
  const orders = await Promise.all(targets.map((to, nonce) => sign({ nonce, to, data: "0x01" })));
  chain.run({ orders });
  const transactions = orders.filter(({ transaction }) => transaction.to === CONTAINER);
  const outcome = (indexes: readonly bigint[]) => {
    const found = { calls: indexes.map((index) => certifiedCall(index)), slots: [] };
    return reasons(
      chain.execute({ certificates: [{ certificate: certify(chain, 1n, found), transactions }] }),
    );
  };
  assert.deepEqual(outcome([1n, 3n, 4n]), []);
  assert.match(outcome([1n, 2n, 4n])[0] ?? "accepted", /queue index of call 1/);
});

test("a container's calls are not executed as ordinary transactions", async () => {
  const chain = new TestChain();
  const signed = await sign({ nonce: 0, to: CONTAINER, data: "0x01" });
  const executed = chain.run({ transactions: [signed] });
  assert.match(reasons(executed)[0] ?? "", /ordered, not executed/);
});

test("a contract's queue, a block's orders and its container gas have limits that are reached", async () => {
  const orders = await Promise.all(
    [0, 1, 2].map((nonce) => sign({ nonce, to: CONTAINER, data: "0x01" })),
  );
  const limits = [
    { spec: { ...DEVNET, queueLengthMax: 2 }, reason: /2 ordered calls waiting/ },
    { spec: { ...DEVNET, ordersMax: 2 }, reason: /at most 2 orders/ },
    { spec: { ...DEVNET, containerGasLimit: 1_100_000n }, reason: /1000000 of 1100000/ },
  ];
  for (const { spec, reason } of limits) {
    const executed = new TestChain(spec).run({ orders });
    assert.equal(executed.entries.length, 2);
    assert.match(reasons(executed)[0] ?? "", reason);
  }
});

test("transactions beyond the block's gas are left for the next block", async () => {
  const chain = new TestChain({ ...DEVNET, blockGasLimit: 60_000n });
  const transactions = await Promise.all(
    [0, 1, 2].map((nonce) => sign({ nonce, to: BOB, value: 1n, gas: 30_000n })),
  );
  const { receipts, refused } = chain.run({ transactions });
  assert.deepEqual([receipts.length, refused.length], [2, 1]);
});
