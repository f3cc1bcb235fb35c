import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  EMPTY_ROOT,
  type Hash,
  keccak256,
  toAddress,
  Unavailable,
} from "@delchain/runtime";
import type { Header } from "../block/header.ts";
import type { KnownBlock } from "../rpc/backend.ts";
import { DEVNET, devnetHostSecret } from "../spec/devnet.ts";
import { genesisBlock } from "../spec/genesis.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import { Attester } from "./attester.ts";
import { chooseBls } from "./bls.ts";
import type { HostedBatch, HostedOutcome, Hosting } from "./hosting.ts";
import { createLog } from "./log.ts";
import type { PendingCall } from "./pendingBatch.ts";

const CONTRACT: Address = toAddress(`0x${"c0".repeat(20)}`);
const MANIFEST = new TextEncoder().encode("{}");
const { header: GENESIS } = genesisBlock(DEVNET, EMPTY_ROOT);

function hashOf(number: bigint): Hash {
  return keccak256(new TextEncoder().encode(`block ${number}`));
}

/** An attester whose containers are `execute`, and the batches that both replicas were given. */
class Round {
  readonly attester: Attester;
  /** Ordering blocks, in the order in which replica 0 ran them. */
  readonly ran: bigint[] = [];
  execute: () => Promise<void> = () => Promise.resolve();
  #certified = Promise.withResolvers<void>();

  constructor() {
    const run = async (replica: number, batch: HostedBatch): Promise<HostedOutcome> => {
      if (replica === 0) this.ran.push(batch.block.number);
      await this.execute();
      const status = "success" as const;
      const calls = batch.calls.map(() => ({
        status,
        output: MANIFEST,
        logs: [],
        gasUsed: 7n,
      }));
      return { calls, slots: [] };
    };
    this.attester = new Attester({
      spec: DEVNET,
      bls: chooseBls().bls,
      members: DEVNET.hosts.map((host, replica) => ({
        host,
        replica,
        secret: devnetHostSecret(replica),
      })),
      hosting: { execute: run } as Hosting,
      factsOf: (address) =>
        Promise.resolve({
          contract: { address, manifestHash: keccak256(MANIFEST), manifest: MANIFEST },
          preRoot: EMPTY_ROOT,
          stateAt: 9n,
        }),
      randomnessOf: (number) => Promise.resolve(hashOf(number)),
      onCertified: () => this.#certified.resolve(),
      log: createLog("silent"),
    });
  }

  /** As if block `number` had ordered one call. */
  order(number: bigint, index: bigint): void {
    const header: Header = { ...GENESIS, number, mixHash: hashOf(number) };
    const signed = signedTransfer({ to: CONTRACT, nonce: index, gasLimit: 500_000n });
    const entry = { index, transactionHash: signed.hash, orderedIn: number, next: 0n, price: 1n };
    const call: PendingCall = { entry, signed };
    this.attester.accept({ hash: hashOf(number), header }, [call]);
  }

  async certified(): Promise<readonly bigint[]> {
    await this.#certified.promise;
    this.#certified = Promise.withResolvers<void>();
    return this.attester
      .certificates(DEVNET.blockBytesMax)
      .map(({ certificate }) => certificate.firstIndex);
  }

  /** As if a block held the certificates that wait. */
  settle(): void {
    const waiting = this.attester.certificates(DEVNET.blockBytesMax);
    const certificates = waiting.map(({ certificate }) => certificate);
    const block = { ...genesisBlock(DEVNET, EMPTY_ROOT), certificates };
    this.attester.settle({ hash: hashOf(9n), block, receipts: [] } satisfies KnownBlock);
  }
}

function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

test("what waited when the node started runs before what is ordered since, and nothing before the start", async () => {
  const round = new Round();
  round.order(3n, 1n);
  round.order(5n, 2n);
  await turns();
  assert.deepEqual(round.ran, []);
  round.attester.start();
  assert.deepEqual(await round.certified(), [1n]);
  round.settle();
  assert.deepEqual(await round.certified(), [2n]);
  assert.deepEqual(round.ran, [3n, 5n]);
  round.attester.close();
});

test("a certificate that is refused again and again is made ever more seldom, as is a batch that cannot run", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  for (const trouble of [undefined, new Unavailable("containers", "no engine")]) {
    const round = new Round();
    if (trouble) round.execute = () => Promise.reject(trouble);
    round.attester.start();
    round.order(3n, 1n);
    const ends = async (): Promise<void> => {
      if (trouble) return turns();
      await round.certified();
      const [batch] = round.attester.certificates(DEVNET.blockBytesMax);
      assert.ok(batch);
      round.attester.refuse(batch.certificate, "not good");
    };
    await ends();
    const tries: number[] = [];
    for (const waitMs of [250, 1_000, 5_000, 15_000, 30_000, 30_000]) {
      context.mock.timers.tick(waitMs - 1);
      await turns();
      tries.push(round.ran.length);
      context.mock.timers.tick(1);
      await ends();
    }
    assert.deepEqual(tries, [1, 2, 3, 4, 5, 6]);
    round.attester.close();
  }
});

test("a closed attester leaves no timer behind, whatever it is told", async (context) => {
  const round = new Round();
  round.attester.start();
  round.order(3n, 1n);
  await round.certified();
  const [batch] = round.attester.certificates(DEVNET.blockBytesMax);
  assert.ok(batch);
  round.attester.close();
  const timers = context.mock.method(globalThis, "setTimeout");
  round.attester.refuse(batch.certificate, "not good");
  assert.equal(timers.mock.callCount(), 0);
});
