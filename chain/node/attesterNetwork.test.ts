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
import type { ResultCertificate } from "../attest/certificate.ts";
import { encodeCertificate } from "../attest/certificateCodec.ts";
import { decodeMessage, encodeMessage } from "../attest/messages.ts";
import { DEVNET, devnetHostSecret } from "../spec/devnet.ts";
import { genesisBlock } from "../spec/genesis.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import { Attester } from "./attester.ts";
import { chooseBls } from "./bls.ts";
import type { HostedBatch, HostedOutcome, Hosting } from "./hosting.ts";
import { createLog } from "./log.ts";
import type { PendingCall } from "./pendingBatch.ts";
import { EARLY_MESSAGES_MAX } from "./rounds.ts";
import { MemoryNetwork } from "./transport.ts";
import { MemoryWordJournal, type WordJournal } from "./wordJournal.ts";

// The devnet's two hosts as two nodes, and perhaps a third that hosts nothing.

const CONTRACT: Address = toAddress(`0x${"c0".repeat(20)}`);
const { bls } = chooseBls();
const { header: GENESIS } = genesisBlock(DEVNET, EMPTY_ROOT);

function hashOf(text: string): Hash {
  return keccak256(new TextEncoder().encode(text));
}

class Node {
  readonly attester: Attester;
  /** What its containers give, by a call's first byte. */
  outputOf: (input: number) => number = () => 7;
  readonly #certified = Promise.withResolvers<void>();

  constructor(
    network: MemoryNetwork,
    host?: number,
    journal: WordJournal = new MemoryWordJournal(),
  ) {
    const execute = (_: number, { calls }: HostedBatch): Promise<HostedOutcome> =>
      Promise.resolve({
        calls: calls.map(({ input }) => ({
          status: "success" as const,
          output: Uint8Array.of(this.outputOf(input[0] ?? 0)),
          logs: [],
          messages: [],
          gasUsed: 7n,
        })),
        slots: [],
        balances: new Map(),
      });
    const members = DEVNET.hosts.map((one, i) => ({
      host: one,
      replica: i,
      secret: devnetHostSecret(i),
    }));
    this.attester = new Attester({
      spec: DEVNET,
      bls,
      members: members.filter(({ replica }) => replica === host),
      hosting: { execute } as Hosting,
      transport: network.join(),
      journal,
      factsOf: ({ contract: address }) =>
        Promise.resolve({
          contract: { address, manifestHash: hashOf("manifest"), manifest: new Uint8Array(0) },
          preRoot: EMPTY_ROOT,
          stateAt: 9n,
          head: 9n,
          judges: {
            hosts: DEVNET.hosts,
            resourceClass: "small",
            first: "fast",
            rules: new Map(),
          },
          terms: { paid: 2, refusal: undefined },
          fixed: [],
          isPaidOut: false,
          isPast: false,
          certifiedBefore: undefined,
        }),
      balanceOf: () => Promise.resolve(0n),
      contestedOf: () => Promise.reject(new Error("nothing is contested")),
      randomnessOf: () => Promise.resolve(hashOf("randomness")),
      onCertified: () => this.#certified.resolve(),
      onDiverged: () => undefined,
      onConflict: () => undefined,
      log: createLog("silent"),
    });
    this.attester.start();
  }

  order(...indexes: readonly bigint[]): void {
    const header = { ...GENESIS, number: 3n, mixHash: hashOf("randomness") };
    const calls = indexes.map((index): PendingCall => {
      const data = Uint8Array.of(Number(index));
      const listed = signedTransfer({ to: CONTRACT, nonce: index, gasLimit: 500_000n, data });
      const entry = { index, transactionHash: listed.hash, orderedIn: 3n, next: 0n, price: 1n };
      return { entry, listed };
    });
    this.attester.accept({ hash: hashOf("block 3"), header, containerBaseFee: 1n }, calls);
  }

  /** A block that ends nothing. */
  follow(number: bigint): void {
    const block = genesisBlock(DEVNET, EMPTY_ROOT);
    this.attester.settle({ block: { ...block, header: { ...GENESIS, number } }, receipts: [] });
  }

  async certificate(): Promise<ResultCertificate> {
    await this.#certified.promise;
    const [batch] = this.attester.certificates(DEVNET.blockBytesMax);
    assert(batch && batch.certificate.kind !== "committed");
    return batch.certificate;
  }
}

