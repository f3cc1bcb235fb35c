import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { type Address, fromHex, type Hash, toAddress, toHex } from "@delchain/runtime";
import { getContractAddress } from "viem";
import type { Certificate } from "../../../chain/attest/certificate.ts";
import type { Receipt } from "../../../chain/block/receipt.ts";
import { Attester } from "../../../chain/node/attester.ts";
import { chooseBls } from "../../../chain/node/bls.ts";
import type { Hosting } from "../../../chain/node/hosting.ts";
import { createLog } from "../../../chain/node/log.ts";
import { TestService } from "../../../chain/node/testLeader.ts";
import { MemoryNetwork } from "../../../chain/node/transport.ts";
import { MemoryWordJournal } from "../../../chain/node/wordJournal.ts";
import {
  DEVNET,
  DEVNET_ACCOUNTS,
  DEVNET_KEYS,
  devnetHostSecret,
} from "../../../chain/spec/devnet.ts";
import type { ChainSpec } from "../../../chain/spec/spec.ts";
import type { BlockContent } from "../../../chain/transition/executeBlock.ts";
import { decodeTransaction } from "../../../chain/tx/codec.ts";
import { nobleRecovery, recoverSender, withSender } from "../../../chain/tx/signer.ts";
import { signedTransfer } from "../../../chain/tx/testTransactions.ts";
import type { SignedTransaction } from "../../../chain/tx/transaction.ts";
import { FIRST_OWNER, HostNode } from "./hostNode.ts";
import { imageFolder, type MoodyContract } from "./moodyContract.ts";

const { bls } = chooseBls();
/** Between blocks that wait for hosts; a network's slot is 5 s. */
const BLOCK_MS = 100;

/** The devnet with so many hosts. */
export function specOfHosts(count: number, change: Partial<ChainSpec> = {}): ChainSpec {
  return {
    ...DEVNET,
    hosts: Array.from({ length: count }, (_, i) => ({
      publicKey: toHex(bls.publicKey(devnetHostSecret(i))),
      payout: DEVNET_ACCOUNTS[FIRST_OWNER + i] as Address,
    })),
    ...change,
  };
}

type Made = {
  readonly receipts: readonly Receipt[];
  readonly certificates: readonly Certificate[];
};

/**
 * Hosts with real containers, each with a chain, an engine's containers, a key and a journal of its own, and one node
 * more that makes the blocks, hosts nothing and collects what they say. For tests.
 */
export class HostNetwork {
  readonly spec: ChainSpec;
  readonly leader: TestService;
  readonly collector: Attester;
  readonly hosts: readonly HostNode[];
  /** Hosts that said two things, as the collector heard them. */
  readonly conflicts: unknown[] = [];
  /** A folder of this network's own, which goes with it. */
  readonly #images: string | undefined;
  /** What hosts have sent since the last block. */
  readonly #submitted: SignedTransaction[];
  readonly #nonces = new Map<number, bigint>();
  #seconds = 1_800_000_000n;
  #certified = Promise.withResolvers<void>();

  private constructor(
    spec: ChainSpec,
    leader: TestService,
    network: MemoryNetwork,
    images: string | undefined,
    hosts: readonly HostNode[],
    submitted: SignedTransaction[],
  ) {
    this.spec = spec;
    this.leader = leader;
    this.#images = images;
    this.hosts = hosts;
    this.#submitted = submitted;
    this.collector = new Attester({
      spec,
      bls,
      members: [],
      hosting: {} as Hosting,
      transport: network.join(),
      journal: new MemoryWordJournal(),
      factsOf: (contract) => Promise.resolve(leader.chain.factsOf(contract)),
      balanceOf: (address, block) =>
        Promise.resolve(leader.chain.account({ address, block })?.balance ?? 0n),
      contestedOf: (contract) => Promise.resolve(leader.chain.contested(contract)),
      randomnessOf: (number) => Promise.resolve(leader.chain.randomness(number)),
      onCertified: () => this.#certified.resolve(),
      onDiverged: () => undefined,
      onConflict: (conflict) => void this.conflicts.push(conflict),
      log: createLog("silent"),
    });
    this.collector.start();
  }

  /** `images`: a contract whose image all hosts have, or the folder that they have theirs in. */
  static async start(spec: ChainSpec, images: MoodyContract | string): Promise<HostNetwork> {
    const own = typeof images === "string" ? undefined : await imageFolder(images.image);
    const folder = own ?? (images as string);
    const network = new MemoryNetwork();
    const leader = await TestService.open(spec);
    const submitted: SignedTransaction[] = [];
    const submit = (raw: Uint8Array): Hash => {
      const decoded = decodeTransaction(raw, spec);
      submitted.push(withSender(decoded, recoverSender(decoded, nobleRecovery)));
      return decoded.hash;
    };
    const hosts = await Promise.all(
      spec.hosts.map((_, place) => HostNode.start(spec, place, network, folder, submit)),
    );
    return new HostNetwork(spec, leader, network, own, hosts, submitted);
  }

  get head(): bigint {
    return this.leader.chain.opened().head.block.header.number;
  }

