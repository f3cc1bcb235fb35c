import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  type Address,
  CODE_KINDS,
  encodeEnvelope,
  fromHex,
  type Hash,
  toAddress,
  toHex,
} from "@delchain/runtime";
import { getContractAddress } from "viem";
import type { Certificate } from "../attest/certificate.ts";
import { DEVNET_ACCOUNTS, DEVNET_KEYS, devnetHostSecret } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { challengeInput, readChallenge, readChallengeBond } from "../system/challengeRegistry.ts";
import { readContract } from "../system/contractRegistry.ts";
import { hostId } from "../system/hostRegistry.ts";
import type { BlockContent } from "../transition/executeBlock.ts";
import { testManifest } from "../transition/testChain.ts";
import { CHALLENGE_SPEC } from "../transition/testChallenge.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import { Attester } from "./attester.ts";
import { chooseBls } from "./bls.ts";
import type { Produced } from "./chainAnswers.ts";
import type { HostedBatch, HostedOutcome, Hosting } from "./hosting.ts";
import { createLog } from "./log.ts";
import { TestService } from "./testLeader.ts";
import { MemoryNetwork, type Transport } from "./transport.ts";
import { MemoryWordJournal } from "./wordJournal.ts";

// Five hosts over one chain, without containers: what each finds is the test's to say.

const { bls } = chooseBls();
const SPEC: ChainSpec = {
  ...CHALLENGE_SPEC,
  levelBlocks: 2n,
  challengeBlocks: 60n,
  verdictBlocks: 50n,
  hosts: CHALLENGE_SPEC.hosts.map(({ publicKey }, i) => ({
    publicKey,
    payout: DEVNET_ACCOUNTS[i + 1] as Address,
  })),
};

/** What a host finds: 7 for what is true. */
type Finding = (isPast: boolean) => number;

class Network {
  readonly service: TestService;
  readonly findings: Finding[] = SPEC.hosts.map(() => () => 7);
  readonly #network = new MemoryNetwork();
  readonly #journals = SPEC.hosts.map(() => new MemoryWordJournal());
  readonly #attesters: (Attester | undefined)[];
  readonly #transports: Transport[] = [];
  readonly #nonces = new Map<number, bigint>();
  #seconds = 1_800_000_000n;
  container: Address = toAddress(`0x${"00".repeat(20)}`);

  private constructor(service: TestService) {
    this.service = service;
    this.#attesters = SPEC.hosts.map((_, place) => this.#attester(place));
  }

  static async open(): Promise<Network> {
    const network = new Network(await TestService.open(SPEC));
    const from = DEVNET_ACCOUNTS[0] as Address;
    network.container = toAddress(getContractAddress({ from, nonce: 0n }).toLowerCase());
    const data = encodeEnvelope(CODE_KINDS.container, testManifest("contested"));
    await network.make({ transactions: [network.sign({ to: undefined, data })] });
    return network;
  }

  /** All that its hosts have for a block, as whoever makes one would take it. */
  get certificates(): readonly Certificate[] {
    const all = this.#attesters.flatMap((one) => one?.certificates(SPEC.blockBytesMax) ?? []);
    return all.map(({ certificate }) => certificate);
  }

  sign(
    fields: Parameters<typeof signedTransfer>[0],
    account = 0,
  ): ReturnType<typeof signedTransfer> {
    const nonce = this.#nonces.get(account) ?? 0n;
    this.#nonces.set(account, nonce + 1n);
    const own = { nonce, value: 0n, gasLimit: 2_000_000n, maxFeePerGas: 10n ** 11n, ...fields };
    return signedTransfer(own, fromHex(DEVNET_KEYS[account] ?? "0x"));
  }

  async make(content: Partial<BlockContent>): Promise<Produced> {
    const all = { certificates: [], overdue: [], transactions: [], orders: [], ...content };
    const producer = DEVNET_ACCOUNTS[9] as Address;
    const request = { content: all, producer, timestamp: this.#seconds++ };
    const produced = await this.service.chain.produce(request);
    assert.deepEqual(produced.refused, []);
    const { block, calls, contested } = produced;
    const { header, extension } = block.block;
    const { containerBaseFee } = extension;
    for (const attester of this.#attesters) {
      attester?.settle(block);
      attester?.contest(header.number, contested);
      attester?.accept({ hash: block.hash, header, containerBaseFee }, calls);
    }
    return produced;
  }

  /** A block of what the first host that has anything has for it. */
  async next(): Promise<Produced> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [first] = this.#attesters
      .map((one) => one?.certificates(SPEC.blockBytesMax) ?? [])
      .filter(({ length }) => length > 0);
    return this.make({ certificates: first ?? [] });
  }

  async until(isSo: () => boolean): Promise<void> {
    for (let i = 0; i < 40 && !isSo(); i++) await this.next();
    assert(isSo(), "it has come about within 40 blocks");
  }

