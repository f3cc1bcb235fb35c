import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Contract, expectEvent, expectRevert, startChain } from "@delchain/test";

const chain = await startChain();
const [minter, alice, bob] = chain.addresses;
let nft: Contract<"Nft">;
let restore: () => Promise<void>;

before(async () => {
  nft = await chain.deploy("Nft");
  await nft.write.mint([alice]);
  restore = await chain.snapshot();
});
beforeEach(() => restore());
after(() => chain.close());

test("whoever deployed it mints tokens, and nobody else", async () => {
  const mint = nft.write.mint([bob]);
  await expectEvent(mint, nft, "Transfer", { to: bob, tokenId: 2n });
  assert.deepEqual(
    [await nft.read.ownerOf([1n]), await nft.read.ownerOf([2n]), await nft.read.totalSupply()],
    [alice, bob, 2n],
  );
  assert.equal(await nft.read.minter(), minter);
  await expectRevert(nft.write.mint([bob], { from: bob }), "only the minter");
  await expectRevert(nft.read.ownerOf([3n]), "no such token");
});

test("an owner gives a token away", async () => {
  const transfer = nft.write.transferFrom([alice, bob, 1n], { from: alice });
  await expectEvent(transfer, nft, "Transfer", { from: alice, to: bob, tokenId: 1n });
  assert.equal(await nft.read.ownerOf([1n]), bob);
  assert.deepEqual([await nft.read.balanceOf([alice]), await nft.read.balanceOf([bob])], [0n, 1n]);
});

test("whoever is approved for a token gives it away, once", async () => {
  await nft.write.approve([bob, 1n], { from: alice });
  await nft.write.transferFrom([alice, minter, 1n], { from: bob });
  assert.equal(await nft.read.ownerOf([1n]), minter);
  await expectRevert(nft.write.transferFrom([minter, bob, 1n], { from: bob }), "not allowed");
});

test("an operator gives away all that an owner has, until it no longer may", async () => {
  await nft.write.setApprovalForAll([bob, true], { from: alice });
  assert.equal(await nft.read.isApprovedForAll([alice, bob]), true);
  await nft.write.transferFrom([alice, bob, 1n], { from: bob });
  await nft.write.transferFrom([bob, alice, 1n], { from: bob });
  await nft.write.setApprovalForAll([bob, false], { from: alice });
  await expectRevert(nft.write.transferFrom([alice, bob, 1n], { from: bob }), "not allowed");
});
