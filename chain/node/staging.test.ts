import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, toAddress, Unavailable } from "@delchain/runtime";
import type { ExecutedBlock } from "../block/block.ts";
import { DEVNET } from "../spec/devnet.ts";
import { hostId } from "../system/hostRegistry.ts";
import { devnetMembers } from "./devnetMembers.ts";
import type { HostedBatch, HostedOutcome } from "./hosting.ts";
import { createLog } from "./log.ts";
import type { Staged } from "./stagedVersion.ts";
import { RETRY_BLOCKS, SLOW_TRIES_MAX, STAGED_MAX, Staging } from "./staging.ts";

const contractOf = (seed: number): Address => toAddress(`0x${seed.toString(16).padStart(40, "0")}`);
const stagedOf = (seed: number): Staged => ({
  contract: contractOf(seed),
  version: contractOf(seed),
});

type Status = HostedOutcome["calls"][number]["status"];

class Scene {
  readonly staging: Staging;
  readonly tried: Address[] = [];
  readonly ready: string[] = [];
  readonly told: string[] = [];
  /** What each replica gives. */
  give: (replica: number) => readonly Status[] = () => ["success"];
  trouble: Error | undefined;
  #number = 0n;

  constructor(members = devnetMembers(DEVNET)) {
    this.staging = new Staging({
      spec: DEVNET,
      members,
      hosting: {
        execute: async (replica) => {
          if (this.trouble) throw this.trouble;
          const calls = this.give(replica).map((status) => ({
            status,
            output: new Uint8Array(),
            logs: [],
            messages: [],
            gasUsed: 1n,
          }));
          return { calls, slots: [], balances: new Map() };
        },
      },
      testOf: async ({ contract: address }, hosts) => {
        this.tried.push(address);
        const batch = { contract: { address } } as unknown as HostedBatch;
        return { hosts, batch, mustSucceed: ["migration"] };
      },
      take: (_owner, { what }) => void this.ready.push(what),
      tell: (_contract, text) => void this.told.push(text),
      log: createLog("silent"),
    });
  }

  async block(): Promise<void> {
    const block = { header: { number: ++this.#number } };
    this.staging.follow({ block, receipts: [] } as unknown as ExecutedBlock);
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("a version on which two replicas agree is ready, for each host of this machine", async () => {
  const scene = new Scene();
  scene.staging.resume([stagedOf(1)]);
  await settled();
  const { contract, version } = stagedOf(1);
  assert.deepEqual(
    scene.ready,
    DEVNET.hosts.map(({ publicKey }) => `ready ${contract} ${version} ${hostId(publicKey)}`),
  );
  await scene.block();
  assert.equal(scene.tried.length, 1);
});

test("a version that fails or differs is told of, and not tried again", async () => {
  const scene = new Scene();
  const gives: readonly ((replica: number) => readonly Status[])[] = [
    () => ["revert"],
    (replica) => [replica === 0 ? "success" : "revert"],
  ];
  for (const [i, give] of gives.entries()) {
    scene.give = give;
    scene.staging.resume([stagedOf(i)]);
    await settled();
  }
  for (let i = 0n; i <= RETRY_BLOCKS; i++) await scene.block();
  assert.equal(scene.tried.length, 2);
  assert.deepEqual(scene.ready, []);
  assert.match(scene.told[0] ?? "", /its migration ends as revert/);
  assert.match(scene.told[1] ?? "", /two replicas differ/);
});

test("a machine in trouble, or too slow, tries again after some blocks, and others meanwhile", async () => {
  const scene = new Scene();
  scene.trouble = new Unavailable("manager", "no image");
  scene.staging.resume([stagedOf(1)]);
  await settled();
  scene.trouble = undefined;
  scene.give = () => ["timeout"];
  for (let i = 0n; i < RETRY_BLOCKS; i++) await scene.block();
  assert.equal(scene.tried.length, 2);
  scene.give = () => ["success"];
  scene.staging.resume([stagedOf(2)]);
  await settled();
  assert.deepEqual(scene.tried.at(-1), contractOf(2));
  assert.equal(scene.ready.length, 2);
  for (let i = 0n; i < RETRY_BLOCKS; i++) await scene.block();
  assert.equal(scene.ready.length, 4);
  assert.deepEqual(scene.told, []);
});

test("a version that never answers is given up after some tries, and its author is told", async () => {
  const scene = new Scene();
  scene.give = () => ["timeout"];
  scene.staging.resume([stagedOf(1)]);
  await settled();
  for (let i = 0n; i < 5n * RETRY_BLOCKS; i++) await scene.block();
  assert.equal(scene.tried.length, SLOW_TRIES_MAX);
  assert.match(
    scene.told.join(),
    /^0x0+1 is not ready to run here: no answer within its wall time$/,
  );
});

test("no more versions wait than a limit, and a machine without an owner's key says nothing", async () => {
  const scene = new Scene();
  scene.trouble = new Unavailable("manager", "no image");
  scene.staging.resume(Array.from({ length: STAGED_MAX }, (_, i) => stagedOf(i)));
  while (scene.tried.length < STAGED_MAX) await settled();
  // A flood of what cannot be run keeps nobody out: the one that comes last is tried.
  scene.trouble = undefined;
  scene.staging.resume([stagedOf(STAGED_MAX)]);
  await settled();
  assert.equal(scene.tried.at(-1), contractOf(STAGED_MAX));
  assert.equal(scene.ready.length, 2);
  const before = scene.tried.length;
  for (let i = 0n; i < RETRY_BLOCKS; i++) await scene.block();
  while (scene.tried.length < before + STAGED_MAX - 1) await settled();
  await settled();
  assert.equal(scene.tried.length, before + STAGED_MAX - 1);
  assert(!scene.tried.slice(before).includes(contractOf(0)), "the first one made room");

  const members = devnetMembers(DEVNET).map(({ owner: _, ...member }) => member);
  const other = new Scene(members);
  other.staging.resume([stagedOf(1)]);
  await settled();
  assert.deepEqual(other.tried, []);
});
