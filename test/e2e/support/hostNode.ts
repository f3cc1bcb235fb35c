import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, fromHex, type Hash, type Hex, toAddress } from "@delchain/runtime";
import type { Block } from "../../../chain/block/block.ts";
import { Attester, type LocalMember } from "../../../chain/node/attester.ts";
import { chooseBls } from "../../../chain/node/bls.ts";
import type { Produced } from "../../../chain/node/chainAnswers.ts";
import { ConsoleHistory } from "../../../chain/node/console.ts";
import type { FactsQuestion } from "../../../chain/node/contractFacts.ts";
import { createTierExecutor } from "../../../chain/node/executors.ts";
import { HostDuties } from "../../../chain/node/hostDuties.ts";
import { blockContext, nextContext } from "../../../chain/node/hostedBatch.ts";
import type { HostedOutcome, Hosting } from "../../../chain/node/hosting.ts";
import { startHosting } from "../../../chain/node/hostingClient.ts";
import { createLog } from "../../../chain/node/log.ts";
import { TestService } from "../../../chain/node/testLeader.ts";
import type { MemoryNetwork, Topic, Transport } from "../../../chain/node/transport.ts";
import { FileWordJournal } from "../../../chain/node/wordJournal.ts";
import { DEVNET_KEYS, devnetHostSecret } from "../../../chain/spec/devnet.ts";
import type { ChainSpec } from "../../../chain/spec/spec.ts";

const { bls } = chooseBls();

/** Hosts' owners are the devnet's accounts from this one on. */
export const FIRST_OWNER = 1;

/** What a host does wrong, from now on. */
export type Faults = {
  /** Changes what its containers gave. */
  lie?: (outcome: HostedOutcome) => HostedOutcome;
  /** Its containers' results come when this does. */
  wait?: Promise<void>;
  /** Told of every message that it sends. */
  onSend?: () => void;
};

/** A host as on a machine of its own: key, chain, containers, journal; only the network is shared memory. */
export class HostNode {
  readonly faults: Faults = {};
  readonly service: TestService;
  readonly #spec: ChainSpec;
  readonly #place: number;
  readonly #network: MemoryNetwork;
  readonly #images: string;
  readonly #submit: (raw: Uint8Array) => Hash;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "delchain-host-"));
  #running: Running | undefined;

  private constructor(
    service: TestService,
    spec: ChainSpec,
    place: number,
    network: MemoryNetwork,
    images: string,
    submit: (raw: Uint8Array) => Hash,
  ) {
    this.service = service;
    this.#spec = spec;
    this.#place = place;
    this.#network = network;
    this.#images = images;
    this.#submit = submit;
  }

  static async start(
    spec: ChainSpec,
    place: number,
    network: MemoryNetwork,
    images: string,
    submit: (raw: Uint8Array) => Hash,
  ): Promise<HostNode> {
    const service = await TestService.open(spec);
    const host = new HostNode(service, spec, place, network, images, submit);
    await host.run();
    return host;
  }

