import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidInput, keccak256, toAddress, toHash } from "@delchain/runtime";
import fc from "fast-check";
import type { Block } from "../block/block.ts";
import { decodeStoredBlock, encodeStoredBlock } from "../block/blockCodec.ts";
import type { Header } from "../block/header.ts";
import { DEVNET } from "../spec/devnet.ts";
import { OrderedCalls } from "./orderedCalls.ts";
import { type Action, TestLeader, TestService } from "./testLeader.ts";

const action = fc.record<Action>({
  kind: fc.constantFrom("coins", "create", "call", "revert", "message", "order", "orderOften"),
  account: fc.integer({ min: 1, max: 3 }),
  amount: fc.nat({ max: 200 }),
});
const blocks = fc.array(fc.array(action, { maxLength: 6 }), { minLength: 2, maxLength: 6 });

/** As it would come from another node: whole, and from bytes. */
function received(block: Block): Block {
  return decodeStoredBlock(encodeStoredBlock(block), DEVNET);
}

test("a service that follows another one's blocks ends with the same head, roots and receipts", async () => {
  const seen = { certificates: 0, diverged: 0, orders: 0, reverts: 0, messages: 0 };
  const property = fc.asyncProperty(blocks, async (plan) => {
    await using first = await TestService.open();
    await using second = await TestService.open();
    const leader = new TestLeader(first);
    try {
      const produced = [await leader.begin()];
      for (const actions of plan) {
        const block = await leader.act(actions);
        produced.push(block);
        if (block.calls.length > 0) await leader.certified();
      }
      produced.push(await leader.act([]));
      for (const { block, refused } of produced) {
        assert.deepEqual(refused, []);
        const followed = await second.chain.follow(received(block.block));
        assert.deepEqual(followed.block, block);
        seen.orders += block.block.orders.length;
        seen.certificates += block.block.certificates.length;
        seen.diverged += block.block.certificates.filter(({ kind }) => kind === "diverged").length;
        seen.messages += block.receipts.filter(({ type }) => type === 0x7e).length;
        seen.reverts += block.receipts.filter(({ status }) => status !== "success").length;
      }
      assert.deepEqual(second.chain.opened(), first.chain.opened());
    } finally {
      leader.close();
    }
  });
  const diverging: Action = { kind: "order", account: 1, amount: 12 };
  await fc.assert(property, {
    numRuns: 6,
    examples: [[[[{ ...diverging, amount: 13 }, diverging], []]]],
  });
  for (const [what, count] of Object.entries(seen)) assert(count > 0, `no ${what} were tried`);
});

const HASH = keccak256(new Uint8Array(1));
/** A change of each thing that follows from parent and content; the others a producer chooses. */
const HEADER_CHANGES: { readonly [Field in keyof Header]?: (header: Header) => Partial<Header> } = {
  parentHash: () => ({ parentHash: HASH }),
  stateRoot: () => ({ stateRoot: HASH }),
  transactionsRoot: () => ({ transactionsRoot: HASH }),
  receiptsRoot: () => ({ receiptsRoot: HASH }),
  logsBloom: ({ logsBloom }) => ({ logsBloom: logsBloom.with(7, (logsBloom[7] ?? 0) ^ 1) }),
  number: ({ number }) => ({ number: number + 1n }),
  gasLimit: ({ gasLimit }) => ({ gasLimit: gasLimit + 1n }),
  gasUsed: ({ gasUsed }) => ({ gasUsed: gasUsed + 1n }),
  timestamp: () => ({ timestamp: 1n }),
  extraData: ({ extraData }) => ({ extraData: extraData.with(0, (extraData[0] ?? 0) ^ 1) }),
  baseFeePerGas: ({ baseFeePerGas }) => ({ baseFeePerGas: baseFeePerGas + 1n }),
};

test("a block with any one field changed is refused by that field's name, and changes nothing", async () => {
  await using first = await TestService.open();
  await using second = await TestService.open();
  const leader = new TestLeader(first);
  await second.chain.follow(received((await leader.begin()).block.block));
  const call: Action = { kind: "call", account: 1, amount: 5 };
  const ordered = await leader.act([call, { ...call, account: 2 }, { ...call, kind: "order" }]);
  await leader.certified();
  await second.chain.follow(received(ordered.block.block));
  const { block } = (
    await leader.act([
      call,
      { ...call, account: 2, kind: "orderOften" },
      { ...call, kind: "coins", account: 3 },
    ])
  ).block;
  assert.deepEqual(
    [block.transactions.length, block.orders.length, block.certificates.length],
    [3, 3, 1],
  );
  const before = second.chain.opened();

  const fields = new Map<string, Block>();
  for (const [field, change] of Object.entries(HEADER_CHANGES)) {
    fields.set(field, { ...block, header: { ...block.header, ...change(block.header) } });
  }
  const { extension } = block;
  fields.set("extension", { ...block, extension: { ...extension, containerGasOrdered: 1n } });
  for (const [field, changed] of fields) {
    await assert.rejects(second.chain.follow(changed), (error) => {
      assert(error instanceof InvalidInput, String(error));
      assert.deepEqual(error.facts, { code: "FIELD_MISMATCH", field });
      assert.match(error.message, new RegExp(`the block's ${field} is not what`));
      return true;
    });
    assert.deepEqual(second.chain.opened(), before);
  }
  await refusesOtherContent(second, block);
  assert.deepEqual(second.chain.opened(), before);
  await second.chain.follow(received(block));
  assert.deepEqual(second.chain.opened(), first.chain.opened());
  leader.close();
});

