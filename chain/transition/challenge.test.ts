import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  fromHex,
  type Hash,
  keccak256,
  messageId,
  type OutgoingMessage,
  toAddress,
  ZERO_HASH,
} from "@delchain/runtime";
import { hashJudged, readChallenge, readContested } from "../system/challengeRegistry.ts";
import { readContract } from "../system/contractRegistry.ts";
import { hostId } from "../system/hostRegistry.ts";
import type { ExecutedContent } from "./executeBlock.ts";
import { countMessages, readMessage } from "./messageState.ts";
import { callId, readContractQueue, readFixed } from "./queue.ts";
import { certifiedCall } from "./testCertificate.ts";
import { ALICE, CONTAINER } from "./testChain.ts";
import { ChallengeScene, type Settled } from "./testChallenge.ts";
import { KEEPER, listed, MESSAGES, SENDER, send, slots } from "./testMessages.ts";
import { challengeKey } from "./verdict.ts";

const NINE = fromHex(`0x${"00".repeat(31)}09`);
const OTHER = { outputHash: keccak256(Uint8Array.of(2)) };
const ETHER = 10n ** 18n;

function outgoing(change: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return { to: KEEPER, value: 5n, gas: 100_000n, callbackGas: 0n, data: NINE, ...change };
}

function idOf({ spec }: ChallengeScene, { batch }: Settled): Hash {
  return messageId(callId(spec.chainId, batch.orderingNumber, batch.firstIndex), 0);
}

function status({ chain, spec }: ChallengeScene): string {
  return readContract(chain.view, spec.contractsAddress, CONTAINER).status;
}

function stakes({ caller, spec }: ChallengeScene): readonly bigint[] {
  return spec.hosts.map(({ publicKey }) => {
    const record = caller.read("Hosts", "hosts", [hostId(publicKey)]) as readonly bigint[];
    return (record[10] as bigint) / ETHER;
  });
}

function reasons({ refused }: ExecutedContent): readonly string[] {
  return refused.map(({ reason }) => reason);
}

test("a result that a wider committee finds otherwise costs its signers stake, its messages go back, and its contract stops", async () => {
  const scene = new ChallengeScene();
  const { chain, spec } = scene;
  const coins = scene.coins;
  const settled = await scene.settle([outgoing()]);
  const sent = 5n + 100_000n * 10n ** 9n;
  assert.equal(chain.balance(CONTAINER), 0n);
  const challenger = scene.challenge(settled);
  const before = chain.balance(challenger);
  const verdict = scene.verdict(settled, [certifiedCall(settled.batch.firstIndex, OTHER)]);
  const payouts = verdict.committee.members.map(({ payout }) => payout as Address);
  const had = payouts.map((payout) => chain.balance(payout));
  scene.judge(verdict);

  // A twentieth and three fifths of a stake of 1,000, then a twentieth and six fifths, no more than all of it.
  const lost = stakes(scene).map((stake) => 1_000n - stake);
  const signers = settled.committee.members.map(({ publicKey }) => publicKey);
  assert.deepEqual(
    lost.toSorted((left, right) => Number(left - right)),
    [0n, 0n, 0n, 650n, 1_000n],
  );
  const guilty = spec.hosts.filter((_, i) => (lost[i] ?? 0n) > 0n);
  assert.deepEqual(guilty.map(({ publicKey }) => publicKey).sort(), signers.sort());
  // The bond and a twentieth of what was taken; who judged shares as much as the bond.
  const reward = (1_650n * ETHER) / 20n;
  const fee = spec.challengeBond;
  const isJudge = payouts.includes(challenger);
  const share = fee / BigInt(payouts.length);
  assert.equal(chain.balance(challenger) - before, fee + reward + (isJudge ? share : 0n));
  payouts.forEach((payout, i) => {
    const own = payout === challenger ? fee + reward : 0n;
    assert.equal(chain.balance(payout) - (had[i] as bigint), share + own);
  });
  const burned = 1_650n * ETHER - reward - fee;
  assert.equal(coins - scene.coins, burned);

  assert.equal(status(scene), "suspended");
  assert.equal(readChallenge(chain.view, spec.challengesAddress, CONTAINER), undefined);
  assert.deepEqual(readContested(chain.view, spec.challengesAddress), []);
  const key = challengeKey(CONTAINER);
  assert.equal(readFixed(chain.view, spec.queueAddress, key, "strong"), undefined);
  while (chain.number <= settled.number + spec.challengeBlocks) {
    assert.deepEqual(listed(chain.run({})), []);
  }
  assert.equal(readMessage(chain.view, MESSAGES, idOf(scene, settled)), undefined);
  assert.equal(chain.balance(CONTAINER), sent);
  assert.deepEqual(slots(chain, KEEPER, 1), [0n]);
  assert.equal(coins - scene.coins, burned);
});

