import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, type Hex } from "@delchain/runtime";
import type { AgreementEffect } from "./agreement.ts";
import { verifyConflict } from "./conflict.ts";
import type { Commit, Reveal } from "./messages.ts";
import { decodeSigners } from "./signers.ts";
import { resultOf } from "./simulation/scenario.ts";
import { attestationHash, statementHash } from "./statement.ts";
import {
  agreedIn,
  BATCH,
  CHAIN_ID,
  LEVEL_BLOCKS,
  OPENED_AT,
  only,
  sent,
  TestHosts,
} from "./testAgreement.ts";

// Six hosts: all three of the fast committee must agree, three of the strong one's four, five of all six.
const FAST = [0, 1, 2];
const STRONG = [0, 1, 2, 3];

/** Hosts whose strong committee has committed to the same, but for the last member, and whose block has fixed it. */
function fixedHosts(): { readonly hosts: TestHosts; readonly members: readonly number[] } {
  const hosts = new TestHosts(6);
  const members = STRONG.map((place) => hosts.at(1, place));
  hosts.block(OPENED_AT + LEVEL_BLOCKS);
  for (const host of members.slice(0, 3)) hosts.carry(hosts.find(host, resultOf(0)));
  const offered = hosts.carry(hosts.block(OPENED_AT + 2n * LEVEL_BLOCKS - 1n));
  hosts.fix(only(offered, "fix").certificate);
  return { hosts, members };
}

/** A word as a host would sign it, whatever it says. */
function signedBy(hosts: TestHosts, host: number, reveal: Reveal): Reveal {
  const message = attestationHash(statementHash(reveal.round, reveal.findings), reveal.commitments);
  const secret = hosts.bls.secretOf(hosts.keys[host] as Hex);
  return { ...reveal, signature: hosts.bls.sign(secret, fromHex(message)) };
}

test("members who find the same are certified by the first committee, and anybody can verify it", () => {
  const hosts = new TestHosts(6);
  const effects = FAST.flatMap((place) => hosts.carry(hosts.find(hosts.at(0, place), resultOf(0))));
  const certificate = agreedIn(effects);
  assert.equal(certificate.level, "fast");
  hosts.verify(certificate);
});

test("nobody reveals before all have committed, and a machine in trouble says nothing", () => {
  const hosts = new TestHosts(6);
  const heard = FAST.slice(1).flatMap((place) => {
    const effects = hosts.find(hosts.at(0, place), resultOf(0));
    return [...effects, ...hosts.carry(effects)];
  });
  const said = heard.flatMap((effect) => (effect.type === "send" ? [effect.message.kind] : []));
  assert.deepEqual(said, ["commit", "commit"]);
});

test("a difference opens the next level at once: a quorum of it is certified, and who differs is left out", () => {
  const hosts = new TestHosts(6);
  const liar = hosts.at(0, 0);
  const effects = FAST.flatMap((place) =>
    hosts.carry(hosts.find(hosts.at(0, place), resultOf(place === 0 ? 1 : 0))),
  );
  const asked = effects.filter(({ type }) => type === "run");
  assert.ok(asked.length > 0, "hosts that were not in the first committee are asked");
  for (const place of STRONG) {
    const host = hosts.at(1, place);
    if (host !== liar) effects.push(...hosts.carry(hosts.find(host, resultOf(0))));
  }
  const { certificate: committed } = only(effects, "fix");
  hosts.verify(committed);
  const certificate = agreedIn(hosts.carry(hosts.fix(committed)));
  assert.equal(certificate.level, "strong");
  const signers = decodeSigners(certificate.signers, 4) ?? [];
  assert.equal(
    signers.some((place) => hosts.at(1, place) === liar),
    false,
  );
  hosts.verify(certificate, committed);
});

