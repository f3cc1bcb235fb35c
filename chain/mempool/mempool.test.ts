import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, InvalidInput } from "@delchain/runtime";
import fc from "fast-check";
import { DEVNET } from "../spec/devnet.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { MEMPOOL_LIMITS, type MempoolLimits } from "./limits.ts";
import { Mempool, type NewHead } from "./mempool.ts";
import type { AccountFacts, Lane } from "./pooled.ts";
import { account, facts, GWEI, SOMEONE, transfer } from "./testTransfers.ts";

const ROOM = {
  gas: { execute: DEVNET.blockGasLimit, order: DEVNET.containerGasLimit },
  ordersMax: DEVNET.ordersMax,
  bytes: DEVNET.blockBytesMax,
  queueRoom: () => DEVNET.queueLengthMax,
};

function pool(limits: Partial<MempoolLimits> = {}): Mempool {
  return new Mempool(DEVNET, undefined, { ...MEMPOOL_LIMITS, ...limits });
}

function head(fields: Partial<NewHead> = {}): NewHead {
  const baseFees = { execute: GWEI, order: GWEI };
  return { number: 1n, baseFees, accounts: new Map(), containers: [], ...fields };
}

function add(
  mempool: Mempool,
  signed: SignedTransaction,
  of = facts(),
  lane: Lane = "execute",
): string {
  try {
    return mempool.add(signed, lane, of);
  } catch (error) {
    assert(error instanceof InvalidInput, String(error));
    return error.facts.code;
  }
}

function changed(address: Address, of: Partial<AccountFacts>): NewHead["accounts"] {
  return new Map([[address, facts({ block: 1n, ...of })]]);
}

test("what is added is found by its hash, counted, and selected until a head has used its nonce", () => {
  const mempool = pool();
  const [first, second] = [transfer({ nonce: 0n }), transfer({ nonce: 1n })];
  assert.deepEqual([add(mempool, second), add(mempool, first)], ["added", "added"]);
  assert.equal(mempool.get(first.hash), first);
  assert.deepEqual(mempool.status(), { pending: 2, queued: 0 });
  assert.equal(mempool.nextNonce(account(1), 0n), 2n);
  assert.deepEqual(mempool.select(ROOM).transactions, [first, second]);
  const dropped = mempool.advance(head({ accounts: changed(account(1), { nonce: 1n }) }));
  assert.deepEqual(dropped, [first]);
  assert.equal(mempool.get(first.hash), undefined);
  assert.deepEqual(mempool.select(ROOM).transactions, [second]);
  assert.deepEqual(mempool.all(), [second]);
});

test("behind a missing nonce transactions are queued, and pending once it comes", () => {
  const mempool = pool();
  add(mempool, transfer({ nonce: 1n }));
  add(mempool, transfer({ nonce: 2n }));
  assert.deepEqual(mempool.status(), { pending: 0, queued: 2 });
  assert.equal(mempool.nextNonce(account(1), 0n), 0n);
  assert.deepEqual(mempool.select(ROOM).transactions, []);
  add(mempool, transfer({ nonce: 0n }));
  assert.deepEqual(mempool.status(), { pending: 3, queued: 0 });
  assert.equal(mempool.select(ROOM).transactions.length, 3);
});

test("a better paid transaction takes the place of its nonce", () => {
  const mempool = pool();
  const old = transfer({ fee: 10n * GWEI, tip: GWEI });
  const cheap = transfer({ fee: 10n * GWEI, tip: 5n * GWEI });
  const better = transfer({ fee: 11n * GWEI, tip: 2n * GWEI });
  assert.deepEqual(
    [add(mempool, old), add(mempool, cheap), add(mempool, better), add(mempool, better)],
    ["added", "REPLACEMENT_UNDERPRICED", "added", "ALREADY_KNOWN"],
  );
  assert.equal(mempool.get(old.hash), undefined);
  assert.deepEqual(mempool.all(), [better]);
});

test("facts of an older block than the head are asked for again", () => {
  const mempool = pool();
  mempool.advance(head({ number: 5n }));
  assert.equal(add(mempool, transfer(), facts({ block: 4n })), "stale");
  assert.deepEqual(mempool.all(), []);
  assert.equal(add(mempool, transfer(), facts({ block: 5n })), "added");
});

test("a new head drops what its sender can no longer pay, and goes on with the fees it brings", () => {
  const mempool = pool();
  const poor = transfer({ nonce: 0n, value: 10n ** 18n });
  const modest = transfer({ sender: account(2), fee: 3n * GWEI });
  add(mempool, poor);
  add(mempool, modest);
  const dropped = mempool.advance(
    head({
      baseFees: { execute: 4n * GWEI, order: GWEI },
      accounts: changed(account(1), { balance: 10n ** 18n }),
    }),
  );
  assert.deepEqual(dropped, [poor]);
  assert.deepEqual(mempool.select(ROOM).transactions, []);
  mempool.advance(head());
  assert.deepEqual(mempool.select(ROOM).transactions, [modest]);
});