test("a challenge that a wider committee does not share pays the judges, and the messages go on when they were due", async () => {
  const scene = new ChallengeScene();
  const { chain, spec } = scene;
  const coins = scene.coins;
  const settled = await scene.settle([outgoing()]);
  const challenger = scene.challenge(settled);
  const before = chain.balance(challenger);
  const same = certifiedCall(settled.batch.firstIndex, { messages: [outgoing()] });
  const verdict = scene.verdict(settled, [same]);
  scene.judge(verdict);
  assert.deepEqual(stakes(scene), [1_000n, 1_000n, 1_000n, 1_000n, 1_000n]);
  const isJudge = verdict.committee.members.some(({ payout }) => payout === challenger);
  assert.equal(chain.balance(challenger) - before, isJudge ? spec.challengeBond / 4n : 0n);
  assert.equal(scene.coins, coins);
  assert.notEqual(status(scene), "suspended");
  while (chain.number < settled.number + spec.challengeBlocks - 1n) {
    assert.deepEqual(listed(chain.run({})), []);
  }
  assert.deepEqual(listed(chain.run({})), [["success", CONTAINER, KEEPER]]);
  assert.deepEqual(slots(chain, KEEPER, 1), [9n]);
  // One word of many is enough.
  assert.throws(() => scene.challenge(settled), /TooLate/);
});

test("what is due while it is contested waits for the verdict, and what others sent does not", async () => {
  const scene = new ChallengeScene({ verdictBlocks: 60n });
  const { chain, spec } = scene;
  const settled = await scene.settle([outgoing()]);
  scene.challenge(settled);
  await send(chain, { to: KEEPER, data: `0x${"00".repeat(31)}07` }, SENDER);
  while (chain.number <= settled.number + 2n * spec.challengeBlocks) chain.run({});
  assert.deepEqual(slots(chain, KEEPER, 1), [7n]);
  assert.notEqual(readMessage(chain.view, MESSAGES, idOf(scene, settled)), undefined);
  const challenge = readChallenge(chain.view, spec.challengesAddress, CONTAINER);
  assert.equal(challenge?.judgedIn, settled.number);
  assert.deepEqual(challenge?.signers, settled.judged.signers);

  const openedAt = challenge?.openedIn ?? 0n;
  const here = chain.number;
  chain.number = openedAt;
  const same = certifiedCall(settled.batch.firstIndex, { messages: [outgoing()] });
  const verdict = scene.verdict(settled, [same]);
  chain.number = here;
  scene.judge(verdict);
  // In the verdict's own block: messages come after certificates.
  assert.deepEqual(slots(chain, KEEPER, 1), [9n]);
});

test("without a verdict in its time a result's messages go back, its contract stops, and nobody loses anything", async () => {
  const scene = new ChallengeScene();
  const { chain, spec } = scene;
  const coins = scene.coins;
  const settled = await scene.settle([outgoing()]);
  const challenger = scene.challenge(settled);
  const before = chain.balance(challenger);
  const openedIn = chain.number;
  while (chain.number < openedIn + spec.verdictBlocks) {
    assert.notEqual(status(scene), "suspended");
    chain.run({});
  }
  assert.equal(status(scene), "suspended");
  assert.equal(chain.balance(challenger) - before, spec.challengeBond);
  assert.deepEqual(stakes(scene), [1_000n, 1_000n, 1_000n, 1_000n, 1_000n]);
  while (chain.number <= settled.number + spec.challengeBlocks) chain.run({});
  assert.equal(readMessage(chain.view, MESSAGES, idOf(scene, settled)), undefined);
  assert.equal(scene.coins, coins);
});

