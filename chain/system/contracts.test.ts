import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, type Hash, keccak256, toAddress } from "@delchain/runtime";
import { getAddress } from "viem";
import { DEVNET } from "../spec/devnet.ts";
import { ALICE, CONTAINER } from "../transition/testChain.ts";
import { readContract } from "./contractRegistry.ts";
import { hostId } from "./hostRegistry.ts";
import {
  ADMIN,
  ANN,
  BEN,
  Life,
  manifestHash,
  NEXT,
  NEXT_MANIFEST,
  NOBODY,
  SENDERS,
} from "./testLife.ts";

const [S1, S2, S3, S4] = SENDERS as [Address, Address, Address, Address];

test("what asks for nothing is active as soon as it has declared, and declares once", () => {
  const life = new Life();
  assert.deepEqual([life.status, life.version], ["active", CONTAINER]);
  assert.throws(() => life.declare(CONTAINER), /AlreadyDeclared/);
  const other = toAddress(`0x${"0d".repeat(20)}`);
  const many = Array.from({ length: 17 }, (_, i) =>
    toAddress(`0x${(i + 16).toString(16).repeat(20)}`),
  );
  assert.throws(() => life.declare(other, {}, many), /TooManyApprovers\(count: 17, limit: 16\)/);
  assert.throws(() => life.declare(other, { class: 3 }), /NoSuchClass/);
  assert.equal(readContract(life.chain.view, DEVNET.contractsAddress, other).status, "undeclared");
});

test("a contract with approvers is pending until each has approved this version with this manifest", () => {
  const life = new Life({}, [ANN, BEN]);
  const manifest = manifestHash(life, CONTAINER);
  const approve = (from: Address, version = CONTAINER, hash = manifest) =>
    life.act("approve", [version, hash], from);
  assert.equal(life.status, "pending");
  assert.throws(() => approve(ADMIN), /NotApprover/);
  assert.throws(() => approve(ANN, NEXT), /NotCandidate/);
  assert.throws(() => approve(ANN, CONTAINER, keccak256(NEXT_MANIFEST)), /NotCandidate/);
  assert.throws(() => life.act("propose", [NEXT]), /WrongStatus\(target: .*, status: 1\)/);
  assert.throws(() => life.act("cancel"), /WrongStatus/);
  approve(ANN);
  assert.throws(() => approve(ANN), /AlreadySaid/);
  assert.equal(life.status, "pending");
  const events = approve(BEN);
  assert.deepEqual(events[1], ["Activated", getAddress(CONTAINER), getAddress(CONTAINER)]);
  assert.equal(life.status, "active");
});

test("a contract that asks for hosts is pending until so many of its class are ready, or all there are", () => {
  const life = new Life({ replicas: 5 });
  const [first, second] = DEVNET.hosts.map(({ publicKey, payout }) => ({
    id: hostId(publicKey),
    owner: payout as Address,
  }));
  assert(first && second);
  const ready = (id: Hash, from: Address) => life.act("ready", [CONTAINER, id], from);
  assert.equal(life.read("Contracts", "stagedBy", [CONTAINER]), 2n);
  assert.throws(() => ready(first.id, second.owner), /NotHost/);
  assert.throws(() => ready(keccak256(new Uint8Array(1)), ADMIN), /NotHost/);
  ready(first.id, first.owner);
  assert.throws(() => ready(first.id, first.owner), /AlreadySaid/);
  assert.equal(life.status, "pending");
  ready(second.id, second.owner);
  assert.equal(life.status, "active");
});

test("with no host of its class nothing is staged, and nothing runs", () => {
  const life = new Life({ replicas: 1 });
  for (const { publicKey, payout } of DEVNET.hosts) {
    life.send("Hosts", "giveNotice", [hostId(publicKey)], { from: payout as Address });
  }
  life.pass(DEVNET.hostRules.noticeBlocks);
  assert.equal(life.read("Contracts", "stagedBy", [CONTAINER]), 1n);
  const { publicKey, payout } = DEVNET.hosts[0] as (typeof DEVNET.hosts)[number];
  const late = () => life.act("ready", [CONTAINER, hostId(publicKey)], payout as Address);
  assert.throws(late, /NotHost/);
});