test("calls to what has become a container are ordered; those too poor for an order leave", () => {
  const mempool = pool();
  const data = Uint8Array.of(1);
  const call = transfer({ sender: account(1), data, gasLimit: DEVNET.orderGas });
  const poor = transfer({ sender: account(2), data, gasLimit: DEVNET.orderGas - 1n });
  const plain = transfer({ sender: account(3) });
  for (const signed of [call, poor, plain]) add(mempool, signed);
  assert.deepEqual(mempool.advance(head({ containers: [SOMEONE] })), [poor]);
  assert.deepEqual(mempool.select(ROOM), { transactions: [plain], orders: [call] });
});

test("what a block refused is taken out, and what only came after it waits for the nonce", () => {
  const mempool = pool();
  const [first, second, third] = [0n, 1n, 2n].map((nonce) => transfer({ nonce }));
  assert.ok(first && second && third);
  for (const signed of [first, second, third]) add(mempool, signed);
  for (const { hash } of [first, second, third]) mempool.refuse(hash);
  assert.deepEqual(mempool.status(), { pending: 0, queued: 2 });
  const again = transfer({ nonce: 0n });
  add(mempool, again);
  assert.deepEqual(mempool.select(ROOM).transactions, [again, second, third]);
});

test("what is taken out may come again", () => {
  const mempool = pool();
  const signed = transfer();
  add(mempool, signed);
  mempool.remove(signed.hash);
  mempool.remove(signed.hash);
  assert.deepEqual(mempool.status(), { pending: 0, queued: 0 });
  assert.equal(add(mempool, signed), "added");
});

test("a full mempool takes what pays more than its cheapest, and lets that one go", () => {
  const mempool = pool({ transactionsMax: 3 });
  const [one, two, three] = [2n, 5n, 9n].map((tip, i) => transfer({ sender: account(i), tip }));
  for (const signed of [one, two, three]) add(mempool, signed as SignedTransaction);
  const newcomer = (tip: bigint) => transfer({ sender: account(7), tip });
  assert.equal(add(mempool, newcomer(2n)), "MEMPOOL_FULL");
  assert.equal(add(mempool, newcomer(1n)), "MEMPOOL_FULL");
  const better = newcomer(3n);
  assert.equal(add(mempool, better), "added");
  assert.deepEqual(mempool.all(), [two, three, better]);
});

test("the full mempool's message begins as Ethereum's and names both tips", () => {
  const mempool = pool({ transactionsMax: 1 });
  add(mempool, transfer({ tip: 5n }));
  assert.throws(
    () => mempool.add(transfer({ sender: account(2), tip: 4n }), "execute", facts()),
    /txpool is full: a tip of 4 wei per gas does not displace one of 5; /,
  );
});

test("queued transactions go before any that could be executed, last nonces before first ones", () => {
  const mempool = pool({ transactionsMax: 3 });
  const first = transfer({ sender: account(1), nonce: 0n, tip: 1n });
  const second = transfer({ sender: account(1), nonce: 1n, tip: 8n });
  const gapped = transfer({ sender: account(2), nonce: 1n, tip: 9n });
  for (const signed of [first, second, gapped]) add(mempool, signed);
  assert.equal(add(mempool, transfer({ sender: account(3), nonce: 1n, tip: 99n })), "MEMPOOL_FULL");
  const newcomer = transfer({ sender: account(3), tip: 2n });
  assert.equal(add(mempool, newcomer), "added");
  assert.deepEqual(mempool.all(), [first, second, newcomer]);
});

test("bytes are limited as well, and evicting too little evicts nothing", () => {
  const mempool = pool({ bytesMax: 1_000 });
  const small = transfer({ sender: account(1), tip: 1n, bytes: 300 });
  const rich = transfer({ sender: account(2), tip: 9n, bytes: 600 });
  for (const signed of [small, rich]) add(mempool, signed);
  assert.equal(add(mempool, transfer({ sender: account(3), tip: 5n, bytes: 401 })), "MEMPOOL_FULL");
  assert.deepEqual(mempool.all(), [small, rich]);
  const fits = transfer({ sender: account(3), tip: 5n, bytes: 400 });
  assert.equal(add(mempool, fits), "added");
  assert.deepEqual(mempool.all(), [rich, fits]);
});

