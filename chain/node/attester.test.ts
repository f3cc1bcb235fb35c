import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  EMPTY_ROOT,
  type Hash,
  keccak256,
  type OutputRules,
  toAddress,
  toHash,
  Unavailable,
} from "@delchain/runtime";
import type { Certificate, CommittedCertificate } from "../attest/certificate.ts";
import type { Header } from "../block/header.ts";
import type { ContainerCallRecord, Receipt } from "../block/receipt.ts";
import { DEVNET, devnetHostSecret } from "../spec/devnet.ts";
import { genesisBlock } from "../spec/genesis.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import { isSigned } from "../tx/transaction.ts";
import { Attester } from "./attester.ts";
import { chooseBls } from "./bls.ts";
import type { HostedBatch, HostedOutcome, Hosting } from "./hosting.ts";
import { createLog } from "./log.ts";
import type { PendingCall } from "./pendingBatch.ts";
import { MemoryNetwork } from "./transport.ts";
import { MemoryWordJournal } from "./wordJournal.ts";

const CONTRACT: Address = toAddress(`0x${"c0".repeat(20)}`);
const MANIFEST = new TextEncoder().encode("{}");
const { header: GENESIS } = genesisBlock(DEVNET, EMPTY_ROOT);

function wordOf(value: number): Hash {
  return toHash(`0x${value.toString(16).padStart(64, "0")}`);
}

function hashOf(number: bigint): Hash {
  return keccak256(new TextEncoder().encode(`block ${number}`));
}

/** An attester whose containers are `execute`, and the batches that both replicas were given. */
class Round {
  readonly attester: Attester;
  /** Ordering blocks, in the order in which replica 0 ran them. */
  readonly ran: bigint[] = [];
  execute: () => Promise<void> = () => Promise.resolve();
  /** Calls on which the replicas differ, by the first byte of their input. */
  differsAt: (input: number) => boolean = () => false;
  /** Inputs' first bytes of each batch that replica 0 was given. */
  readonly batches: number[][] = [];
  /** How members agree on outputs. */
  rules: OutputRules = new Map();
  isPaidOut = false;
  /** What blocks have fixed. */
  fixed: readonly CommittedCertificate[] = [];
  /** What every call has looked at. */
  balances: ReadonlyMap<Address, bigint> = new Map();
  #certified = Promise.withResolvers<void>();
  /** What the last certificate in a block was over. */
  #last: { readonly orderingNumber: bigint; readonly count: number } | undefined;

