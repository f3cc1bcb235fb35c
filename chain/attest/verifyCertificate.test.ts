import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bigintToBytes,
  fromHex,
  type Hash,
  type Hex,
  hashFromBytes,
  InvalidInput,
  ZERO_HASH,
} from "@delchain/runtime";
import type {
  AgreedCertificate,
  Certificate,
  CommittedCertificate,
  DivergedCertificate,
} from "./certificate.ts";
import { encodeSigners } from "./signers.ts";
import { resultOf } from "./simulation/scenario.ts";
import { attestationHash, type Findings, statementHash } from "./statement.ts";
import { agreedIn, BATCH, LEVEL_BLOCKS, OPENED_AT, only, TestHosts } from "./testAgreement.ts";

const hosts = new TestHosts(6);

/** All three members of the fast committee, who agree. */
function fastCertificate(): AgreedCertificate {
  const fresh = new TestHosts(6);
  return agreedIn(
    [0, 1, 2].flatMap((place) => fresh.carry(fresh.find(fresh.at(0, place), resultOf(0)))),
  );
}

/** Three of four members of the strong committee, and what a block has fixed for them. */
function strongCertificate(): {
  readonly agreed: AgreedCertificate;
  readonly committed: CommittedCertificate;
} {
  const fresh = new TestHosts(6);
  fresh.block(OPENED_AT + LEVEL_BLOCKS);
  const committing = [0, 1, 2].flatMap((place) =>
    fresh.carry(fresh.find(fresh.at(1, place), resultOf(0))),
  );
  const offered = fresh.carry(fresh.block(OPENED_AT + 2n * LEVEL_BLOCKS - 1n));
  const { certificate: committed } = only([...committing, ...offered], "fix");
  return { agreed: agreedIn(fresh.carry(fresh.fix(committed))), committed };
}

const number = (value: number): Hash => hashFromBytes(bigintToBytes(BigInt(value), 32));
/** What a member finds whose numbers are aggregated. */
const numbered = (value: number) => ({ ...resultOf(0), number: number(value) });

/** Three members of three, who found three things. */
function divergedCertificate(): { fresh: TestHosts; diverged: DivergedCertificate } {
  const fresh = new TestHosts(3);
  const effects = [0, 1, 2].flatMap((place) =>
    fresh.carry(fresh.find(fresh.at(0, place), resultOf(place))),
  );
  const { level, attestations } = only(effects, "disagreed");
  const difference = { queueIndex: 1n, where: "results", left: "", right: "" };
  return { fresh, diverged: { kind: "diverged", ...BATCH, level, attestations, difference } };
}

function refusalOf(certificate: Certificate, fixed?: CommittedCertificate, by = hosts): string {
  try {
    by.verify(certificate, fixed);
    return "accepted";
  } catch (error) {
    if (error instanceof InvalidInput) return error.facts.code;
    throw error;
  }
}

test("a unanimous committee's certificate needs no block; anything changed in it is refused by its code", () => {
  const good = fastCertificate();
  const [salt = ZERO_SALT, ...salts] = good.salts;
  assert.equal(refusalOf(good), "accepted");
  const few = { signers: encodeSigners([0, 1], 3), salts: [salt, ...salts.slice(1)] };
  const spoilt: readonly [string, Partial<AgreedCertificate>][] = [
    ["SIGNERS_NOT_CANONICAL", { signers: Uint8Array.of(15) }],
    ["SIGNERS_NOT_CANONICAL", { signers: Uint8Array.of(7, 0) }],
    ["NOT_ENOUGH_SIGNERS", few],
    ["COMMITMENTS_LENGTH", { salts }],
    ["COMMITMENTS_LENGTH", { others: [ZERO_HASH] }],
    ["BAD_SIGNATURE", { salts: [ZERO_SALT, ...salts] }],
    ["BAD_SIGNATURE", { slots: [{ slot: ZERO_HASH, value: ZERO_HASH }] }],
    ["BAD_SIGNATURE", { lastIndex: 2n }],
    ["BAD_SIGNATURE", { preRoot: BATCH.orderingHash }],
    ["BAD_SIGNATURE", { signature: new Uint8Array(96) }],
  ];
  for (const [code, change] of spoilt) assert.equal(refusalOf({ ...good, ...change }), code);
  const { fresh } = divergedCertificate();
  assert.equal(refusalOf({ ...good, level: "all" }, undefined, fresh), "NO_SUCH_LEVEL");
});

