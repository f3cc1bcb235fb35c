import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Block } from "../../../chain/block/block.ts";
import { Attester, type LocalMember } from "../../../chain/node/attester.ts";
import { Audit } from "../../../chain/node/audit.ts";
import { chooseBls } from "../../../chain/node/bls.ts";
import type { Produced } from "../../../chain/node/chainAnswers.ts";
import { ConsoleHistory } from "../../../chain/node/console.ts";
import type { FactsQuestion } from "../../../chain/node/contractFacts.ts";
import type { HostedOutcome, Hosting } from "../../../chain/node/hosting.ts";
import { startHosting } from "../../../chain/node/hostingClient.ts";
import { createLog } from "../../../chain/node/log.ts";
import { TestService } from "../../../chain/node/testLeader.ts";
import type { MemoryNetwork, Topic, Transport } from "../../../chain/node/transport.ts";
import { FileWordJournal } from "../../../chain/node/wordJournal.ts";
import { devnetHostSecret } from "../../../chain/spec/devnet.ts";
import type { ChainSpec } from "../../../chain/spec/spec.ts";
import type { Contestable } from "../../../chain/system/challengeRegistry.ts";

const { bls } = chooseBls();

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
  /** What others have certified and it found otherwise. */
  readonly contradictions: Contestable[] = [];
  readonly service: TestService;
  readonly #spec: ChainSpec;
  readonly #place: number;
  readonly #network: MemoryNetwork;
  readonly #images: string;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "delchain-host-"));
  #running: Running | undefined;

  private constructor(
    service: TestService,
    spec: ChainSpec,
    place: number,
    network: MemoryNetwork,
    images: string,
  ) {
    this.service = service;
    this.#spec = spec;
    this.#place = place;
    this.#network = network;
    this.#images = images;
  }

  static async start(
    spec: ChainSpec,
    place: number,
    network: MemoryNetwork,
    images: string,
  ): Promise<HostNode> {
    const host = new HostNode(await TestService.open(spec), spec, place, network, images);
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
    const journal = await FileWordJournal.open(join(this.#folder, "words.journal"));
    const transport = this.#watched(this.#network.join());
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
      onConflict: () => undefined,
      log: createLog("silent"),
    });
    attester.resume(chain.opened());
    const audit = new Audit({
      spec: this.#spec,
      members: [this.#member()],
      hosting: this.#faulty(hosting),
      auditable: (number) => Promise.resolve(chain.auditable(number)),
      onContradiction: (contestable) => void this.contradictions.push(contestable),
      log: createLog("silent"),
    });
    attester.start();
    this.#running = { attester, audit, hosting, journal, transport };
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
    this.#running?.audit.follow(known);
    return produced;
  }

  /** Resolves when it has looked at all that others have certified. */
  async audited(): Promise<void> {
    await this.#running?.audit.idle();
  }

  /** Ends everything but what is on disk; the chain goes on beside it. */
  async crash(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.attester.close();
    running?.audit.close();
    running?.transport.close();
    await running?.journal.close();
    await running?.hosting.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crash();
    await this.service[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }

  #member(): LocalMember {
    const host = this.#spec.hosts[this.#place] as LocalMember["host"];
    return { host, replica: this.#place, secret: devnetHostSecret(this.#place) };
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
  readonly audit: Audit;
  readonly hosting: Hosting;
  readonly journal: FileWordJournal;
  readonly transport: Transport;
};