test("a level that has no certificate after its blocks gives way, and late members have half of them to commit", () => {
  const hosts = new TestHosts(6);
  const strong = STRONG.map((place) => hosts.at(1, place));
  assert.deepEqual(hosts.block(OPENED_AT + LEVEL_BLOCKS - 1n), []);
  const opened = hosts.block(OPENED_AT + LEVEL_BLOCKS);
  assert.ok(opened.some(({ type }) => type === "run"));
  const offered = strong
    .slice(1)
    .flatMap((host) => hosts.carry(hosts.find(host, resultOf(0))))
    .concat(hosts.carry(hosts.block(OPENED_AT + LEVEL_BLOCKS + LEVEL_BLOCKS / 2n - 1n)));
  assert.deepEqual(
    offered.filter(({ type }) => type === "fix"),
    [],
  );
  const half = hosts.carry(hosts.block(OPENED_AT + LEVEL_BLOCKS + LEVEL_BLOCKS / 2n));
  const { commitments } = only(half, "fix").certificate;
  assert.equal(commitments.filter(Boolean).length, 3);
});

test("who commits after a block has fixed the commitments is not heard, and knows it", () => {
  const { hosts, members } = fixedHosts();
  const [listener = 0, , , late = 0] = members;
  const isOfLevel = (effect: AgreementEffect) =>
    effect.type === "send" && effect.message.round === hosts.round(1);
  assert.deepEqual(hosts.find(late, resultOf(0)).filter(isOfLevel), []);
  const early = new TestHosts(6);
  early.block(OPENED_AT + LEVEL_BLOCKS);
  const commit = early.find(late, resultOf(0)).find(isOfLevel);
  assert.equal(commit?.type, "send");
  if (commit?.type !== "send") return;
  assert.equal(hosts.refusal(listener, commit.message), "COMMITMENTS_FIXED");
});

test("what the last committee cannot agree on any more is proved to have diverged", () => {
  const hosts = new TestHosts(3);
  const effects = FAST.flatMap((place) =>
    hosts.carry(hosts.find(hosts.at(0, place), resultOf(place % 2))),
  );
  const { level, attestations } = only(effects, "disagreed");
  const difference = { queueIndex: 1n, where: "results", left: "", right: "" };
  hosts.verify({ kind: "diverged", ...BATCH, level, attestations, difference });
});

test("spoilt, copied and foreign words are refused by their code, and the round goes on as if they had not come", () => {
  const { hosts, members } = fixedHosts();
  const [speaker = 0, , silent = 0, late = 0] = members;
  const reveal = sent(hosts.step(speaker, { type: "block", number: OPENED_AT }), "reveal");
  const own = (host: number, change: Partial<Reveal>) =>
    signedBy(hosts, host, { ...reveal, ...change });
  const spoilt: readonly (readonly [string, Reveal])[] = [
    ["UNKNOWN_ROUND", { ...reveal, round: BATCH.orderingHash }],
    ["UNKNOWN_MEMBER", { ...reveal, member: 4 }],
    ["BAD_SIGNATURE", { ...reveal, signature: reveal.signature.slice().fill(7, 0, 1) }],
    ["BAD_SIGNATURE", { ...reveal, round: hosts.round(0) }],
    ["BAD_SIGNATURE", { ...reveal, member: 2 }],
    ["NOT_WHAT_WAS_COMMITTED", { ...reveal, salt: new Uint8Array(32) }],
    ["NOT_WHAT_WAS_COMMITTED", own(silent, { member: 2 })],
    ["NOT_WHAT_WAS_COMMITTED", own(speaker, { findings: resultOf(1) })],
    ["NOT_COMMITTED", own(late, { member: 3 })],
    ["OTHER_COMMITMENTS", own(speaker, { commitments: BATCH.orderingHash })],
  ];
  const fresh = fixedHosts().hosts;
  for (const [code, message] of spoilt) assert.equal(fresh.refusal(late, message), code);
  assert.equal(hosts.refusal(late, reveal), "taken");
  assert.equal(hosts.refusal(late, reveal), "ALREADY_KNOWN");
  const words = hosts.block(OPENED_AT + LEVEL_BLOCKS);
  assert.equal(agreedIn([...fresh.carry(words)]).level, "strong");
});

