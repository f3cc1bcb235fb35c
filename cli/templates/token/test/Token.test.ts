import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Contract, expectEvent, expectRevert, startChain } from "@delchain/test";

const SUPPLY = 1_000_000n;

const chain = await startChain();
const [owner, friend, shop] = chain.addresses;
let token: Contract<"Token">;
let restore: () => Promise<void>;

before(async () => {
  token = await chain.deploy("Token", [SUPPLY]);
  restore = await chain.snapshot();
});
beforeEach(() => restore());
after(() => chain.close());

test("all of it belongs to whoever deployed it", async () => {
  assert.equal(await token.read.totalSupply(), SUPPLY);
  assert.equal(await token.read.balanceOf([owner]), SUPPLY);
  assert.deepEqual(
    [await token.read.name(), await token.read.symbol(), await token.read.decimals()],
    ["Gold", "GLD", 18],
  );
});

test("a transfer moves it and says so", async () => {
  const receipt = await token.write.transfer([friend, 250n]);
  await expectEvent(receipt, token, "Transfer", { from: owner, to: friend, value: 250n });
  assert.equal(await token.read.balanceOf([owner]), SUPPLY - 250n);
  assert.equal(await token.read.balanceOf([friend]), 250n);
});

test("nobody can transfer more than they have", async () => {
  const transfer = token.write.transfer([owner, 1n], { from: friend });
  await expectRevert(transfer, "insufficient balance");
});

test("whoever is approved spends that much and no more", async () => {
  await expectEvent(token.write.approve([shop, 100n]), token, "Approval", { value: 100n });
  await token.write.transferFrom([owner, friend, 60n], { from: shop });
  assert.equal(await token.read.allowance([owner, shop]), 40n);
  assert.equal(await token.read.balanceOf([friend]), 60n);
  const tooMuch = token.write.transferFrom([owner, friend, 41n], { from: shop });
  await expectRevert(tooMuch, "insufficient allowance");
});