/** Long enough for whatever needs no timer. */
function turns(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

test("two nodes' hosts make one certificate, and a node that hosts nothing learns it", async () => {
  const network = new MemoryNetwork();
  const nodes = [new Node(network, 0), new Node(network, 1), new Node(network)];
  for (const node of nodes) node.order(1n, 2n);
  const certificates = await Promise.all(nodes.map((node) => node.certificate()));
  for (const certificate of certificates) assert.deepEqual(certificate, certificates[0]);
  assert.deepEqual([certificates[0]?.kind, certificates[0]?.lastIndex], ["agreed", 2n]);
  for (const { attester } of nodes) attester.close();
});

test("a message about a block that a node has not followed yet is heard when it has", async () => {
  const network = new MemoryNetwork();
  const [early, late] = [new Node(network, 0), new Node(network, 1)];
  early.order(1n);
  await turns();
  late.order(1n);
  assert.equal((await early.certificate()).kind, "agreed");
  for (const { attester } of [early, late]) attester.close();
});

test("strangers' messages push out what came early; with the next block it is said again", async () => {
  const network = new MemoryNetwork();
  const [early, late] = [new Node(network, 0), new Node(network, 1)];
  const said: Uint8Array[] = [];
  network.join().listen("attest", (bytes) => void said.push(bytes));
  early.order(1n);
  await turns();
  const [commit = new Uint8Array(0)] = said;
  const stranger = network.join();
  const junk = encodeMessage({ ...decodeMessage(commit), round: hashOf("another") });
  for (let i = 0; i < EARLY_MESSAGES_MAX; i++) stranger.publish("attest", junk);
  await turns();
  late.order(1n);
  await turns();
  assert.deepEqual(early.attester.certificates(DEVNET.blockBytesMax), []);
  early.follow(10n);
  assert.equal((await early.certificate()).kind, "agreed");
  for (const { attester } of [early, late]) attester.close();
});

test("nodes whose hosts differ halve the batch, and a call by itself has diverged by what they signed", async () => {
  const network = new MemoryNetwork();
  const nodes = [new Node(network, 0), new Node(network, 1)];
  nodes.forEach((node, i) => {
    node.outputOf = () => i;
    node.order(1n, 2n, 3n);
  });
  const certificate = await (nodes[0] as Node).certificate();
  assert.equal(certificate.kind, "diverged");
  assert.equal(certificate.lastIndex, 1n);
  if (certificate.kind !== "diverged") return;
  assert.equal(certificate.difference.where, "results");
  assert.notEqual(certificate.difference.left, certificate.difference.right);
  for (const { attester } of nodes) attester.close();
});

test("a host that ends at any step of a halved batch takes part in it when it is back, as does a node that was late", async () => {
  // It writes down its commitment and its word of the whole batch, then those of the first half.
  for (const words of [1, 2, 3, 4]) {
    const network = new MemoryNetwork();
    const journal = new MemoryWordJournal();
    const start = (host?: number, own?: WordJournal): Node => {
      const node = new Node(network, host, own);
      node.outputOf = (input) => (input > 2 ? (host ?? 0) : 7);
      node.order(1n, 2n, 3n, 4n);
      return node;
    };
    const other = start(0);
    const record = journal.record.bind(journal);
    let written = 0;
    journal.record = async (word) => {
      await record(word);
      if (++written === words) lost.attester.close();
    };
    const lost = start(1, journal);
    await turns();
    const nodes = [other, start(1, journal), start()];
    await turns();
    for (let number = 10n; number < 14n; number++) {
      for (const node of nodes) node.follow(number);
      await turns();
    }
    const ends = nodes.map(({ attester }) =>
      attester.certificates(DEVNET.blockBytesMax).map(({ certificate }) => certificate),
    );
    for (const [certificate, ...more] of ends) {
      assert.deepEqual(more, []);
      assert.deepEqual([certificate?.kind, certificate?.lastIndex], ["agreed", 2n]);
    }
    for (const { attester } of [...nodes, lost]) attester.close();
  }
});

test("a certificate that does not prove itself is not taken from anybody", async () => {
  const network = new MemoryNetwork();
  const [left, right] = [new Node(network, 0), new Node(network, 1)];
  for (const node of [left, right]) node.order(1n);
  const good = await left.certificate();
  assert.equal(good.kind, "agreed");
  const elsewhere = new MemoryNetwork();
  const collector = new Node(elsewhere);
  collector.order(1n);
  const stranger = elsewhere.join();
  await turns();
  const spoilt = [
    { ...good, signature: new Uint8Array(96) },
    { ...good, manifestHash: hashOf("another") },
    { ...good, calls: [] },
  ] as readonly ResultCertificate[];
  for (const one of spoilt) stranger.publish("certificate", encodeCertificate(one));
  stranger.publish("certificate", Uint8Array.of(1, 2, 3));
  stranger.publish("attest", Uint8Array.of(1, 2, 3));
  await turns();
  assert.deepEqual(collector.attester.certificates(DEVNET.blockBytesMax), []);
  stranger.publish("certificate", encodeCertificate(good));
  assert.deepEqual(await collector.certificate(), good);
  for (const { attester } of [left, right, collector]) attester.close();
});

test("a host whose disk takes no word says nothing, and begins anew when it does", async () => {
  const network = new MemoryNetwork();
  const journal = new MemoryWordJournal();
  let failures = 0;
  const record = journal.record.bind(journal);
  journal.record = (word) => {
    if (failures++ > 0) return record(word);
    return Promise.reject(new Unavailable("store", "no space left"));
  };
  const heard: number[] = [];
  network.join().listen("attest", ({ length }) => void heard.push(length));
  const [full, other] = [new Node(network, 0, journal), new Node(network, 1)];
  full.order(1n);
  await turns();
  assert.deepEqual([failures, heard], [1, []]);
  other.order(1n);
  await other.certificate().catch(() => undefined);
  assert.equal((await full.certificate()).kind, "agreed");
  for (const { attester } of [full, other]) attester.close();
});
