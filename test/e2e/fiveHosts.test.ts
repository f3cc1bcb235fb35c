import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, test } from "node:test";
import { type Address, fromHex, type Hash, toAddress, toHex } from "@delchain/runtime";
import { encodeFunctionData, getContractAddress } from "viem";
import type { CommittedCertificate, ResultCertificate } from "../../chain/attest/certificate.ts";
import type { Receipt } from "../../chain/block/receipt.ts";
import { Attester } from "../../chain/node/attester.ts";
import { chooseBls } from "../../chain/node/bls.ts";
import type { Hosting } from "../../chain/node/hosting.ts";
import { createLog } from "../../chain/node/log.ts";
import { TestService } from "../../chain/node/testLeader.ts";
import { MemoryNetwork } from "../../chain/node/transport.ts";
import { MemoryWordJournal } from "../../chain/node/wordJournal.ts";
import { DEVNET, DEVNET_ACCOUNTS, devnetHostSecret } from "../../chain/spec/devnet.ts";
import type { ChainSpec } from "../../chain/spec/spec.ts";
import type { BlockContent } from "../../chain/transition/executeBlock.ts";
import { signedTransfer } from "../../chain/tx/testTransactions.ts";
import type { SignedTransaction } from "../../chain/tx/transaction.ts";
import { HostNode } from "./support/hostNode.ts";
import { buildMoody, imageFolder, moodyAbi } from "./support/moodyContract.ts";

// Five hosts with real containers, each with a chain, an engine's containers, a key and a journal of its own, and a
// sixth node that makes the blocks, hosts nothing and collects what they say. Of five, all must agree, or four.

const { bls } = chooseBls();
const HOSTS = 5;
/** Long enough that only a call that cannot be certified reaches it. */
const DEADLINE_BLOCKS = 14n;
const SPEC: ChainSpec = {
  ...DEVNET,
  hosts: Array.from({ length: HOSTS }, (_, i) => ({
    publicKey: toHex(bls.publicKey(devnetHostSecret(i))),
    payout: `0x${(0xb0 + i).toString(16).repeat(20)}`,
  })),
  levelBlocks: 2n,
  orderDeadlineBlocks: DEADLINE_BLOCKS,
  orderDeadlineSeconds: 0n,
};
const COUNT = fromHex(encodeFunctionData({ abi: moodyAbi, functionName: "count" }));
const SLOT_ZERO = `0x${"00".repeat(32)}` as Hash;
/** Between blocks that wait for hosts; a network's slot is 5 s. */
const BLOCK_MS = 100;

let leader: TestService;
let collector: Attester;
let hosts: readonly HostNode[];
let images: string;
let container: Address;
let seconds = 1_800_000_000n;
let nonce = 0n;
let certified = Promise.withResolvers<void>();
/** Hosts that said two things, as the collector heard them. */
const conflicts: unknown[] = [];

before(async () => {
  const moody = await buildMoody();
  images = await imageFolder(moody.image);
  const network = new MemoryNetwork();
  leader = await TestService.open(SPEC);
  collector = new Attester({
    spec: SPEC,
    bls,
    members: [],
    hosting: {} as Hosting,
    transport: network.join(),
    journal: new MemoryWordJournal(),
    factsOf: (contract) => Promise.resolve(leader.chain.factsOf(contract)),
    balanceOf: (address, block) =>
      Promise.resolve(leader.chain.account({ address, block })?.balance ?? 0n),
    randomnessOf: (number) => Promise.resolve(leader.chain.randomness(number)),
    onCertified: () => certified.resolve(),
    onDiverged: () => undefined,
    onConflict: (conflict) => void conflicts.push(conflict),
    log: createLog("silent"),
  });
  collector.start();
  hosts = await Promise.all(
    SPEC.hosts.map((_, place) => HostNode.start(SPEC, place, network, images)),
  );
  const from = DEVNET_ACCOUNTS[0] as Address;
  container = toAddress(getContractAddress({ from, nonce: 0n }).toLowerCase());
  await makeBlock({
    transactions: [sign({ to: undefined, data: fromHex(moody.initCode), gasLimit: 1_000_000n })],
  });
});

after(async () => {
  collector.close();
  await Promise.all(hosts.map((host) => host[Symbol.asyncDispose]()));
  await leader[Symbol.asyncDispose]();
  await rm(images, { recursive: true });
});

function sign(fields: Parameters<typeof signedTransfer>[0]): SignedTransaction {
  return signedTransfer({ nonce: nonce++, value: 0n, maxFeePerGas: 10n ** 11n, ...fields });
}

type Made = {
  readonly receipts: readonly Receipt[];
  readonly certificates: readonly (ResultCertificate | CommittedCertificate)[];
};

/** Every host checks the block by itself, and must come to the same receipts. */
async function makeBlock(content: Partial<BlockContent>): Promise<Made> {
  const producer = DEVNET_ACCOUNTS[9] as Address;
  const all = { certificates: [], overdue: [], transactions: [], orders: [], ...content };
  const timestamp = seconds++;
  const { block, calls, refused } = await leader.chain.produce({
    content: all,
    producer,
    timestamp,
  });
  assert.deepEqual(refused, []);
  collector.settle(block);
  const { header, extension } = block.block;
  const { containerBaseFee } = extension;
  collector.accept({ hash: block.hash, header, containerBaseFee }, calls);
  const followed = await Promise.all(hosts.map((host) => host.follow(block.block)));
  for (const { block: theirs } of followed) assert.deepEqual(theirs.receipts, block.receipts);
  return { receipts: block.receipts, certificates: block.block.certificates };
}

