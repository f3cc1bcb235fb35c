import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Contract, expectEvent, expectRevert, startChain } from "@delchain/test";

const PRICE = 10n ** 18n;
const DAY = 86_400n;

const chain = await startChain();
const [buyer, seller, stranger] = chain.addresses;
let escrow: Contract<"Escrow">;
let restore: () => Promise<void>;

before(async () => {
  escrow = await chain.deploy("Escrow", [seller, DAY]);
  await escrow.write.deposit([], { value: PRICE });
  restore = await chain.snapshot();
});
beforeEach(() => restore());
after(() => chain.close());

test("what the buyer pays is held", async () => {
  assert.equal(await escrow.read.amount(), PRICE);
  assert.equal(await chain.client.getBalance({ address: escrow.address }), PRICE);
  assert.deepEqual([await escrow.read.buyer(), await escrow.read.seller()], [buyer, seller]);
});

test("the buyer releases it to the seller, once", async () => {
  const before = await chain.client.getBalance({ address: seller });
  await expectEvent(escrow.write.release(), escrow, "Released", { seller, amount: PRICE });
  // A container pays by a message, which a block of its own delivers.
  await chain.settled();
  assert.equal(await chain.client.getBalance({ address: seller }), before + PRICE);
  await expectRevert(escrow.write.release(), "nothing is held");
});

test("nobody but the buyer releases it", async () => {
  await expectRevert(escrow.write.release([], { from: seller }), "only the buyer");
});

test("after the time anybody has it refunded, and before it nobody", async () => {
  await expectRevert(escrow.write.refund([], { from: stranger }), "too early");
  await chain.increaseTime(DAY);
  const refund = escrow.write.refund([], { from: stranger });
  await expectEvent(refund, escrow, "Refunded", { buyer, amount: PRICE });
  assert.equal(await escrow.read.amount(), 0n);
});

test("after the time nothing more is taken", async () => {
  await chain.increaseTime(DAY);
  await expectRevert(escrow.write.deposit([], { value: 1n }), "too late");
});