  /** Starts, or starts again after a crash: with what is on disk, and nothing else. */
  async run(): Promise<void> {
    const { chain } = this.service;
    const printed = new ConsoleHistory();
    const hosting = startHosting(
      {
        label: `host ${this.#folder}`,
        imageFolder: this.#images,
        dataFolder: this.#folder,
        containerRuntime: undefined,
      },
      (port, buffer) => chain.connect({ port, buffer }),
      printed,
      () => undefined,
    );
    await hosting.reconcile();
    const journal = await FileWordJournal.open(this.#journal);
    const transport = this.#watched(this.#network.join());
    const duties = this.#duties(hosting);
    const attester = new Attester({
      spec: this.#spec,
      bls,
      members: [this.#member()],
      hosting: this.#faulty(hosting),
      transport,
      journal,
      factsOf: (question: FactsQuestion) => Promise.resolve(chain.factsOf(question)),
      balanceOf: (address, block) =>
        Promise.resolve(chain.account({ address, block })?.balance ?? 0n),
      contestedOf: (contract) => Promise.resolve(chain.contested(contract)),
      randomnessOf: (number: bigint) => Promise.resolve(chain.randomness(number)),
      onCertified: () => undefined,
      onDiverged: () => undefined,
      onConflict: (conflict) => duties.report(conflict),
      log: createLog("silent"),
    });
    attester.resume(chain.opened());
    attester.start();
    this.#running = { attester, duties, hosting, journal, transport };
  }

  /** Follows a block that somebody else made; verifies everything in it. */
  async follow(block: Block): Promise<Produced> {
    const produced = await this.service.chain.follow(block);
    const { block: known, calls, contested } = produced;
    this.#running?.attester.settle(known);
    this.#running?.attester.contest(known.block.header.number, contested);
    const { header, extension } = known.block;
    const { containerBaseFee } = extension;
    this.#running?.attester.accept({ hash: known.hash, header, containerBaseFee }, calls);
    this.#running?.duties.follow(known);
    return produced;
  }

  /** Resolves when it has looked at all that others have certified. */
  async audited(): Promise<void> {
    await this.#running?.duties.audited();
  }

  /** Ends everything but what is on disk; the chain goes on beside it. */
  async crash(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.attester.close();
    running?.duties.close();
    running?.transport.close();
    await running?.journal.close();
    await running?.hosting.close();
  }

  /** Starts again without the journal of what it has said. */
  async forgetWords(): Promise<void> {
    await this.crash();
    rmSync(this.#journal);
    await this.run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crash();
    await this.service[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }

  get #journal(): string {
    return join(this.#folder, "words.journal");
  }

  #member(): LocalMember {
    const host = this.#spec.hosts[this.#place] as LocalMember["host"];
    const secret = fromHex(DEVNET_KEYS[FIRST_OWNER + this.#place] as Hex);
    const owner = { address: toAddress(host.payout), secret };
    return { host, replica: this.#place, secret: devnetHostSecret(this.#place), owner };
  }

  /** What its owner would do, on its own chain; what that sends goes to whoever makes blocks. */
  #duties(hosting: Hosting): HostDuties {
    const { chain, store } = this.service;
    const executor = createTierExecutor(this.#spec);
    const head = () => chain.opened().head.block;
    return new HostDuties({
      spec: this.#spec,
      members: [this.#member()],
      hosting: this.#faulty(hosting),
      query: async (sender, to, { data, value = 0n }) => {
        const context = nextContext(blockContext(head().header, this.#spec.chainId));
        const transaction = callOf(sender, to, data, value);
        const query = { transaction, unchecked: true, trace: false };
        const { outcome } = executor.query(context, store.viewAt(), query);
        assert(outcome.status !== "invalid");
        return outcome;
      },
      nextNonce: async (address) =>
        chain.account({ address, block: head().header.number })?.nonce ?? 0n,
      baseFee: () => head().header.baseFeePerGas,
      submit: async (raw) => this.#submit(raw),
      auditable: async (number) => chain.auditable(number),
      bondOf: async (contract) => chain.challengeBond(contract),
      testOf: async (staged, hosts) => chain.stagingTest({ staged, hosts }),
      tell: () => undefined,
      log: createLog("silent"),
    });
  }

  #faulty(hosting: Hosting): Hosting {
    const execute: Hosting["execute"] = async (replica, batch) => {
      const outcome = await hosting.execute(replica, batch);
      await this.faults.wait;
      return this.faults.lie?.(outcome) ?? outcome;
    };
    return { ...hosting, execute };
  }

  #watched(transport: Transport): Transport {
    return {
      publish: (topic: Topic, bytes: Uint8Array) => {
        transport.publish(topic, bytes);
        this.faults.onSend?.();
      },
      listen: (topic, listener) => transport.listen(topic, listener),
      close: () => transport.close(),
    };
  }
}

type Running = {
  readonly attester: Attester;
  readonly duties: HostDuties;
  readonly hosting: Hosting;
  readonly journal: FileWordJournal;
  readonly transport: Transport;
};

function callOf(sender: Address, to: Address, data: Uint8Array, value: bigint) {
  const fees = { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
  const gasLimit = 2n ** 26n;
  return {
    type: 2,
    sender,
    to,
    nonce: 0n,
    gasLimit,
    ...fees,
    value,
    data,
    accessList: [],
  } as const;
}
