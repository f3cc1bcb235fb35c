import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, keccak256, ZERO_HASH } from "@delchain/runtime";
import { chooseBls } from "../node/bls.ts";
import { DEVNET } from "../spec/devnet.ts";
import type { ContractRules } from "../spec/spec.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import { runningManifest } from "./runningManifest.ts";
import { CONTAINER, MANIFEST } from "./testChain.ts";
import {
  ADDRESSES,
  MIGRATE,
  MIGRATE_BACK,
  NEXT,
  NEXT_MANIFEST,
  type Ordered,
  type Policy,
  put,
  Scene,
} from "./testScene.ts";

const { bls } = chooseBls();

function open(policy?: Policy | "none", rules?: Partial<ContractRules>): Scene {
  return new Scene(bls, policy, rules);
}

test("three divergences of different senders suspend any contract: its queue is paid out, and nobody else is ordered", async () => {
  const scene = open();
  for (const account of [1, 2]) await scene.call(account, { outcome: "diverged" });
  const last = await scene.order(3);
  const [first, second] = [await scene.order(4, "0x01", 5n), await scene.order(5)];
  const before = scene.chain.balance(ADDRESSES[4] as Address);
  const suspending = scene.settle([last], { outcome: "diverged" });
  assert.equal(scene.status, "suspended");
  // Whoever watches the registry sees it in the receipt of the call.
  assert.deepEqual(
    suspending.receipts[0]?.logs.map(({ address }) => address),
    [DEVNET.contractsAddress, DEVNET.contractsAddress],
  );
  assert.match(await scene.refusal(6), /suspended; it resumes after a call of its admin 0xf39f/);
  assert.match(await scene.refusal(0), /suspended and takes one call at a time/);
  const { receipts, refused } = scene.chain.run({ overdue: [first.signed, second.signed] });
  assert.deepEqual(refused, []);
  assert.deepEqual(
    receipts.map(({ containerCall }) => containerCall?.outcome),
    ["timedOut", "timedOut"],
  );
  assert.equal(scene.waiting, 0n);
  const { orderGas } = DEVNET;
  const price = receipts[0]?.effectiveGasPrice ?? 0n;
  const locked = 500_000n * price;
  assert.equal(
    scene.chain.balance(ADDRESSES[4] as Address) - before,
    locked + 5n - orderGas * price,
  );
});

test("an audit call that succeeds resumes; one that fails, or on which replicas differ, does not", async () => {
  const scene = open();
  for (const account of [1, 2, 3]) await scene.call(account, { outcome: "diverged" });
  for (const outcome of ["diverged", "revert"] as const) {
    const audit = await scene.order(0);
    // It is not paid out: it was ordered since.
    const { refused } = scene.chain.execute({ overdue: [audit.signed] });
    assert.match(refused[0]?.reason ?? "", /a call waits 120 blocks/);
    assert.match(await scene.refusal(0), /takes one call at a time/);
    scene.settle([audit], { outcome });
    assert.equal(scene.status, "suspended");
  }
  await scene.call(0);
  assert.equal(scene.status, "active");
  // What was counted before counts no more.
  await scene.call(1, { outcome: "diverged" });
  assert.equal(scene.status, "active");
});

test("a contract that has declared nothing is suspended too, and anybody's call resumes it", async () => {
  const scene = open("none");
  assert.equal(scene.status, "undeclared");
  for (const account of [1, 2, 3]) await scene.call(account, { outcome: "diverged" });
  assert.equal(scene.status, "suspended");
  await scene.call(7);
  assert.equal(scene.status, "undeclared");
});

test("the admin's suspension stops orders and lets the queue run", async () => {
  const scene = open();
  const waiting = await scene.order(0);
  scene.act("suspend");
  assert.match(await scene.refusal(0), /suspended by its admin, who may resume it/);
  const { refused } = scene.chain.execute({ overdue: [waiting.signed] });
  assert.equal(refused.length, 1);
  scene.settle([waiting]);
  assert.equal(scene.status, "suspended");
  scene.act("resume");
  await scene.call(1);
});