test("a version is proposed by the admin, with a policy of its own, and waits for approvals, hosts and timelock", () => {
  const life = new Life({ timelock: 10 }, [ANN], { replicas: 1 });
  life.act("approve", [CONTAINER, manifestHash(life, CONTAINER)], ANN);
  const begin = (sender = ADMIN) => life.tell("beginSwitch", sender, 7n);
  assert.throws(begin, /NotCandidate/);
  assert.throws(() => life.act("propose", [NEXT], ANN), /NotAdmin/);
  assert.throws(() => life.act("propose", [ALICE]), /NoPolicy/);
  life.declare(ALICE);
  assert.throws(() => life.act("propose", [ALICE]), /NotAContainer/);
  const [proposed] = life.act("propose", [NEXT]);
  const notBefore = life.chain.number + 10n;
  const manifest = keccak256(NEXT_MANIFEST);
  assert.deepEqual(proposed, [
    "Proposed",
    getAddress(CONTAINER),
    getAddress(NEXT),
    manifest,
    notBefore,
  ]);
  assert.throws(begin, /NotApproved\(target: .*, approvals: 0, needed: 1\)/);
  life.act("approve", [NEXT, manifest], ANN);
  assert.throws(begin, /NotStaged\(target: .*, ready: 0, needed: 1\)/);
  const { publicKey, payout } = DEVNET.hosts[0] as (typeof DEVNET.hosts)[number];
  life.act("ready", [NEXT, hostId(publicKey)], payout as Address);
  assert.throws(begin, /Timelocked/);
  life.chain.number = notBefore - 1n;
  assert.throws(() => begin(ANN), /NotAdmin/);
  assert.throws(
    () => life.send("Contracts", "beginSwitch", [CONTAINER, ADMIN, 7n], { from: ADMIN }),
    /NotSystem/,
  );
  begin();
  for (const [name, args] of [
    ["propose", [NEXT]],
    ["cancel", []],
    ["rollback", []],
    ["retire", []],
  ] as const) {
    assert.throws(() => life.act(name, args), /IsSwitching|NothingToRollBack/, name);
  }
  assert.throws(begin, /IsSwitching/);
  assert.deepEqual(life.version, CONTAINER);
  life.tell("endSwitch", true);
  assert.deepEqual([life.status, life.version], ["active", NEXT]);
});

test("a word for one proposal counts for no later one, and a cancelled one is gone", () => {
  const life = new Life({}, [ANN]);
  life.act("approve", [CONTAINER, manifestHash(life, CONTAINER)], ANN);
  const manifest = keccak256(NEXT_MANIFEST);
  life.act("propose", [NEXT]);
  life.act("approve", [NEXT, manifest], ANN);
  life.act("propose", [NEXT]);
  assert.throws(() => life.tell("beginSwitch", ADMIN, 1n), /NotApproved/);
  life.act("approve", [NEXT, manifest], ANN);
  life.act("cancel");
  assert.throws(() => life.tell("beginSwitch", ADMIN, 1n), /NotCandidate/);
  assert.throws(() => life.act("approve", [NEXT, manifest], ANN), /NotCandidate/);
});

test("a switch that fails leaves the version, and needs a new proposal", () => {
  const life = new Life();
  life.act("propose", [NEXT]);
  life.tell("beginSwitch", ADMIN, 1n);
  assert.deepEqual(life.tell("endSwitch", false), [
    ["MigrationFailed", getAddress(CONTAINER), getAddress(NEXT)],
  ]);
  assert.equal(life.version, CONTAINER);
  assert.throws(() => life.tell("beginSwitch", ADMIN, 2n), /NotCandidate/);
  assert.throws(() => life.act("rollback"), /NothingToRollBack/);
});