/** Content that is not what the header says: one thing left out, twice, in another order, or of another sender. */
async function refusesOtherContent({ chain }: TestService, block: Block): Promise<void> {
  const { transactions, orders, certificates } = block;
  const [first] = transactions;
  assert(first);
  const stranger = { ...first, sender: toAddress(`0x${"57".repeat(20)}`) };
  const [certificate] = certificates;
  assert(certificate);
  const forged = { ...certificate, preRoot: toHash(`0x${"00".repeat(32)}`) };
  const others: Readonly<Record<string, Partial<Block>>> = {
    "without its last transaction": { transactions: transactions.slice(0, -1) },
    "with a transaction twice": { transactions: [...transactions, ...transactions.slice(-1)] },
    "in another order": { transactions: [...transactions].reverse() },
    "of another sender": { transactions: [...transactions.slice(0, -1), stranger] },
    "without an order": { orders: orders.slice(1) },
    "with orders in another order": { orders: [...orders].reverse() },
    "without its certificate": { certificates: [] },
    "with a certificate twice": { certificates: [certificate, certificate] },
    "with another certificate": { certificates: [forged] },
  };
  for (const [what, change] of Object.entries(others)) {
    await assert.rejects(chain.follow({ ...block, ...change }), InvalidInput, what);
  }
}

test("a block that gives up calls is followed, and refused when it gives up one too early", async () => {
  const spec = { ...DEVNET, orderDeadlineBlocks: 2n, orderDeadlineSeconds: 2n };
  await using first = await TestService.open(spec);
  await using second = await TestService.open(spec);
  const leader = new TestLeader(first);
  const nothing = { certificates: [], overdue: [], transactions: [], orders: [] };
  const order = { to: leader.container, data: Uint8Array.of(4), gasLimit: 700_000n };
  const transfer = leader.sign(2, { value: 1n });
  const orders = [leader.sign(1, order), leader.sign(1, order)];
  const begin = (await leader.begin()).block.block;
  const blocks = [begin];
  for (const content of [{ orders }, {}, { overdue: orders, transactions: [transfer] }]) {
    blocks.push((await leader.produce({ ...nothing, ...content })).block.block);
  }
  leader.close();
  const last = blocks.at(-1) as Block;
  assert.equal(last.transactions.length, 3);
  for (const block of blocks) await second.chain.follow(received(block));
  assert.deepEqual(second.chain.opened(), first.chain.opened());
  assert.deepEqual(first.chain.opened().waiting, []);

  await using strict = await TestService.open({ ...spec, orderDeadlineBlocks: 3n });
  for (const block of blocks.slice(0, -1)) await strict.chain.follow(received(block));
  await assert.rejects(strict.chain.follow(received(last)), /a call waits 3 blocks and 2 s/);
});

test("after a restart the same calls are ordered as before", async () => {
  await using service = await TestService.open();
  const leader = new TestLeader(service);
  const ordered = new OrderedCalls(DEVNET.chainId);
  const order: Action = { kind: "orderOften", account: 1, amount: 4 };
  const plans: readonly (readonly Action[])[] = [
    [order, { ...order, account: 2 }],
    [{ ...order, account: 3 }],
    [order],
  ];
  await leader.begin();
  for (const actions of plans) {
    const { block, calls } = await leader.act(actions);
    ordered.settle(block);
    const { header, extension } = block.block;
    const { containerBaseFee } = extension;
    ordered.add({ hash: block.hash, header, containerBaseFee }, calls);
    await leader.certified();
  }
  leader.close();
  const before = contentOf(ordered, leader);
  await service.reopen();
  const rebuilt = new OrderedCalls(DEVNET.chainId);
  const { waiting } = service.chain.opened();
  for (const { ordering, calls } of waiting) rebuilt.add(ordering, calls);
  assert.deepEqual(contentOf(rebuilt, leader), before);
  assert(rebuilt.countOf(leader.container) >= 3, "the last block's calls wait");
});

/** All that `OrderedCalls` answers about the accounts and the contract of the test. */
function contentOf(ordered: OrderedCalls, leader: TestLeader): unknown {
  const accounts = [1, 2, 3].map((account) => leader.addressOf(account));
  return {
    count: ordered.countOf(leader.container),
    lowest: accounts.map((account) => ordered.lowestNonce(account)),
    orderedIn: accounts.map((account) =>
      Array.from({ length: 10 }, (_, nonce) => ordered.orderedIn(account, BigInt(nonce))),
    ),
    calls: leader.orders.map((hash) => {
      const call = ordered.get(hash);
      // The link to the next entry is written when that one is ordered; a running node does not look at it.
      return call && { ...call, entry: { ...call.entry, next: undefined } };
    }),
  };
}