test("a pending, frozen, archived or retired contract orders nothing, and says what to do", async () => {
  const pending = open({ replicas: 2 });
  assert.match(await pending.refusal(1), /not active yet.*delchain contract status/);
  const rent = { small: 10n, medium: 0n, large: 0n };
  const unfunded = open({}, { rent, archiveBlocks: 3n });
  assert.match(await unfunded.refusal(1), /frozen: its escrow is used up; anybody may top it up/);
  // The blocks' own sweep archives it.
  for (let i = 0; i < 4; i++) unfunded.chain.run({});
  assert.match(await unfunded.refusal(1), /archived: its escrow is used up/);
  unfunded.caller.send("Contracts", "topUp", [CONTAINER], {
    from: ADDRESSES[1] as Address,
    value: 30n,
  });
  const waiting = await unfunded.order(1);
  for (let i = 0; i < 3; i++) unfunded.chain.run({});
  assert.match(await unfunded.refusal(1), /frozen/);
  // What was ordered while it was paid for runs.
  unfunded.settle([waiting]);
  const retired = open();
  retired.act("retire");
  assert.match(await retired.refusal(1), /was retired by its admin/);
});

test("a call runs on the version that is active at its place in the queue", async () => {
  const scene = open();
  await scene.call(1, { slots: [put(1, 10)] });
  assert.match(await scene.refusal(0, MIGRATE), /cannot switch .*NotCandidate\(/);
  scene.act("propose", [NEXT]);
  assert.match(await scene.refusal(1, MIGRATE), /NotAdmin\(target: 0x.*c0de0, admin: 0xf39f/);
  const signed = [await scene.signed(1), await scene.signed(0, MIGRATE), await scene.signed(2)];
  const { entries, refused } = scene.chain.run({ orders: signed });
  assert.deepEqual(refused, []);
  const orderedIn = scene.chain.number;
  const [before, migrate, after] = entries.map(({ index }, i) => ({
    signed: signed[i] as SignedTransaction,
    index,
    orderedIn,
  })) as [Ordered, Ordered, Ordered];
  assert.match(await scene.refusal(0, MIGRATE), /NONCE|nonce 0/);
  const versions = () => {
    const at = ({ index }: Ordered) => runningManifest(scene.chain.view, CONTAINER, DEVNET, index);
    return [before, migrate, after].map(at);
  };
  assert.deepEqual(versions()[1], keccak256(NEXT_MANIFEST));
  // Its certificate is its own.
  const both = scene.certificate([before, migrate], {});
  assert.match(
    scene.chain.execute({ certificates: [both] }).refused[0]?.reason ?? "",
    /of its own/,
  );
  scene.settle([before], { slots: [put(1, 11)] });
  assert.equal(scene.manifest, keccak256(MANIFEST));
  scene.settle([migrate], { slots: [put(2, 20)] });
  assert.equal(scene.manifest, keccak256(NEXT_MANIFEST));
  scene.settle([after], { slots: [put(1, 12)] });
  assert.deepEqual(scene.values(1, 2), [12n, 20n]);
});

test("a migration that reverts, diverges or is given up leaves version and storage", async () => {
  for (const outcome of ["revert", "diverged", "timedOut"] as const) {
    const scene = open();
    scene.act("propose", [NEXT]);
    scene.settle([await scene.order(0, MIGRATE)], { outcome });
    assert.equal(scene.manifest, keccak256(MANIFEST));
    await scene.call(1);
  }
  const late = open();
  late.act("propose", [NEXT]);
  const migrate = await late.order(0, MIGRATE);
  late.chain.number += DEVNET.orderDeadlineBlocks;
  assert.deepEqual(late.chain.run({ overdue: [migrate.signed] }).refused, []);
  assert.equal(late.manifest, keccak256(MANIFEST));
  await late.call(1);
});

test("a rollback waits for the queue, takes no orders meanwhile, and puts version and storage back", async () => {
  const scene = open();
  await scene.call(1, { slots: [put(1, 10), put(2, 20)] });
  await scene.upgrade([put(1, 11), put(3, 30)]);
  await scene.call(1, { slots: [put(1, 12), put(2, 0), put(4, 40)] });
  const waiting = await scene.order(2);
  scene.act("rollback");
  assert.match(await scene.refusal(1), /goes back to its last version when its queue is empty/);
  scene.chain.run({});
  assert.equal(scene.manifest, keccak256(NEXT_MANIFEST));
  scene.settle([waiting], { slots: [put(5, 50)] });
  assert.equal(scene.manifest, keccak256(MANIFEST));
  assert.deepEqual(scene.values(1, 2, 3, 4, 5), [10n, 20n, 0n, 0n, 0n]);
  await scene.call(1, { slots: [put(1, 13)] });
  assert.deepEqual(scene.values(1), [13n]);
});

test("after a second switch the storage goes back to where that one began", async () => {
  const scene = open();
  await scene.upgrade([put(1, 1)]);
  scene.act("rollback");
  scene.chain.run({});
  assert.deepEqual(scene.values(1), [0n]);
  await scene.call(1, { slots: [put(1, 2)] });
  await scene.upgrade([put(1, 3)]);
  scene.act("rollback");
  scene.chain.run({});
  assert.deepEqual(scene.values(1), [2n]);
});

test("a new version that has taken value is gone back from by `delchain_migrateBack` alone", async () => {
  const scene = open();
  await scene.upgrade();
  await scene.call(1, { outcome: "revert" }, 5n);
  await scene.call(1, {}, 5n);
  assert.throws(() => scene.act("rollback"), /HasMovedValue/);
  const able = open({ canMigrateBack: true });
  await able.upgrade([put(1, 1)]);
  await able.call(1, {}, 5n);
  able.act("rollback");
  able.settle([await able.order(0, MIGRATE_BACK)], { slots: [put(1, 7)] });
  assert.equal(able.manifest, keccak256(MANIFEST));
  assert.deepEqual(able.values(1), [7n]);
});

test("a switch after which more slots have changed than are kept stands, and the contract goes on with it", async () => {
  const scene = open({}, { rollbackSlotsMax: 3 });
  await scene.upgrade([put(1, 1), put(2, 2)]);
  await scene.call(1, { slots: [put(1, 9), put(3, 3)] });
  await scene.call(1, { slots: [put(4, 4)] });
  scene.act("rollback");
  scene.chain.run({});
  assert.equal(scene.manifest, keccak256(NEXT_MANIFEST));
  assert.deepEqual(scene.values(1, 2, 3, 4), [9n, 2n, 3n, 4n]);
  await scene.call(1);
});

test("what is after the window is not kept", async () => {
  const scene = open({}, { rollbackBlocks: 5n });
  const stored = () => scene.chain.execute({}).diff.accounts.length;
  await scene.upgrade();
  scene.chain.number += 6n;
  const ordered = await scene.order(1);
  const { diff } = scene.chain.execute({
    certificates: [scene.certificate([ordered], { slots: [put(1, 1)] })],
  });
  const registry = diff.accounts.find(({ address }) => address === DEVNET.contractsAddress);
  assert.equal(registry, undefined);
  assert.equal(stored(), 0);
});

test("one block finishes no more rollbacks than its limit", async () => {
  const scene = open({}, { rollbacksMax: 0 });
  await scene.upgrade();
  scene.act("rollback");
  scene.chain.run({});
  assert.equal(scene.manifest, keccak256(NEXT_MANIFEST));
  assert.notEqual(scene.manifest, ZERO_HASH);
});

test("nobody calls a container's migration as an ordinary function", async () => {
  const scene = open("none");
  for (const data of [MIGRATE, MIGRATE_BACK] as const) {
    assert.match(await scene.refusal(1, data), /cannot switch to another version now: NotAdmin/);
  }
});