test("eviction makes room for a batch at once, of what pays less than the newcomer alone", () => {
  const mempool = pool({ transactionsMax: 200 });
  const cheap = Array.from({ length: 100 }, (_, i) => transfer({ sender: account(i), tip: 1n }));
  const dear = Array.from({ length: 100 }, (_, i) =>
    transfer({ sender: account(100 + i), tip: 3n }),
  );
  for (const signed of [...cheap, ...dear]) add(mempool, signed);
  assert.equal(add(mempool, transfer({ sender: account(500), tip: 2n })), "added");
  const left = new Set(mempool.all());
  assert.equal(left.size, 200 - 64 + 1);
  assert(dear.every((signed) => left.has(signed)));
});

test("a newcomer never displaces what it stands on", () => {
  const mempool = pool({ transactionsMax: 2 });
  const [base, other] = [transfer({ tip: 1n }), transfer({ sender: account(2), tip: 2n })];
  for (const signed of [base, other]) add(mempool, signed);
  const next = transfer({ nonce: 1n, tip: 3n });
  assert.equal(add(mempool, next), "added");
  assert.deepEqual(mempool.all(), [base, next]);
  assert.equal(add(mempool, transfer({ nonce: 2n, tip: 9n })), "MEMPOOL_FULL");
});

test("what leaves gives its bytes back", () => {
  const mempool = pool({ bytesMax: 500 });
  for (let nonce = 0n; nonce < 10n; nonce++) {
    const of = facts({ block: nonce, nonce });
    assert.equal(add(mempool, transfer({ nonce, bytes: 400 }), of), "added");
    const accounts = new Map([[account(1), facts({ block: nonce + 1n, nonce: nonce + 1n })]]);
    mempool.advance(head({ number: nonce + 1n, accounts }));
  }
});

test("a cheaper one that came in since the last refusal is found", () => {
  const mempool = pool({ bytesMax: 1_000 });
  const dear = transfer({ sender: account(1), tip: 5n, bytes: 600 });
  add(mempool, dear);
  assert.equal(add(mempool, transfer({ sender: account(2), tip: 4n, bytes: 500 })), "MEMPOOL_FULL");
  add(mempool, transfer({ sender: account(3), tip: 1n, bytes: 400 }));
  const middle = transfer({ sender: account(4), tip: 3n, bytes: 400 });
  assert.equal(add(mempool, middle), "added");
  assert.deepEqual(mempool.all(), [dear, middle]);
});

test("a replacement in a full mempool needs no room", () => {
  const mempool = pool({ transactionsMax: 1 });
  add(mempool, transfer({ tip: 1n }));
  const better = transfer({ fee: 20n * GWEI, tip: 2n });
  assert.equal(add(mempool, better), "added");
  assert.deepEqual(mempool.all(), [better]);
});

test("whatever happens, the limits hold and the counts are those of what is there", () => {
  const step = fc.record({
    sender: fc.nat(4).map(account),
    nonce: fc.bigInt({ min: 0n, max: 6n }),
    tip: fc.bigInt({ min: 0n, max: 9n }),
    fee: fc.bigInt({ min: GWEI, max: 3n * GWEI }),
    bytes: fc.nat(300).map((extra) => 100 + extra),
    event: fc.constantFrom("add", "add", "add", "head", "remove"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const mempool = pool({ transactionsMax: 8, bytesMax: 1_500 });
      const nonces = new Map<Address, bigint>();
      let number = 0n;
      for (const { event, sender, nonce, ...fields } of steps) {
        if (event === "head") {
          number++;
          nonces.set(sender, (nonces.get(sender) ?? 0n) + 1n);
          const of = facts({ block: number, nonce: nonces.get(sender) ?? 0n });
          mempool.advance(head({ number, accounts: new Map([[sender, of]]) }));
        } else if (event === "remove") {
          const [first] = mempool.all();
          if (first) mempool.remove(first.hash);
        } else {
          const of = facts({ block: number, nonce: nonces.get(sender) ?? 0n });
          add(mempool, transfer({ sender, nonce, ...fields }), of);
        }
        checkCounts(mempool);
      }
    }),
    { numRuns: 200 },
  );
});

function checkCounts(mempool: Mempool): void {
  const all = mempool.all();
  const bytes = all.reduce((sum, { raw }) => sum + raw.length, 0);
  const { pending, queued } = mempool.status();
  assert(all.length <= 8 && bytes <= 1_500);
  assert.equal(pending + queued, all.length);
  assert(pending >= 0 && queued >= 0);
  const slots = new Set(all.map(({ sender, transaction }) => `${sender} ${transaction.nonce}`));
  assert.equal(slots.size, all.length);
  for (const signed of all) assert.equal(mempool.get(signed.hash), signed);
}