  constructor() {
    const run = async (replica: number, batch: HostedBatch): Promise<HostedOutcome> => {
      const inputs = batch.calls.map(({ input }) => input[0] as number);
      if (replica === 0) this.ran.push(batch.block.number);
      if (replica === 0) this.batches.push(inputs);
      await this.execute();
      const calls = inputs.map((input) => ({
        status: "success" as const,
        output: Uint8Array.of(this.differsAt(input) ? replica : 0),
        logs: [],
        messages: [],
        gasUsed: 7n,
        ...(this.rules.has(`0x0${input}`) && { number: wordOf(replica) }),
      }));
      return { calls, slots: [], balances: this.balances };
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
      transport: new MemoryNetwork().join(),
      journal: new MemoryWordJournal(),
      factsOf: ({ contract: address, orderedIn }) =>
        Promise.resolve({
          contract: { address, manifestHash: keccak256(MANIFEST), manifest: MANIFEST },
          preRoot: EMPTY_ROOT,
          stateAt: 9n,
          head: 9n,
          judges: {
            hosts: DEVNET.hosts,
            resourceClass: "small",
            first: "fast",
            rules: this.rules,
          },
          terms: { paid: 2, refusal: undefined },
          fixed: this.fixed,
          certifiedBefore: this.#last?.orderingNumber === orderedIn ? this.#last.count : undefined,
          isPaidOut: this.isPaidOut,
          isPast: false,
        }),
      balanceOf: () => Promise.resolve(0n),
      contestedOf: () => Promise.reject(new Error("nothing is contested")),
      randomnessOf: (number) => Promise.resolve(hashOf(number)),
      onCertified: () => this.#certified.resolve(),
      onDiverged: () => undefined,
      onConflict: () => undefined,
      log: createLog("silent"),
    });
  }

  /** As if block `number` had ordered these calls, ten seconds after the block before it. */
  order(number: bigint, ...indexes: readonly bigint[]): void {
    const timestamp = 10n * number;
    const header: Header = { ...GENESIS, number, timestamp, mixHash: hashOf(number) };
    const calls = indexes.map((index): PendingCall => {
      const data = Uint8Array.of(Number(index));
      const listed = signedTransfer({ to: CONTRACT, nonce: index, gasLimit: 500_000n, data });
      const entry = { index, transactionHash: listed.hash, orderedIn: number, next: 0n, price: 1n };
      return { entry, listed };
    });
    this.attester.accept({ hash: hashOf(number), header, containerBaseFee: 1n }, calls);
  }

  overdue(number: bigint, timestamp: bigint, bytesMax: number = 1e6): readonly bigint[] {
    return this.attester
      .overdue({ number, timestamp }, bytesMax)
      .filter(isSigned)
      .map(({ transaction }) => transaction.nonce);
  }

  async certified(): Promise<readonly bigint[]> {
    await this.#certified.promise;
    this.#certified = Promise.withResolvers<void>();
    return this.attester
      .certificates(DEVNET.blockBytesMax)
      .map(({ certificate }) => certificate.firstIndex);
  }

  /** As if a block held the certificates that wait, or others in their place. */
  settle(change: (certificate: Certificate) => Certificate = (certificate) => certificate): void {
    const waiting = this.attester.certificates(DEVNET.blockBytesMax);
    const certificates = waiting.map(({ certificate }) => change(certificate));
    for (const { certificate, transactions } of waiting) {
      this.#last = { orderingNumber: certificate.orderingNumber, count: transactions.length };
    }
    const block = { ...genesisBlock(DEVNET, EMPTY_ROOT), certificates };
    const receipts = certificates.map(({ contract, lastIndex }) => receiptOf(contract, lastIndex));
    this.attester.settle({ block, receipts });
  }
}