  /** Deploys it in a block of its own. */
  async deploy({ initCode }: Pick<MoodyContract, "initCode">): Promise<Address> {
    const nonce = this.#nonces.get(0) ?? 0n;
    const from = DEVNET_ACCOUNTS[0] as Address;
    const creation = this.sign({ to: undefined, data: fromHex(initCode), gasLimit: 1_000_000n });
    await this.makeBlock({ transactions: [creation] });
    return toAddress(getContractAddress({ from, nonce }).toLowerCase());
  }

  /** Of one of the devnet's accounts. */
  sign(fields: Parameters<typeof signedTransfer>[0], account = 0): SignedTransaction {
    const nonce = this.#nonces.get(account) ?? 0n;
    this.#nonces.set(account, nonce + 1n);
    const own = { nonce, value: 0n, maxFeePerGas: 10n ** 11n, ...fields };
    return signedTransfer(own, fromHex(DEVNET_KEYS[account] ?? "0x"));
  }

  /** Every host checks the block by itself, and must come to the same receipts. */
  async makeBlock(content: Partial<BlockContent>): Promise<Made> {
    const { leader, collector, hosts } = this;
    const producer = DEVNET_ACCOUNTS[9] as Address;
    const transactions = [...(content.transactions ?? []), ...this.#submitted.splice(0)];
    const all = { certificates: [], overdue: [], orders: [], ...content, transactions };
    const timestamp = this.#seconds++;
    const request = { content: all, producer, timestamp };
    const { block, calls, refused, contested } = await leader.chain.produce(request);
    assert.deepEqual(refused, []);
    collector.settle(block);
    const { header, extension } = block.block;
    collector.contest(header.number, contested);
    const { containerBaseFee } = extension;
    collector.accept({ hash: block.hash, header, containerBaseFee }, calls);
    const followed = await Promise.all(hosts.map((host) => host.follow(block.block)));
    for (const { block: theirs } of followed) assert.deepEqual(theirs.receipts, block.receipts);
    return { receipts: block.receipts, certificates: block.block.certificates };
  }

  /** A block of what its hosts have come to. */
  collect(): Promise<Made> {
    const certificates = this.collector.certificates(this.spec.blockBytesMax);
    const next = { number: this.head + 1n, timestamp: this.#seconds };
    const overdue =
      certificates.length > 0 ? [] : this.collector.overdue(next, this.spec.blockBytesMax);
    return this.makeBlock({ certificates, overdue });
  }

  /**
   * Orders a call and makes blocks until one lists it; all levels at which something was said on the way. A block comes
   * when there is something to put into it, or, where the hosts are not all well, every so often.
   */
  async settle(
    call: SignedTransaction,
    blocks: "when certified" | "with time" = "when certified",
    beforeBlock?: () => void,
  ): Promise<{ readonly outcome: string; readonly said: readonly string[] }> {
    this.#certified = Promise.withResolvers();
    await this.makeBlock({ orders: [call] });
    const said: string[] = [];
    for (;;) {
      if (blocks === "when certified") await this.#certified.promise;
      else await new Promise((resolve) => setTimeout(resolve, BLOCK_MS));
      this.#certified = Promise.withResolvers();
      beforeBlock?.();
      const made = await this.collect();
      said.push(...made.certificates.map(({ kind, level }) => `${kind} ${level}`));
      const call = made.receipts.find(({ containerCall }) => containerCall)?.containerCall;
      if (call) return { outcome: call.outcome, said };
    }
  }

  /** Orders calls in one block and makes blocks, as soon as there is something for one, until all have succeeded. */
  async settleAll(calls: readonly SignedTransaction[]): Promise<void> {
    this.#certified = Promise.withResolvers();
    await this.makeBlock({ orders: calls });
    for (let left = calls.length; left > 0; ) {
      await this.#certified.promise;
      this.#certified = Promise.withResolvers();
      const { receipts } = await this.collect();
      const settled = receipts.filter(({ containerCall }) => containerCall);
      assert(settled.every(({ status }) => status === "success"));
      left -= settled.length;
    }
  }

  /** Makes blocks every so often until something is so, `blocksMax` at most. What was certified meanwhile. */
  async until(isSo: () => boolean, blocksMax = 60): Promise<readonly string[]> {
    const said: string[] = [];
    for (let i = 0; i < blocksMax && !isSo(); i++) {
      await new Promise((resolve) => setTimeout(resolve, BLOCK_MS));
      const made = await this.collect();
      said.push(...made.certificates.map(({ kind, level }) => `${kind} ${level}`));
    }
    return said;
  }

  /** Of a contract, at the head. */
  slot(address: Address, slot: Hash): bigint {
    return BigInt(this.leader.chain.storage({ address, slot, block: this.head }));
  }

  balance(address: Address): bigint {
    return this.leader.chain.account({ address, block: this.head })?.balance ?? 0n;
  }

  faultsOf(host: number): HostNode["faults"] {
    return (this.hosts[host] as HostNode).faults;
  }

  /** From now on it finds something else than its container gives, as all that lie do. */
  lie(host: number): void {
    this.faultsOf(host).lie = (outcome) => ({
      ...outcome,
      slots: outcome.slots.map(({ slot }) => ({ slot, value: `0x${"77".repeat(32)}` as Hash })),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.collector.close();
    await Promise.all(this.hosts.map((host) => host[Symbol.asyncDispose]()));
    await this.leader[Symbol.asyncDispose]();
    if (this.#images !== undefined) await rm(this.#images, { recursive: true });
  }
}