test("what many certify is held too while it stands on what few have, and what is in the queue of a stopped contract is paid out", async () => {
  const scene = new ChallengeScene();
  const { chain, spec } = scene;
  const settled = await scene.settle([]);
  const later = await scene.settle([outgoing()], "strong");
  const held = readMessage(chain.view, MESSAGES, idOf(scene, later));
  assert.equal(held?.notBefore, settled.number + spec.challengeBlocks);
  scene.challenge(settled);
  const verdict = scene.verdict(settled, [certifiedCall(settled.batch.firstIndex, OTHER)]);
  const waiting = await scene.order(3n);
  const alice = chain.balance(waiting.call.sender);
  scene.judge(verdict);
  while (chain.number <= settled.number + spec.challengeBlocks) chain.run({});
  assert.equal(readMessage(chain.view, MESSAGES, idOf(scene, later)), undefined);
  assert.deepEqual(slots(chain, KEEPER, 1), [0n]);
  assert.equal(readContractQueue(chain.view, spec.queueAddress, CONTAINER).count, 1n);
  const { receipts } = chain.run({ overdue: [waiting.call] });
  assert.deepEqual(
    receipts.map(({ containerCall }) => containerCall?.outcome),
    ["timedOut"],
  );
  assert(chain.balance(waiting.call.sender) > alice);

  // Long after it, the wide committee's word is enough again.
  const calm = new ChallengeScene();
  await calm.settle([]);
  for (let i = 0; i < 9; i++) calm.chain.run({});
  const free = await calm.settle([outgoing()], "strong");
  assert.equal(readMessage(calm.chain.view, MESSAGES, idOf(calm, free)), undefined);
  assert.deepEqual(slots(calm.chain, KEEPER, 1), [9n]);
});

test("a callback that tells of a contested result says that the call has failed, if it was wrong", async () => {
  for (const isWrong of [true, false]) {
    const scene = new ChallengeScene();
    const { chain, spec } = scene;
    await send(chain, {
      to: CONTAINER,
      data: "0x01",
      value: 7n,
      gas: 900_000n,
      callbackGas: 200_000n,
    });
    const ordered = chain.run({});
    const [entry] = ordered.entries;
    assert(entry !== undefined);
    const settled = scene.certify(entry.index, ordered.orders, [], "fast");
    scene.challenge(settled);
    const found = certifiedCall(entry.index, isWrong ? OTHER : {});
    scene.judge(scene.verdict(settled, [found]));
    while (chain.number <= settled.number + spec.challengeBlocks) chain.run({});
    // Value, success, id: what it had paid stays with the contract.
    assert.deepEqual(slots(chain, SENDER, 2), [0n, isWrong ? 0n : 1n]);
    assert.notEqual(slots(chain, SENDER, 3)[2], 0n);
    assert.equal(chain.balance(CONTAINER), 7n);
  }
});

test("what may be contested, by whom, how long and how often", async () => {
  const scene = new ChallengeScene();
  const { spec, chain } = scene;
  const settled = await scene.settle([]);
  const { judged, number } = settled;
  const refusal = (...[what, change]: Parameters<ChallengeScene["challenge"]>): string => {
    try {
      scene.challenge(what, change);
      return "accepted";
    } catch (error) {
      return String(error);
    }
  };
  assert.match(refusal(settled, { from: ALICE }), /NotHost/);
  assert.match(refusal(settled, { value: 1n }), /WrongBond\(sent: 1, bond: 20000000000000000000\)/);
  assert.match(refusal({ judged, number: number - 1n }), /NotJudged/);
  assert.match(refusal({ judged, number: chain.number + 1n }), /TooLate/);
  const other = { ...judged, findings: ZERO_HASH };
  assert.match(refusal({ judged: other, number }), /NotJudged/);
  assert.match(refusal({ judged: other, number }, { records: [hashJudged(judged)] }), /NotJudged/);
  const signers = [...judged.signers].reverse();
  assert.match(refusal(settled, { signers }), /NotJudged/);
  assert.match(refusal(settled, { signers: [] }), /NotJudged/);
  for (const records of [[], new Array(1_000).fill(hashJudged(judged))]) {
    assert.match(refusal(settled, { records }), /NotJudged/);
  }
  assert.equal(refusal(settled), "accepted");
  const next = await scene.settle([]);
  assert.match(refusal(next), /AlreadyChallenged/);
  chain.number += spec.challengeBlocks;
  assert.match(refusal(next), /TooLate\(number: \d+, window: 8\)/);

  // Once many have spoken, that is their word.
  const again = new ChallengeScene();
  const first = await again.settle([]);
  again.challenge(first);
  again.judge(again.verdict(first, [certifiedCall(first.batch.firstIndex)]));
  assert.throws(() => again.challenge(first), /AlreadyJudged/);
});