  /** Orders a call and has its first committee certify it; the block that did. */
  async settle(): Promise<bigint> {
    const call = this.sign({ to: this.container, data: Uint8Array.of(1) });
    await this.make({ orders: [call] });
    let settled: bigint | undefined;
    while (settled === undefined) {
      const { block } = (await this.next()).block;
      if (block.transactions.length > 0) settled = block.header.number;
    }
    return settled;
  }

  /** A host that has not signed contests what a block settled. */
  async contest(number: bigint): Promise<void> {
    const [receipt] = this.service.chain.blockByNumber(number)?.receipts ?? [];
    const index = receipt?.containerCall?.queueIndex ?? 0n;
    const contestable = this.service.chain.contestable({ number, index });
    assert(contestable !== undefined);
    const { signers } = contestable.judged;
    const place = SPEC.hosts.findIndex(({ publicKey }) => !signers.includes(hostId(publicKey)));
    const data = challengeInput(contestable, hostId(SPEC.hosts[place]?.publicKey as Hash));
    const to = SPEC.challengesAddress;
    const { store } = this.service;
    const next = store.head().number + 1n;
    const value = readChallengeBond(store.viewAt(), this.container, next, SPEC);
    const challenge = this.sign({ to, data, value }, place + 1);
    const { block } = await this.make({ transactions: [challenge] });
    assert.equal(block.receipts[0]?.status, "success");
  }

  get isContested(): boolean {
    const view = this.service.store.viewAt();
    return readChallenge(view, SPEC.challengesAddress, this.container) !== undefined;
  }

  get status(): string {
    const view = this.service.store.viewAt();
    return readContract(view, SPEC.contractsAddress, this.container).status;
  }

  /** Loses a host's memory, but for what it has written down. */
  restart(place: number): void {
    this.stop(place);
    const attester = this.#attester(place);
    attester.resume(this.service.chain.opened());
    this.#attesters[place] = attester;
  }

  stop(place: number): void {
    this.#attesters[place]?.close();
    this.#transports[place]?.close();
    this.#attesters[place] = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const place of SPEC.hosts.keys()) this.stop(place);
    await this.service[Symbol.asyncDispose]();
  }

  #attester(place: number): Attester {
    const { chain } = this.service;
    const transport = this.#network.join();
    this.#transports[place] = transport;
    const execute = (_: number, { calls, isPast }: HostedBatch): Promise<HostedOutcome> => {
      const output = (this.findings[place] as Finding)(isPast ?? false);
      const result = { output: Uint8Array.of(output), logs: [], messages: [], gasUsed: 7n };
      return Promise.resolve({
        calls: calls.map(() => ({ status: "success" as const, ...result })),
        slots: [],
        balances: new Map(),
      });
    };
    const attester = new Attester({
      spec: SPEC,
      bls,
      members: [
        {
          host: SPEC.hosts[place] as ChainSpec["hosts"][number],
          replica: place,
          secret: devnetHostSecret(place),
        },
      ],
      hosting: { execute } as Hosting,
      transport,
      journal: this.#journals[place] as MemoryWordJournal,
      factsOf: (question) => Promise.resolve(chain.factsOf(question)),
      balanceOf: () => Promise.resolve(0n),
      randomnessOf: (number) => Promise.resolve(chain.randomness(number)),
      contestedOf: (contract) => Promise.resolve(chain.contested(contract)),
      onCertified: () => undefined,
      onDiverged: () => undefined,
      onConflict: (conflict) =>
        assert.fail(`an honest host contradicts itself: ${toHex(conflict.left.signature)}`),
      log: createLog("silent"),
    });
    attester.start();
    return attester;
  }
}

let network: Network;

before(async () => {
  network = await Network.open();
});

after(() => network[Symbol.asyncDispose]());

test("hosts that are restarted while they judge a contested result say the same again, and the contract's next call goes on beside it", async () => {
  const number = await network.settle();
  await network.contest(number);
  await network.next();
  for (const place of SPEC.hosts.keys()) network.restart(place);
  const call = network.sign({ to: network.container, data: Uint8Array.of(1) });
  await network.make({ orders: [call] });
  await network.until(() => !network.isContested);
  assert.equal(network.status, "undeclared");
  await network.until(() => network.service.chain.transactionLocation(call.hash) !== undefined);
});

test("a host that is gone is not waited for, and what two liars signed is found out by the three that are left with another", async () => {
  for (const place of SPEC.hosts.keys()) network.findings[place] = (isPast) => (isPast ? 7 : 8);
  const number = await network.settle();
  network.stop(4);
  await network.contest(number);
  await network.until(() => !network.isContested);
  assert.equal(network.status, "suspended");
  network.restart(4);
});

test("judges that do not agree end a challenge without a verdict", async () => {
  await using own = await Network.open();
  const number = await own.settle();
  SPEC.hosts.forEach((_, place) => {
    own.findings[place] = (isPast) => (isPast ? place : 7);
  });
  await own.contest(number);
  await own.until(() => !own.isContested);
  assert.equal(own.status, "suspended");
  const last = own.service.chain.blockByNumber(own.service.store.head().number);
  assert.deepEqual(
    last?.block.certificates.map(({ kind, level }) => `${kind} ${level}`),
    ["diverged all"],
  );
});