const ZERO_SALT = new Uint8Array(32);

test("a wide committee's certificate opens what a block before it has fixed, and nothing else", () => {
  const { agreed, committed } = strongCertificate();
  const changed = { ...committed, commitments: committed.commitments.with(0, ZERO_HASH) };
  const strangers = agreed.others.map(() => ZERO_HASH);
  assert.equal(refusalOf(agreed, committed), "accepted");
  assert.equal(refusalOf(agreed), "COMMITMENTS_NOT_FIXED");
  assert.equal(refusalOf(agreed, changed), "NOT_WHAT_WAS_COMMITTED");
  assert.equal(refusalOf({ ...agreed, others: strangers }, committed), "NOT_WHAT_WAS_COMMITTED");
  const salts = agreed.salts.with(0, ZERO_SALT);
  assert.equal(refusalOf({ ...agreed, salts }, committed), "NOT_WHAT_WAS_COMMITTED");
  assert.equal(refusalOf({ ...agreed, calls: [] }, committed), "NOT_WHAT_WAS_COMMITTED");
  assert.equal(refusalOf({ ...agreed, level: "fast" }, committed), "COMMITMENTS_LENGTH");
});

test("a list of commitments is a quorum's, each member's in its own name", () => {
  const { committed } = strongCertificate();
  const { commitments } = committed;
  assert.equal(refusalOf(committed), "accepted");
  const spoilt: readonly [string, Partial<CommittedCertificate>][] = [
    ["COMMITMENTS_LENGTH", { commitments: commitments.slice(1) }],
    ["NOT_ENOUGH_SIGNERS", { commitments: commitments.with(0, undefined).with(1, undefined) }],
    ["BAD_SIGNATURE", { commitments: commitments.with(0, ZERO_HASH) }],
    ["BAD_SIGNATURE", { commitments: [...commitments.slice(1), commitments[0]] }],
    ["BAD_SIGNATURE", { lastIndex: 2n }],
  ];
  for (const [code, change] of spoilt) {
    const spoiled = { ...committed, ...change };
    assert.equal(refusalOf(spoiled), code, code);
  }
});

test("a batch has diverged only when its last committee cannot agree, whoever would still speak", () => {
  const { fresh, diverged } = divergedCertificate();
  const { attestations } = diverged;
  const [first, second] = attestations;
  assert.ok(first && second);
  const refusal = (change: Partial<DivergedCertificate>) =>
    refusalOf({ ...diverged, ...change }, undefined, fresh);
  assert.equal(refusal({}), "accepted");
  assert.equal(refusal({ attestations: [first, second] }), "accepted", "two of three differ");
  assert.equal(refusal({ attestations: [first] }), "AGREEMENT_POSSIBLE");
  assert.equal(refusal({ attestations: [] }), "AGREEMENT_POSSIBLE");
  assert.equal(refusal({ attestations: [second, first] }), "SIGNERS_NOT_CANONICAL");
  assert.equal(refusal({ attestations: [first, first] }), "SIGNERS_NOT_CANONICAL");
  assert.equal(refusal({ attestations: [{ ...first, member: 3 }] }), "SIGNERS_NOT_CANONICAL");
  assert.equal(refusal({ attestations: [{ ...first, gasUsed: 1n }, second] }), "BAD_SIGNATURE");
  assert.equal(refusalOf(diverged), "NOT_LAST_LEVEL");
});