test("a verdict that is not about what is contested is refused, and one of too few", async () => {
  const scene = new ChallengeScene();
  const { chain } = scene;
  const settled = await scene.settle([]);
  scene.challenge(settled);
  const { committed, certificate } = scene.verdict(settled, [
    certifiedCall(settled.batch.firstIndex),
  ]);
  const run = (change: Partial<typeof certificate>) =>
    reasons(
      chain.execute({
        certificates: [
          { certificate: { ...certificate, ...change } as typeof certificate, transactions: [] },
        ],
      }),
    );
  assert.match(run({})[0] ?? "accepted", /no block before this one fixed/);
  chain.run({ certificates: [{ certificate: committed, transactions: [] }] });
  assert.match(run({ preRoot: keccak256(NINE) })[0] ?? "accepted", /storage root is not that of/);
  assert.match(run({ manifestHash: keccak256(NINE) })[0] ?? "accepted", /manifest is not that of/);
  assert.match(run({ orderingHash: keccak256(NINE) })[0] ?? "accepted", /block is not that of/);
  // Of another block it would be a batch of the queue, which has no such call any more.
  assert.match(run({ orderingNumber: 1n })[0] ?? "accepted", /next is 0/);
  assert.deepEqual(run({}), []);
});

test("a network without a challenge window holds nothing, and records nothing", async () => {
  const scene = new ChallengeScene({ challengeBlocks: 0n });
  const settled = await scene.settle([outgoing()]);
  assert.deepEqual(slots(scene.chain, KEEPER, 1), [9n]);
  assert.throws(() => scene.challenge(settled), /TooLate/);
});

test("so many results are contested at one time, and no more", async () => {
  const scene = new ChallengeScene({ challengeBlocks: 100n, verdictBlocks: 90n });
  const { chain, caller, spec } = scene;
  const open = Number(caller.read("Challenges", "OPEN_MAX"));
  const { codeHash } = chain.view.account(CONTAINER) as { readonly codeHash: Hash };
  const code = chain.view.code(codeHash) as Uint8Array;
  for (let i = 0; i <= open; i++) {
    const contract = toAddress(`0x${"cc".repeat(19)}${i.toString(16).padStart(2, "0")}`);
    chain.view.set(contract, { nonce: 1n, code });
    const settled = await scene.settle([], "fast", contract);
    if (i < open) scene.challenge(settled);
    else assert.throws(() => scene.challenge(settled), /TooManyChallenges\(limit: 16\)/);
  }
  assert.equal(readContested(chain.view, spec.challengesAddress).length, open);
  assert.equal((caller.read("Challenges", "open") as readonly Address[]).length, open);
});

test("a block lets so many held messages go, and as many that a challenge had put aside", () => {
  const scene = new ChallengeScene({ messagesMax: 0 });
  const { chain, caller, spec } = scene;
  const message = (to: Address, notBefore: bigint) => ({
    to,
    gas: 0n,
    hops: 1,
    isCallback: false,
    isOrdered: false,
    from: CONTAINER,
    callbackGas: 0n,
    fromContainer: true,
    origin: ALICE,
    notBefore,
    value: 0n,
    deposit: 0n,
    price: 0n,
    callbackPrice: 0n,
    parent: ZERO_HASH,
    data: "0x",
  });
  const due = chain.number + 400n;
  for (let i = 0; i < 300; i++) {
    caller.send("Messages", "record", [
      keccak256(Uint8Array.of(i >> 8, i & 0xff)),
      message(KEEPER, due),
    ]);
  }
  const from = spec.challengesAddress;
  caller.send("Messages", "contest", [CONTAINER, due], { from });
  chain.number = due;
  const counts = () => {
    chain.run({});
    const { messages, heldMessages } = countMessages(chain.view, MESSAGES);
    return [messages, heldMessages];
  };
  assert.deepEqual(
    [counts(), counts()],
    [
      [0, 44],
      [0, 0],
    ],
  );
  caller.send("Messages", "endContest", [CONTAINER, false, 0n], { from });
  assert.deepEqual(
    [counts(), counts(), counts()],
    [
      [256, 0],
      [300, 0],
      [300, 0],
    ],
  );
  assert.throws(() => caller.send("Messages", "contest", [CONTAINER, 1n]), /NotChallenges/);
});

test("whoever contests in vain again and again, or much at one time, pays more each time", async () => {
  const scene = new ChallengeScene({ challengeBlocks: 20n, verdictBlocks: 19n });
  const { chain, caller, spec } = scene;
  const bond = (of: Address = CONTAINER) =>
    (caller.read("Challenges", "bondOf", [of]) as bigint) / spec.challengeBond;
  for (const expected of [1n, 2n, 4n]) {
    const settled = await scene.settle([]);
    assert.equal(bond(), expected);
    scene.challenge(settled);
    assert.equal(bond(KEEPER), 2n);
    assert.equal(bond(), 2n * expected);
    scene.judge(scene.verdict(settled, [certifiedCall(settled.batch.firstIndex)]));
  }
  assert.deepEqual([bond(), bond(KEEPER)], [8n, 1n]);
  chain.number += spec.challengeBlocks;
  assert.equal(bond(), 1n);
});
