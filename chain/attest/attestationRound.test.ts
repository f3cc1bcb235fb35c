import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  fromHex,
  type Hash,
  InvalidInput,
  keccak256,
  toHex,
  ZERO_HASH,
} from "@delchain/runtime";
import { AttestationRound, type Reveal } from "./attestationRound.ts";
import type { Batch, CertifiedCall } from "./certificate.ts";
import { nobleBls } from "./nobleBls.ts";
import { commitment, findingsOf, statementHash } from "./statement.ts";
import { verifyCertificate } from "./verifyCertificate.ts";

const CHAIN_ID = 31_337n;
const SECRETS = [1, 2].map((fill) => new Uint8Array(32).fill(fill));
const COMMITTEE = SECRETS.map((secret) => ({
  publicKey: toHex(nobleBls.publicKey(secret)),
  payout: `0x${"00".repeat(20)}` as const,
}));
const CONTRACT = `0x${"c0".repeat(20)}` as Address;
const BATCH: Batch = {
  contract: CONTRACT,
  orderingNumber: 5n,
  orderingHash: `0x${"05".repeat(32)}` as Hash,
  manifestHash: `0x${"06".repeat(32)}` as Hash,
  firstIndex: 1n,
  lastIndex: 1n,
  preRoot: ZERO_HASH,
};
const CALL: CertifiedCall = {
  queueIndex: 1n,
  outcome: "success",
  outputHash: keccak256(Uint8Array.of(1)),
  logs: [],
  gasUsed: 100n,
  haltCode: "",
};

function reveal(member: number, call: CertifiedCall = CALL): Reveal & { readonly hash: Hash } {
  const findings = findingsOf(CONTRACT, [call], []);
  const statement = statementHash(CHAIN_ID, BATCH, findings);
  const salt = new Uint8Array(32).fill(member + 7);
  const secret = SECRETS[member] as Uint8Array;
  const hash = commitment(statement, salt, nobleBls.publicKey(secret));
  return { member, salt, findings, signature: nobleBls.sign(secret, fromHex(statement)), hash };
}

function newRound(): AttestationRound {
  return new AttestationRound(COMMITTEE, CHAIN_ID, BATCH, nobleBls);
}

const refused = (code: string) => (error: unknown) =>
  error instanceof InvalidInput && error.facts.code === code;

test("members that say the same make a certificate that anybody can verify", () => {
  const round = newRound();
  const words = [reveal(0), reveal(1)];
  for (const { member, hash } of words) round.commit(member, hash);
  assert.equal(round.isAgreed(), undefined);
  for (const word of words) round.reveal(word);
  assert.equal(round.isAgreed(), true);
  verifyCertificate(round.agreed([CALL], []), COMMITTEE, CHAIN_ID, nobleBls);
});

test("members that differ make a certificate of divergence that proves it", () => {
  const round = newRound();
  const words = [reveal(0), reveal(1, { ...CALL, outputHash: keccak256(Uint8Array.of(2)) })];
  for (const { member, hash } of words) round.commit(member, hash);
  for (const word of words) round.reveal(word);
  assert.equal(round.isAgreed(), false);
  const diverged = round.diverged({
    queueIndex: 1n,
    where: "output byte 0",
    left: "0x01",
    right: "0x02",
  });
  verifyCertificate(diverged, COMMITTEE, CHAIN_ID, nobleBls);
  const [first] = diverged.attestations;
  const alone = { ...diverged, attestations: first ? [first] : [] };
  assert.throws(
    () => verifyCertificate(alone, COMMITTEE, CHAIN_ID, nobleBls),
    refused("NO_CONFLICT"),
  );
});

test("nobody reveals before all have committed, so nobody can copy", () => {
  const round = newRound();
  const word = reveal(0);
  round.commit(0, word.hash);
  assert.throws(() => round.reveal(word), refused("COMMITMENTS_OPEN"));
});

test("a member commits once, reveals once, and reveals what it committed to", () => {
  const round = newRound();
  const words = [reveal(0), reveal(1)] as const;
  for (const { member, hash } of words) round.commit(member, hash);
  assert.throws(() => round.commit(0, words[0].hash), refused("COMMITTED_TWICE"));
  const other = reveal(0, { ...CALL, gasUsed: 101n });
  assert.throws(() => round.reveal(other), refused("NOT_WHAT_WAS_COMMITTED"));
  // Copied from another member: salt and key are that member's.
  assert.throws(() => round.reveal({ ...words[1], member: 0 }), refused("NOT_WHAT_WAS_COMMITTED"));
  assert.throws(
    () => round.reveal({ ...words[0], signature: words[1].signature }),
    refused("BAD_SIGNATURE"),
  );
  round.reveal(words[0]);
  assert.throws(() => round.reveal(words[0]), refused("REVEALED_TWICE"));
  assert.throws(() => round.commit(2, words[0].hash), refused("UNKNOWN_MEMBER"));
});
