import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Contract, expectEvent, expectRevert, startChain } from "@delchain/test";

const DAY = 86_400n;

const chain = await startChain();
const [alice, bob, carol] = chain.addresses;
let voting: Contract<"Voting">;
let restore: () => Promise<void>;

before(async () => {
  voting = await chain.deploy("Voting", [3n, DAY]);
  restore = await chain.snapshot();
});
beforeEach(() => restore());
after(() => chain.close());

test("a vote counts once for each address", async () => {
  await expectEvent(voting.write.vote([2n]), voting, "Voted", { voter: alice, option: 2n });
  assert.equal(await voting.read.votes([2n]), 1n);
  assert.equal(await voting.read.hasVoted([alice]), true);
  await expectRevert(voting.write.vote([1n]), "voted already");
});

test("only what is offered can be voted for", async () => {
  await expectRevert(voting.write.vote([3n]), "no such option");
});

test("when the time is over the option with the most votes has won", async () => {
  await voting.write.vote([0n], { from: alice });
  await voting.write.vote([1n], { from: bob });
  await voting.write.vote([1n], { from: carol });
  await expectRevert(voting.read.winner(), "too early");
  await chain.increaseTime(DAY);
  assert.equal(await voting.read.winner(), 1n);
  await expectRevert(voting.write.vote([0n], { from: chain.addresses[3] }), "too late");
});