function receiptOf(to: Address, queueIndex: bigint): Receipt {
  const containerCall = { queueIndex } as ContainerCallRecord;
  return { to, containerCall } as Receipt;
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

test("a batch runs while the one before it waits for its block, and its result counts when that stands", async () => {
  const round = new Round();
  round.attester.start();
  round.order(3n, 1n);
  round.order(4n, 2n);
  assert.deepEqual(await round.certified(), [1n]);
  await turns();
  assert.deepEqual(round.batches, [[1], [2]]);
  round.settle();
  assert.deepEqual(await round.certified(), [2n]);
  assert.deepEqual(round.batches, [[1], [2]]);
  round.attester.close();
});

test("a batch that ran on another storage than was certified, or saw a balance that has changed, runs again", async () => {
  const slots = [{ slot: hashOf(1n), value: hashOf(2n) }];
  const otherwise = (certificate: Certificate): Certificate =>
    certificate.kind === "agreed" ? { ...certificate, slots } : certificate;
  for (const [balance, change] of [
    [0n, (certificate: Certificate) => certificate],
    [0n, otherwise],
    [1n, (certificate: Certificate) => certificate],
  ] as const) {
    const round = new Round();
    round.balances = new Map([[CONTRACT, balance]]);
    round.attester.start();
    round.order(3n, 1n);
    round.order(4n, 2n);
    await round.certified();
    await turns();
    round.settle(change);
    assert.deepEqual(await round.certified(), [2n]);
    const isRight = balance === 0n && change !== otherwise;
    assert.deepEqual(round.batches, isRight ? [[1], [2]] : [[1], [2], [2]]);
    round.attester.close();
  }
});

test("a call on which the replicas differ takes no other call of its batch with it", async () => {
  const round = new Round();
  round.differsAt = (input) => input === 4;
  round.attester.start();
  round.order(3n, 1n, 2n, 3n, 4n, 5n, 6n);
  const certificates: unknown[] = [];
  while (round.attester.hasCalls) {
    await round.certified();
    for (const { certificate } of round.attester.certificates(DEVNET.blockBytesMax)) {
      certificates.push([certificate.kind, certificate.firstIndex, certificate.lastIndex]);
    }
    round.settle();
  }
  assert.deepEqual(certificates, [
    ["agreed", 1n, 3n],
    ["diverged", 4n, 4n],
    ["agreed", 5n, 6n],
  ]);
  assert.deepEqual(round.batches, [[1, 2, 3, 4, 5, 6], [1, 2, 3], [4, 5, 6], [4], [5, 6]]);
  round.attester.close();
});

test("a node that starts when a block has fixed commitments to a batch's first half begins with that half", async () => {
  const round = new Round();
  const half: CommittedCertificate = {
    kind: "committed",
    contract: CONTRACT,
    orderingNumber: 3n,
    orderingHash: hashOf(3n),
    manifestHash: keccak256(MANIFEST),
    firstIndex: 1n,
    lastIndex: 2n,
    preRoot: EMPTY_ROOT,
    level: "strong",
    commitments: [],
    signature: new Uint8Array(96),
  };
  // Nor does one for all calls, or for other first calls, change anything.
  round.fixed = [{ ...half, lastIndex: 4n }, half, { ...half, firstIndex: 0n, lastIndex: 1n }];
  round.order(3n, 1n, 2n, 3n, 4n);
  round.attester.start();
  assert.deepEqual(await round.certified(), [1n]);
  assert.deepEqual(round.batches, [[1, 2]]);
  round.attester.close();
});

test("replicas that find different numbers agree, in a batch of that call alone", async () => {
  const round = new Round();
  const type = { kind: "unsigned", bits: 256 } as const;
  round.rules = new Map([["0x03", { rule: "median", type, settleSelector: "0x00" }]]);
  round.attester.start();
  round.order(3n, 1n, 2n, 3n, 4n);
  const certificates: unknown[] = [];
  while (round.attester.hasCalls) {
    await round.certified();
    for (const { certificate } of round.attester.certificates(DEVNET.blockBytesMax)) {
      const numbers = certificate.kind === "agreed" ? certificate.numbers.length : undefined;
      certificates.push([certificate.firstIndex, certificate.lastIndex, numbers]);
    }
    round.settle();
  }
  assert.deepEqual(certificates, [
    [1n, 2n, 0],
    [3n, 3n, 2],
    [4n, 4n, 0],
  ]);
  assert.deepEqual(round.batches, [[1, 2], [3], [4]]);
  round.attester.close();
});

test("where the replicas differ on every call each is run five times at most, not the whole rest after each", async () => {
  const round = new Round();
  round.differsAt = () => true;
  round.attester.start();
  const count = 64;
  round.order(3n, ...Array.from({ length: count }, (_, i) => BigInt(i + 1)));
  while (round.attester.hasCalls) {
    await round.certified();
    round.settle();
  }
  const runs = round.batches.reduce((sum, batch) => sum + batch.length, 0);
  assert.ok(runs <= 5 * count, `${runs} runs of ${count} calls`);
  round.attester.close();
});

test("what no host could run is overdue when blocks and seconds have passed, and is run no more once it is given up", async () => {
  const round = new Round();
  const running = Promise.withResolvers<void>();
  round.execute = () => running.promise;
  round.attester.start();
  round.order(3n, 1n, 2n);
  round.order(4n, 3n);
  const { orderDeadlineBlocks: blocks, orderDeadlineSeconds: seconds } = DEVNET;
  assert.deepEqual(round.overdue(3n + blocks - 1n, 30n + seconds), []);
  assert.deepEqual(round.overdue(3n + blocks, 30n + seconds - 1n), []);
  assert.deepEqual(round.overdue(3n + blocks, 30n + seconds), [1n, 2n]);
  assert.deepEqual(round.overdue(4n + blocks, 40n + seconds), [1n, 2n, 3n]);
  assert.deepEqual(round.overdue(4n + blocks, 40n + seconds, 1), [1n]);
  const block = genesisBlock(DEVNET, EMPTY_ROOT);
  round.attester.settle({ block, receipts: [receiptOf(CONTRACT, 2n)] });
  running.resolve();
  assert.deepEqual(await round.certified(), [3n]);
  assert.deepEqual(round.overdue(4n + blocks, 40n + seconds), [], "it has its certificate");
  round.settle();
  assert.equal(round.attester.hasCalls, false);
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