test("a word with another salt, which nobody has signed, keeps its member's own out by no order of arrival", () => {
  const hosts = new TestHosts(6);
  const [speaker, second, listener] = FAST.map((place) => hosts.at(0, place)) as [
    number,
    number,
    number,
  ];
  const commits = [speaker, second, listener].map((host) =>
    sent(hosts.find(host, resultOf(0)), "commit"),
  );
  const [own, other, last] = commits as [Commit, Commit, Commit];
  hosts.hear(speaker, other);
  const reveal = sent(hosts.hear(speaker, last), "reveal");
  const forged = { ...reveal, salt: new Uint8Array(32) };
  // Before the commitment that it does not open, and after.
  assert.equal(hosts.refusal(listener, forged), "taken");
  hosts.hear(listener, own);
  assert.equal(hosts.refusal(listener, forged), "NOT_WHAT_WAS_COMMITTED");
  assert.equal(hosts.refusal(listener, reveal), "taken");
  hosts.hear(second, own);
  const answer = sent(hosts.hear(second, last), "reveal");
  hosts.hear(listener, other);
  assert.equal(agreedIn([...hosts.hear(listener, answer)]).level, "fast");
});

test("a host that says two things is proved to have, whichever came first; the same thing twice is no proof", () => {
  const hosts = new TestHosts(6);
  const member = hosts.at(0, 0);
  const honest = sent(hosts.find(member, resultOf(0)), "commit");
  const other = new TestHosts(6);
  other.find(other.at(0, 1), resultOf(0));
  const contrary = sent(other.find(member, resultOf(1)), "commit");
  const listener = hosts.at(0, 1);
  hosts.hear(listener, honest);
  const { conflict } = only(hosts.hear(listener, contrary), "conflict");
  assert.equal(conflict.publicKey, hosts.keys[member]);
  verifyConflict(conflict, CHAIN_ID, hosts.bls);
  const same = { ...conflict, right: conflict.left } as typeof conflict;
  assert.throws(() => verifyConflict(same, CHAIN_ID, hosts.bls), /both sides say the same/);
  assert.throws(() => verifyConflict(conflict, CHAIN_ID + 1n, hosts.bls), /did not sign the left/);
});

test("a host that loses its memory at any step says what it said before, and never a second thing", () => {
  for (let crashes = 1; crashes < 16; crashes++) {
    const hosts = new TestHosts(6);
    const unsure = hosts.at(0, 0);
    const said = new Map<string, Set<string>>();
    let steps = 0;
    const watch = (effects: readonly AgreementEffect[]): readonly AgreementEffect[] => {
      for (const effect of effects) {
        if (effect.type !== "send" || hosts.at(0, effect.message.member) !== unsure) continue;
        const { kind, round, signature } = effect.message;
        const words = said.get(kind + round) ?? new Set();
        said.set(kind + round, words.add(signature.join()));
      }
      // Bit by bit, so that every pattern of crashes over four steps is tried.
      if ((crashes >> (steps++ % 4)) & 1) {
        hosts.restart(unsure);
        // Run again, its program gives something else.
        return [...effects, ...hosts.find(unsure, resultOf(steps % 2))];
      }
      return effects;
    };
    let effects = watch(hosts.find(unsure, resultOf(0)));
    for (const place of FAST.slice(1)) {
      hosts.carry(effects);
      effects = watch(hosts.find(hosts.at(0, place), resultOf(0)));
    }
    for (let i = 0; i < 3; i++) {
      hosts.carry(effects);
      effects = watch(hosts.block(OPENED_AT));
    }
    assert.deepEqual(
      [...said.values()].map(({ size }) => size),
      [1, 1],
    );
  }
});