/**
 * Orders a call and makes blocks until one lists it; all levels at which something was said on the way. A block comes
 * when there is something to put into it, or, where the hosts are not all well, every so often.
 */
async function settle(
  blocks: "when certified" | "with time" = "when certified",
): Promise<{ readonly outcome: string; readonly said: readonly string[] }> {
  const call = sign({ to: container, data: COUNT, gasLimit: 1_000_000n });
  certified = Promise.withResolvers();
  await makeBlock({ orders: [call] });
  const said: string[] = [];
  for (;;) {
    if (blocks === "when certified") await certified.promise;
    else await new Promise((resolve) => setTimeout(resolve, BLOCK_MS));
    certified = Promise.withResolvers();
    const { number } = leader.chain.opened().head.block.header;
    const certificates = collector.certificates(SPEC.blockBytesMax);
    const next = { number: number + 1n, timestamp: seconds };
    const overdue = certificates.length > 0 ? [] : collector.overdue(next, SPEC.blockBytesMax);
    const made = await makeBlock({ certificates, overdue });
    said.push(...made.certificates.map(({ kind, level }) => `${kind} ${level}`));
    const [receipt] = made.receipts;
    if (receipt) return { outcome: receipt.containerCall?.outcome ?? "", said };
  }
}

function counted(): bigint {
  const { number } = leader.chain.opened().head.block.header;
  return BigInt(leader.chain.storage({ address: container, slot: SLOT_ZERO, block: number }));
}

function faultsOf(host: number): HostNode["faults"] {
  return (hosts[host] as HostNode).faults;
}

function lying(host: number): void {
  faultsOf(host).lie = (outcome) => ({
    ...outcome,
    slots: outcome.slots.map(({ slot }) => ({ slot, value: `0x${"77".repeat(32)}` as Hash })),
  });
}

test("five hosts that agree need no second committee", async () => {
  assert.deepEqual(await settle(), { outcome: "success", said: ["agreed fast"] });
  assert.equal(counted(), 1n);
});

test("a host that lies is outvoted by the other four, whose commitments a block has fixed", async () => {
  lying(0);
  const result = await settle();
  delete faultsOf(0).lie;
  assert.deepEqual(result, { outcome: "success", said: ["committed strong", "agreed strong"] });
  assert.equal(counted(), 2n);
});

test("a host that crashes after its first word does not stop the others, and is one of them again later", async () => {
  const crashed = Promise.withResolvers<void>();
  const host = hosts[1] as HostNode;
  host.faults.onSend = () => {
    delete host.faults.onSend;
    void host.crash().then(crashed.resolve);
  };
  const { outcome, said } = await settle("with time");
  await crashed.promise;
  assert.deepEqual([outcome, said.at(-1)], ["success", "agreed strong"]);
  await host.run();
  assert.deepEqual(await settle(), { outcome: "success", said: ["agreed fast"] });
  assert.equal(counted(), 4n);
});

test("a host that is restarted at any step of a call contradicts nothing, and is one of them again", async () => {
  const host = hosts[3] as HostNode;
  const before = counted();
  for (const step of [0, 1, 2, 3]) {
    const restarted = Promise.withResolvers<void>();
    let sent = 0;
    const restart = (): void => {
      delete host.faults.onSend;
      void host
        .crash()
        .then(() => host.run())
        .then(restarted.resolve, restarted.reject);
    };
    // Words that are said again with each block count too.
    host.faults.onSend = () => {
      if (++sent === step) restart();
    };
    const settled = settle("with time");
    if (step === 0) restart();
    const { outcome, said } = await settled;
    assert.match(`${outcome}, ${said.at(-1)}`, /^success, agreed (fast|strong)$/, `step ${step}`);
    if (sent < step) restart();
    await restarted.promise;
    assert.deepEqual(await settle(), { outcome: "success", said: ["agreed fast"] }, `step ${step}`);
  }
  assert.deepEqual([counted() - before, conflicts], [8n, []]);
});

test("a host that is slower than the first level's blocks is not waited for", async () => {
  const slow = Promise.withResolvers<void>();
  faultsOf(2).wait = slow.promise;
  const { outcome, said } = await settle("with time");
  assert.deepEqual([outcome, said.at(-1)], ["success", "agreed strong"]);
  slow.resolve();
  delete faultsOf(2).wait;
  assert.equal(counted(), 13n);
});

test("where three of five agree nothing is certified: the call is given up at its deadline", async () => {
  const slow = Promise.withResolvers<void>();
  faultsOf(2).wait = slow.promise;
  lying(0);
  const { outcome, said } = await settle("with time");
  assert.equal(outcome, "timedOut");
  assert.equal(
    said.some((what) => what.startsWith("agreed")),
    false,
  );
  assert.equal(counted(), 13n);
  slow.resolve();
  delete faultsOf(2).wait;
  delete faultsOf(0).lie;
});
