import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@delchain/runtime";
import { readEscrow } from "../system/contractRegistry.ts";
import { agreedBy, batchOf, certifiedCall, committedBy, committeeAt } from "./testCertificate.ts";
import { ALICE, CONTAINER, GWEI } from "./testChain.ts";
import { CHALLENGE_SPEC, ChallengeScene } from "./testChallenge.ts";

// Of five hosts two judge at first, for what a caller pays, and four where these do not agree.

const PAYOUTS = CHALLENGE_SPEC.hosts.map(({ payout }) => payout as Address);

function open(escrow: bigint): ChallengeScene {
  const scene = new ChallengeScene();
  scene.chain.view.set(ALICE, { balance: 10n ** 22n });
  const policy = {
    admin: ALICE,
    class: 0,
    replicas: 0,
    timelock: 0,
    keepsFormer: false,
    canMigrateBack: false,
    isDeclared: false,
    priceCap: 0n,
    deposit: 0n,
  };
  scene.caller.send("Contracts", "declare", [policy, []], { from: CONTAINER });
  if (escrow > 0n) {
    scene.caller.send("Contracts", "topUp", [CONTAINER], { from: ALICE, value: escrow });
  }
  return scene;
}

const escrowOf = ({ chain, spec }: ChallengeScene): bigint =>
  readEscrow(chain.view, spec.contractsAddress, CONTAINER);
const earned = ({ caller }: ChallengeScene): readonly bigint[] =>
  PAYOUTS.map((payout) => caller.read("Contracts", "earned", [payout]) as bigint);

test("judges whom no caller pays are paid by the contract on which the first did not agree, who signed in equal parts", async () => {
  const scene = open(10n ** 18n);
  const { executed, committee } = await scene.settle([], "strong");
  // The call used 100,000 gas beside its order, for two members: two more are as much again, at the call's price.
  const due = 100_000n * 2n * GWEI;
  assert.equal(escrowOf(scene), 10n ** 18n - due);
  const signers = new Set(committee.members.map(({ payout }) => payout));
  const expected = PAYOUTS.map((payout) => (signers.has(payout) ? due / 4n : 0n));
  assert.deepEqual(earned(scene), expected);
  const topics = executed.receipts.at(-1)?.logs.map(({ address }) => address);
  assert.deepEqual(topics, [scene.spec.contractsAddress]);
});

test("an escrow that holds less pays what it holds, and one that holds nothing stops nobody", async () => {
  const small = open(10n);
  await small.settle([], "strong");
  assert.equal(escrowOf(small), 2n);
  assert.deepEqual(earned(small).toSorted(), [0n, 2n, 2n, 2n, 2n]);
  const none = open(0n);
  await none.settle([], "strong");
  assert.deepEqual(earned(none), [0n, 0n, 0n, 0n, 0n]);
});

test("what the first committee agrees on costs the contract nothing", async () => {
  const scene = open(10n ** 18n);
  await scene.settle([], "fast");
  assert.equal(escrowOf(scene), 10n ** 18n);
});

test("what a certificate says of the gas of a call that timed out moves no coin, and stops no node", async () => {
  for (const gasUsed of [0n, 2n ** 64n - 1n]) {
    const scene = open(10n ** 18n);
    const { chain } = scene;
    const { call, index } = await scene.order();
    const found = { calls: [certifiedCall(index, { outcome: "timedOut", gasUsed })], slots: [] };
    const batch = batchOf(chain, chain.number, found, CONTAINER);
    const committee = committeeAt(chain, batch, "strong");
    const certificates = [
      { certificate: committedBy(chain, batch, committee, found), transactions: [] },
      { certificate: agreedBy(chain, batch, committee, found), transactions: [call] },
    ];
    for (const one of certificates) {
      assert.deepEqual(chain.run({ certificates: [one] }).refused, []);
    }
    assert.equal(escrowOf(scene), 10n ** 18n);
  }
});
