import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SignedTransaction } from "../tx/transaction.ts";
import { type Lane, type Pooled, tipAt } from "./pooled.ts";
import { type BlockRoom, selectTransactions } from "./selection.ts";
import { account, GWEI, SOMEONE, transfer } from "./testTransfers.ts";

const ROOM: BlockRoom = {
  baseFees: { execute: GWEI, order: GWEI },
  gas: { execute: 10_000_000n, order: 10_000_000n },
  ordersMax: 100,
  bytes: 100_000,
  queueRoom: () => 100,
};
let arrivals = 0;

function pooled(fields: Parameters<typeof transfer>[0], lane: Lane = "execute"): Pooled {
  return { signed: transfer(fields), lane, arrival: arrivals++ };
}

function hashes(list: readonly (SignedTransaction | Pooled)[]): readonly string[] {
  return list.map((one) => ("signed" in one ? one.signed.hash : one.hash));
}

test("the highest tip goes first, then who came first, and each sender's nonces in order", () => {
  const low = pooled({ sender: account(1), nonce: 0n, tip: 1n });
  const high = pooled({ sender: account(1), nonce: 1n, tip: 9n });
  const middle = pooled({ sender: account(2), tip: 5n });
  const later = pooled({ sender: account(3), tip: 5n });
  const { transactions } = selectTransactions([[low, high], [later], [middle]], ROOM);
  assert.deepEqual(hashes(transactions), hashes([middle, later, low, high]));
});

test("the tip is what the base fee leaves of the highest fee", () => {
  const capped = pooled({ sender: account(1), fee: GWEI + 2n, tip: 100n });
  const free = pooled({ sender: account(2), fee: 10n * GWEI, tip: 3n });
  const { transactions } = selectTransactions([[capped], [free]], ROOM);
  assert.deepEqual(hashes(transactions), hashes([free, capped]));
});

test("a transaction under the base fee waits, and its sender's later ones with it", () => {
  const run = [pooled({ nonce: 0n, fee: GWEI - 1n, tip: 0n }), pooled({ nonce: 1n })];
  assert.deepEqual(selectTransactions([run], ROOM), { transactions: [], orders: [] });
});

test("each lane fills its own gas, and what does not fit lets others pass", () => {
  const room = { ...ROOM, gas: { execute: 50_000n, order: 150_000n } };
  const big = pooled({ sender: account(1), gasLimit: 40_000n, tip: 9n });
  const tooMuch = pooled({ sender: account(2), gasLimit: 20_000n, tip: 8n });
  const fits = pooled({ sender: account(3), gasLimit: 10_000n, tip: 7n });
  const call = pooled({ sender: account(4), gasLimit: 150_000n, tip: 1n }, "order");
  const second = pooled({ sender: account(5), gasLimit: 1n, tip: 0n }, "order");
  const selection = selectTransactions([[big], [tooMuch], [fits], [call], [second]], room);
  assert.deepEqual(hashes(selection.transactions), hashes([big, fits]));
  assert.deepEqual(hashes(selection.orders), hashes([call]));
});

test("what a sender would execute after its order waits for the next block; another order does not", () => {
  const run = [
    pooled({ nonce: 0n }),
    pooled({ nonce: 1n }, "order"),
    pooled({ nonce: 2n }, "order"),
    pooled({ nonce: 3n }),
    pooled({ nonce: 4n }, "order"),
  ];
  const selection = selectTransactions([run], ROOM);
  assert.deepEqual(hashes(selection.transactions), hashes(run.slice(0, 1)));
  assert.deepEqual(hashes(selection.orders), hashes(run.slice(1, 3)));
});

test("bytes, orders and each container's queue have limits of their own", () => {
  const other = account(99);
  const orders = [1, 2, 3].map((n) => pooled({ sender: account(n), to: SOMEONE }, "order"));
  const elsewhere = pooled({ sender: account(4), to: other }, "order");
  const runs = [...orders, elsewhere].map((one) => [one]);
  const count = (room: Partial<BlockRoom>) => {
    const { transactions, orders: taken } = selectTransactions(runs, { ...ROOM, ...room });
    return transactions.length + taken.length;
  };
  assert.deepEqual(
    [
      count({}),
      count({ ordersMax: 2 }),
      count({ bytes: 350 }),
      count({ queueRoom: (contract) => (contract === other ? 0 : 2) }),
      count({ queueRoom: () => -1 }),
    ],
    [4, 2, 3, 2, 0],
  );
});

test("whatever waits, a selection fits the room, has no gaps and takes no sender's turn out of order", () => {
  const one = fc.record({
    tip: fc.bigInt({ min: 0n, max: 5n }),
    gasLimit: fc.bigInt({ min: 1n, max: 100n }),
    lane: fc.constantFrom<Lane>("execute", "order"),
  });
  fc.assert(
    fc.property(fc.array(fc.array(one, { maxLength: 6 }), { maxLength: 8 }), (senders) => {
      const runs = senders.map((run, i) =>
        run.map(({ lane, ...fields }, nonce) =>
          pooled({ ...fields, sender: account(i), nonce: BigInt(nonce) }, lane),
        ),
      );
      const room = { ...ROOM, gas: { execute: 300n, order: 200n }, ordersMax: 5, bytes: 1_200 };
      const { transactions, orders } = selectTransactions(runs, room);
      const gas = (list: readonly SignedTransaction[]) =>
        list.reduce((sum, { transaction }) => sum + transaction.gasLimit, 0n);
      assert(gas(transactions) <= 300n && gas(orders) <= 200n && orders.length <= 5);
      assert((transactions.length + orders.length) * 100 <= 1_200);
      // As a block runs them: first what is executed, then what is ordered.
      const next = new Map<string, bigint>();
      for (const { sender, transaction } of [...transactions, ...orders]) {
        assert.equal(transaction.nonce, next.get(sender) ?? 0n);
        next.set(sender, transaction.nonce + 1n);
      }
    }),
    { numRuns: 300 },
  );
});

test("a tip is negative where the base fee is not met, and a gas price pays it all as a tip", () => {
  assert.equal(tipAt(pooled({ fee: 5n, tip: 2n }), 6n), -1n);
  const legacy = pooled({});
  const transaction = { ...legacy.signed.transaction, type: 0 as const, gasPrice: 7n };
  assert.equal(tipAt({ signed: { ...legacy.signed, transaction } }, 3n), 4n);
});