test("members who found different numbers, or the same, have one certificate that any node verifies", () => {
  for (const numbers of [
    [5, 900, 7],
    [5, 5, 7],
    [5, 5, 5],
  ]) {
    const fresh = new TestHosts(6);
    const effects = numbers.flatMap((value, place) =>
      fresh.carry(fresh.find(fresh.at(0, place), numbered(value))),
    );
    const agreed = agreedIn(effects);
    assert.deepEqual(agreed.numbers, numbers.map(number));
    assert.equal(refusalOf(agreed), "accepted");
    const [first = ZERO_HASH, ...rest] = agreed.numbers;
    const spoilt: readonly [string, Partial<AgreedCertificate>][] = [
      ["COMMITMENTS_LENGTH", { numbers: rest }],
      ["COMMITMENTS_LENGTH", { numbers: [...agreed.numbers, first] }],
      ["BAD_SIGNATURE", { numbers: [] }],
      ["BAD_SIGNATURE", { numbers: [number(6), ...rest] }],
      ["BAD_SIGNATURE", { numbers: [number(6), number(8), number(10)] }],
    ];
    for (const [code, change] of spoilt) assert.equal(refusalOf({ ...agreed, ...change }), code);
  }
});

test("nobody's number is left out while it may still come, and who is silent holds nobody up for long", () => {
  const fresh = new TestHosts(6);
  fresh.block(OPENED_AT + LEVEL_BLOCKS);
  const members = [0, 1, 2, 3].map((place) => fresh.at(1, place));
  const effects = members.flatMap((host, i) => fresh.carry(fresh.find(host, numbered(i))));
  const { certificate: committed } = only(effects, "fix");
  // The last member commits and does not reveal.
  const said = members.slice(0, 3).flatMap((host) => {
    const { level, commitments } = committed;
    return fresh.step(host, { type: "fixed", level, commitments });
  });
  assert.equal(
    fresh.carry(said, [members[3] as number]).some(({ type }) => type === "agreed"),
    false,
  );
  const next = OPENED_AT + LEVEL_BLOCKS + 1n;
  const isAgreed = (number: bigint) =>
    fresh
      .step(members[0] as number, { type: "block", number })
      .find(({ type }) => type === "agreed");
  assert.equal(isAgreed(next), undefined);
  const late = isAgreed(next + 1n);
  assert.ok(late, "two blocks of four are enough");
  const agreed = agreedIn([late]);
  assert.equal(agreed.numbers.length, 3);
  assert.equal(refusalOf(agreed, committed, fresh), "NUMBERS_LEFT_OUT");
  fresh.isRevealOver = true;
  assert.equal(refusalOf(agreed, committed, fresh), "accepted");
});

test("other numbers are no divergence, and a word without one is another word", () => {
  const fresh = new TestHosts(3);
  const difference = { queueIndex: 1n, where: "results", left: "", right: "" };
  const divergedBy = (found: readonly Findings[]) => {
    const attestations = found.map((findings, member) => {
      const statement = statementHash(fresh.round(0), findings);
      const message = fromHex(attestationHash(statement, ZERO_HASH));
      const secret = fresh.bls.secretOf(fresh.keys[fresh.at(0, member)] as Hex);
      const signature = fresh.bls.sign(secret, message);
      return { member, ...findings, commitments: ZERO_HASH, signature };
    });
    return { kind: "diverged", ...BATCH, level: "fast", attestations, difference } as const;
  };
  const refusal = (...found: readonly Findings[]) => refusalOf(divergedBy(found), undefined, fresh);
  assert.equal(refusal(numbered(1), numbered(900), numbered(7)), "AGREEMENT_POSSIBLE");
  assert.equal(refusal(numbered(1), numbered(900), resultOf(0)), "accepted");
  assert.equal(refusal(numbered(1), { ...resultOf(1), number: number(1) }), "accepted");
  // The number is signed: nobody else can change it.
  const [first, second] = divergedBy([numbered(1), resultOf(1)]).attestations;
  const changed = { ...divergedBy([]), attestations: [{ ...first, number: number(2) }, second] };
  assert.equal(refusalOf(changed as DivergedCertificate, undefined, fresh), "BAD_SIGNATURE");
});
