import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { InvalidInput } from "@delchain/runtime";
import { MempoolJournal } from "../mempool/journal.ts";
import { MEMPOOL_LIMITS } from "../mempool/limits.ts";
import { DEVNET } from "../spec/devnet.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import type { ExecutorClient } from "./executorClient.ts";
import { Intake } from "./intake.ts";
import { createLog } from "./log.ts";
import { OrderedCalls } from "./orderedCalls.ts";
import { RecoveryPool } from "./recoveryPool.ts";
import { TestService } from "./testLeader.ts";

/** An intake over a real store, whose journal holds `journalled` from an earlier run. */
class TestIntake {
  readonly intake: Intake;
  readonly journal: string;
  readonly #service: TestService;
  readonly #recovery: RecoveryPool;

  private constructor(parts: {
    intake: Intake;
    journal: string;
    service: TestService;
    recovery: RecoveryPool;
  }) {
    this.intake = parts.intake;
    this.journal = parts.journal;
    this.#service = parts.service;
    this.#recovery = parts.recovery;
  }

  static async open(journalled: readonly Uint8Array[]): Promise<TestIntake> {
    const service = await TestService.open();
    const recovery = await RecoveryPool.start(1);
    const journal = join(service.folder, "mempool.journal");
    const written = await MempoolJournal.open({ path: journal, live: () => [] });
    await Promise.all(journalled.map((raw) => written.journal.append(raw)));
    await written.journal.close();
    const intake = await Intake.open({
      spec: DEVNET,
      recovery,
      executor: inThisThread(service),
      ordered: new OrderedCalls(DEVNET.chainId),
      journal,
      head: service.chain.opened().head,
      onPending: () => undefined,
      log: createLog("silent"),
    });
    return new TestIntake({ intake, journal, service, recovery });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.intake.close();
    await this.#recovery.close();
    await this.#service[Symbol.asyncDispose]();
  }
}

/** The chain service without a thread between. */
function inThisThread({ chain }: TestService): ExecutorClient {
  const call = async (name: string, argument: unknown): Promise<unknown> => {
    const method = Reflect.get(chain, name) as (argument: unknown) => unknown;
    return method.call(chain, argument);
  };
  return { call, connect: () => undefined, close: async () => undefined } as ExecutorClient;
}

test("what the journal holds waits again, though low nonces stand after high ones", async () => {
  const count = Number(MEMPOOL_LIMITS.nonceGapMax) + 10;
  const signed = Array.from({ length: count }, (_, nonce) =>
    signedTransfer({ nonce: BigInt(nonce) }),
  );
  // As a journal stands that was written anew after the first of them was replaced.
  const order = [...signed.slice(1), ...signed.slice(0, 1)];
  await using opened = await TestIntake.open(order.map(({ raw }) => raw));
  const { intake } = opened;
  assert.deepEqual(intake.status(), { pending: count, queued: 0 });
  assert(signed.every(({ hash }) => intake.get(hash)?.hash === hash));
  assert.deepEqual(
    intake.select(new Map()).transactions.map(({ hash }) => hash),
    signed.map(({ hash }) => hash),
  );
});

test("what is journalled and wanted no more is left out, and the rest kept", async () => {
  const wanted = signedTransfer();
  const another = signedTransfer({ value: 10n ** 30n, nonce: 1n });
  const garbage = Uint8Array.of(2, 0xc0);
  await using opened = await TestIntake.open([garbage, another.raw, wanted.raw, wanted.raw]);
  assert.deepEqual(opened.intake.status(), { pending: 1, queued: 0 });
  assert.equal(opened.intake.get(another.hash), undefined);
});

test("a journal that is mostly of no use is written anew, with what still waits", async () => {
  const wanted = signedTransfer();
  const useless = Array.from({ length: 1_024 }, (_, i) => new Uint8Array(1_100).fill(i));
  await using opened = await TestIntake.open([...useless, wanted.raw]);
  // A second rewrite would come with the next block; the first is under way, and an append waits for it.
  await opened.intake.submit(signedTransfer({ nonce: 1n }).raw);
  const { size } = statSync(opened.journal);
  assert(size < 1_000, `${size} bytes`);
  assert.equal(opened.intake.status().pending, 2);
});

test("a hash that is returned is on disk, and a refused one leaves nothing", async () => {
  await using opened = await TestIntake.open([]);
  const { intake, journal } = opened;
  const signed = signedTransfer();
  assert.equal(await intake.submit(signed.raw), signed.hash);
  const size = statSync(journal).size;
  assert(size > signed.raw.length);
  await assert.rejects(intake.submit(signed.raw), InvalidInput);
  await assert.rejects(intake.submit(signedTransfer({ gasLimit: 20_000n }).raw), InvalidInput);
  assert.deepEqual([intake.status().pending, statSync(journal).size], [1, size]);
});