test("a rollback is the admin's, in its window, and not after value has moved", () => {
  const life = new Life();
  life.upgrade();
  assert.throws(() => life.act("rollback", [], ANN), /NotAdmin/);
  life.tell("movedValue");
  assert.throws(() => life.act("rollback"), /HasMovedValue/);
  const late = new Life();
  late.upgrade();
  late.pass(DEVNET.contractRules.rollbackBlocks);
  assert.throws(() => late.act("rollback"), /WindowClosed/);
  const unkept = new Life({}, [], { keepsFormer: false });
  unkept.upgrade();
  assert.throws(() => unkept.act("rollback"), /NothingToRollBack/);
  const back = new Life();
  back.upgrade();
  back.act("rollback");
  assert.throws(() => back.act("rollback"), /IsSwitching/);
  assert.throws(() => back.act("propose", [NEXT]), /IsSwitching/);
  back.send("Contracts", "endRollback", [0n, true]);
  assert.deepEqual([back.status, back.version], ["active", CONTAINER]);
  // Once: the version that was gone back from is not gone back to.
  assert.throws(() => back.act("rollback"), /NothingToRollBack/);
});

test("a version that can migrate back is switched to by a call, though value has moved, and nobody approves again", () => {
  const life = new Life({ canMigrateBack: true }, [ANN]);
  life.act("approve", [CONTAINER, manifestHash(life, CONTAINER)], ANN);
  life.act("propose", [NEXT]);
  life.act("approve", [NEXT, keccak256(NEXT_MANIFEST)], ANN);
  life.tell("beginSwitch", ADMIN, 1n);
  life.tell("endSwitch", true);
  life.tell("movedValue");
  life.act("rollback");
  life.tell("beginSwitch", ADMIN, 2n);
  life.tell("endSwitch", true);
  assert.equal(life.version, CONTAINER);
  assert.throws(() => life.act("rollback"), /NothingToRollBack/);
});

test("three strikes of different senders within a hundred calls suspend", () => {
  const life = new Life();
  const diverge = (sender: Address) => life.tell("settled", 1n, sender, 40n);
  diverge(S1);
  // A sender's second in the same epoch is none.
  diverge(S1);
  diverge(S2);
  assert.equal(life.status, "active");
  assert.deepEqual(diverge(S3), [
    ["Struck", getAddress(CONTAINER), getAddress(S3), 3n],
    ["Suspended", getAddress(CONTAINER), NOBODY],
  ]);
  assert.equal(life.status, "suspended");
});

test("one sender suspends nobody, in however many epochs", () => {
  const life = new Life();
  for (let epoch = 0; epoch < 5; epoch++) {
    life.tell("settled", 1n, S1, 40n);
    life.pass(DEVNET.contractRules.epochBlocks);
  }
  life.tell("settled", 1n, S2, 40n);
  assert.equal(life.status, "active");
});

test("a strike is forgotten after a hundred calls", () => {
  const life = new Life();
  const diverge = (sender: Address) => life.tell("settled", 1n, sender, 40n);
  diverge(S1);
  life.tell("settled", 98n, NOBODY, 40n);
  diverge(S2);
  // The hundredth call after the first.
  diverge(S3);
  assert.equal(life.status, "active");
  diverge(S4);
  assert.equal(life.status, "suspended");
  const calm = new Life();
  calm.tell("settled", 1n, S1, 40n);
  calm.tell("settled", 100n, NOBODY, 40n);
  const { calls } = calm.read("Contracts", "contractOf", [CONTAINER]) as { calls: bigint };
  assert.equal(calls, 0n);
});

test("strikes suspend until an audit, the admin until he resumes; a suspended contract may change its version", () => {
  const life = new Life();
  for (const sender of [S1, S2, S3]) life.tell("settled", 1n, sender, 40n);
  assert.throws(() => life.act("resume"), /NeedsAudit/);
  assert.throws(() => life.act("suspend"), /WrongStatus/);
  life.act("propose", [NEXT]);
  life.tell("passedAudit");
  assert.equal(life.status, "active");
  life.act("suspend");
  assert.equal(life.status, "suspended");
  assert.throws(() => life.act("resume", [], ANN), /NotAdmin/);
  life.act("resume");
  assert.throws(() => life.act("resume"), /WrongStatus/);
  for (const name of ["passedAudit", "movedValue"]) {
    assert.throws(() => life.act(name), /NotSystem/);
  }
});
