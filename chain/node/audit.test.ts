import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hash, Unavailable } from "@delchain/runtime";
import { findingsOf } from "../attest/statement.ts";
import type { ExecutedBlock } from "../block/block.ts";
import { devnetHostSecret } from "../spec/devnet.ts";
import { type Contestable, hashFindings } from "../system/challengeRegistry.ts";
import { hostId } from "../system/hostRegistry.ts";
import { CHALLENGE_SPEC } from "../transition/testChallenge.ts";
import { AUDITS_WAITING_MAX, Audit, type AuditableBatch } from "./audit.ts";
import { certifiedCalls } from "./hostedBatch.ts";
import type { HostedBatch, HostedOutcome, Hosting } from "./hosting.ts";
import { createLog } from "./log.ts";
import { settledCallOf } from "./testSettled.ts";

const SIGNER = CHALLENGE_SPEC.hosts[0]?.publicKey as Hash;

/** What the container gives. */
function outcomeOf(output: number): HostedOutcome {
  return {
    calls: [
      { status: "success", output: Uint8Array.of(output), logs: [], messages: [], gasUsed: 7n },
    ],
    slots: [],
    balances: new Map(),
  };
}

/** A batch whose signer found `output`. */
function auditable(number: bigint, output: number): AuditableBatch {
  const { pending, facts } = settledCallOf(number);
  const calls = certifiedCalls(outcomeOf(output), pending, CHALLENGE_SPEC, facts.terms);
  const judged = {
    contract: pending.contract,
    resourceClass: "small",
    orderingNumber: 1n,
    manifestHash: facts.contract.manifestHash,
    firstIndex: 1n,
    lastIndex: 1n,
    preRoot: facts.preRoot,
    findings: hashFindings(findingsOf(pending.contract, calls, [])),
    signers: [hostId(SIGNER)],
    stateAt: 1n,
    hosts: 5,
  } as const;
  return { pending, facts, contestable: { number, judged, records: [] } };
}

function blockOf(number: bigint, kind = "agreed"): ExecutedBlock {
  return { block: { header: { number }, certificates: [{ kind }] } } as unknown as ExecutedBlock;
}

class Scene {
  readonly found: Contestable[] = [];
  readonly ran: bigint[] = [];
  readonly audit: Audit;
  /** What is thrown instead of a result. */
  trouble: Error | undefined;

  constructor(certified: (number: bigint) => number, host = 1, challengeBlocks = 8n) {
    const execute = (_: number, batch: HostedBatch): Promise<HostedOutcome> => {
      assert.equal(batch.isPast, true);
      this.ran.push(batch.stateAt);
      return this.trouble ? Promise.reject(this.trouble) : Promise.resolve(outcomeOf(7));
    };
    const own = CHALLENGE_SPEC.hosts[host] as (typeof CHALLENGE_SPEC.hosts)[number];
    this.audit = new Audit({
      spec: { ...CHALLENGE_SPEC, challengeBlocks },
      members: [{ replica: 0, secret: devnetHostSecret(host), host: own }],
      hosting: { execute } as Hosting,
      auditable: (number) => Promise.resolve([auditable(number, certified(number))]),
      onContradiction: (contestable) => this.found.push(contestable),
      log: createLog("silent"),
    });
  }
}

test("what few others have certified is run again, and a contradiction is told", async () => {
  const scene = new Scene((number) => (number === 2n ? 9 : 7));
  for (const number of [1n, 2n, 3n]) scene.audit.follow(blockOf(number));
  scene.audit.follow(blockOf(4n, "committed"));
  await scene.audit.idle();
  assert.deepEqual(scene.ran, [1n, 2n, 3n]);
  assert.deepEqual(
    scene.found.map(({ number }) => number),
    [2n],
  );
});

test("nobody checks its own word, nor where nothing may be contested", async () => {
  for (const scene of [new Scene(() => 9, 0), new Scene(() => 9, 1, 0n)]) {
    scene.audit.follow(blockOf(1n));
    await scene.audit.idle();
    assert.deepEqual([scene.ran, scene.found], [[], []]);
  }
});

test("a machine that cannot run a batch says nothing of it, and goes on with the next", async () => {
  const scene = new Scene(() => 9);
  for (const trouble of [new Unavailable("containers", "no engine"), new Error("a bug")]) {
    scene.trouble = trouble;
    scene.audit.follow(blockOf(1n));
    await scene.audit.idle();
  }
  assert.deepEqual(scene.found, []);
  scene.trouble = undefined;
  scene.audit.follow(blockOf(2n));
  await scene.audit.idle();
  assert.equal(scene.found.length, 1);
});

test("more blocks than it can keep up with are left to others", async () => {
  const scene = new Scene(() => 9);
  for (let number = 1n; number <= BigInt(AUDITS_WAITING_MAX + 3); number++) {
    scene.audit.follow(blockOf(number));
  }
  await scene.audit.idle();
  assert.equal(scene.ran.length, AUDITS_WAITING_MAX);
  scene.audit.follow(blockOf(1n));
  scene.audit.close();
  await scene.audit.idle();
  assert.equal(scene.ran.length, AUDITS_WAITING_MAX);
});
