import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  type ExecutionResult,
  type Hash,
  InvalidInput,
  Unavailable,
} from "@delchain/runtime";
import type { ExecutedBlock } from "../block/block.ts";
import { DEVNET, DEVNET_HOST_OWNERS } from "../spec/devnet.ts";
import { decodeTransaction } from "../tx/codec.ts";
import { nobleRecovery, recoverSender } from "../tx/signer.ts";
import { createLog } from "./log.ts";
import { DUTIES_MAX, type Duty, type HostOwner, Operator } from "./operator.ts";

const [OWNER, OTHER] = DEVNET_HOST_OWNERS as unknown as [HostOwner, HostOwner];

const dutyOf = (what: string): Duty => ({
  what,
  contract: "Contracts",
  data: new TextEncoder().encode(what),
});

function success(gasUsed = 50_000n): ExecutionResult {
  return { status: "success", gasUsed, output: new Uint8Array(), logs: [], created: undefined };
}

class Scene {
  readonly operator: Operator;
  /** What was submitted. */
  readonly sent: { what: string; from: Address; nonce: bigint; gasLimit: bigint; hash: Hash }[] =
    [];
  answer: () => ExecutionResult = success;
  trouble: Error | undefined;
  #number = 0n;

  constructor() {
    this.operator = new Operator({
      spec: DEVNET,
      query: async () => {
        if (this.trouble) throw this.trouble;
        return this.answer();
      },
      nextNonce: async (account) => BigInt(this.sent.filter(({ from }) => from === account).length),
      baseFee: () => 7n,
      submit: async (raw) => {
        const decoded = decodeTransaction(raw, DEVNET);
        const { nonce, data, gasLimit } = decoded.transaction;
        const from = recoverSender(decoded, nobleRecovery);
        const what = new TextDecoder().decode(data);
        this.sent.push({ what, from, nonce, gasLimit, hash: decoded.hash });
        return decoded.hash;
      },
      log: createLog("silent"),
    });
  }

  /** A block that lists these transactions. */
  async block(...listed: readonly Hash[]): Promise<void> {
    const receipts = listed.map((transactionHash) => ({ transactionHash, status: "success" }));
    const block = { header: { number: ++this.#number } };
    this.operator.follow({ block, receipts } as unknown as ExecutedBlock);
    await settled();
  }

  take(what: string, owner = OWNER): void {
    this.operator.take(owner, dutyOf(what));
  }
}

/** Everything that can go on without a block has. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("duties are sent one after another, each for its host's owner, with gas to spare", async () => {
  const scene = new Scene();
  scene.take("one");
  scene.take("two", OTHER);
  scene.take("three");
  await settled();
  assert.deepEqual(
    scene.sent.map(({ what, from, nonce, gasLimit }) => [what, from, nonce, gasLimit]),
    [
      ["one", OWNER.address, 0n, 175_000n],
      ["two", OTHER.address, 0n, 175_000n],
      ["three", OWNER.address, 1n, 175_000n],
    ],
  );
});

test("a duty that waits, or waits for its block, is not done twice; later it is", async () => {
  const scene = new Scene();
  scene.take("one");
  scene.take("one");
  await settled();
  scene.take("one");
  await settled();
  assert.equal(scene.sent.length, 1);
  await scene.block(scene.sent[0]?.hash as Hash);
  scene.take("one");
  await settled();
  assert.equal(scene.sent.length, 2);
});

test("what others have done already is not sent", async () => {
  const scene = new Scene();
  scene.answer = () => ({ status: "revert", gasUsed: 1n, output: new Uint8Array(4) });
  scene.take("one");
  await settled();
  assert.equal(scene.sent.length, 0);
});

test("a machine in trouble tries again with the next block", async () => {
  const scene = new Scene();
  scene.trouble = new Unavailable("readers", "busy");
  scene.take("one");
  scene.take("two");
  await settled();
  assert.equal(scene.sent.length, 0);
  scene.trouble = undefined;
  await scene.block();
  assert.deepEqual(
    scene.sent.map(({ what }) => what),
    ["one", "two"],
  );
});

test("a duty that cannot be paid for is given up, and those behind it go on", async () => {
  const scene = new Scene();
  scene.trouble = new InvalidInput({ code: "FUNDS" }, "insufficient funds");
  scene.take("one");
  await settled();
  scene.trouble = undefined;
  scene.take("two");
  await settled();
  assert.deepEqual(
    scene.sent.map(({ what }) => what),
    ["two"],
  );
});

test("no more duties wait than a limit, and what no block lists is not waited for without end", async () => {
  const scene = new Scene();
  for (let i = 0; i <= DUTIES_MAX; i++) scene.take(String(i));
  while (scene.sent.length < DUTIES_MAX) await settled();
  await settled();
  assert.equal(scene.sent.length, DUTIES_MAX);
  scene.take("late");
  await settled();
  assert.equal(scene.sent.length, DUTIES_MAX);
  for (let i = 0; i < 66; i++) await scene.block();
  scene.take("late");
  await settled();
  assert.equal(scene.sent.at(-1)?.what, "late");
});
