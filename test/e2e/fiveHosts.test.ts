import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Address, fromHex, type Hash } from "@delchain/runtime";
import { encodeFunctionData } from "viem";
import { hostsOf, readHosts } from "../../chain/system/hostRegistry.ts";
import { HostNetwork, specOfHosts } from "./support/hostNetwork.ts";
import type { HostNode } from "./support/hostNode.ts";
import { buildMoody, moodyAbi } from "./support/moodyContract.ts";

// Of five hosts all must agree, or four.

/** Long enough that only a call that cannot be certified reaches it. */
const DEADLINE_BLOCKS = 14n;
const SPEC = specOfHosts(5, {
  levelBlocks: 2n,
  orderDeadlineBlocks: DEADLINE_BLOCKS,
  orderDeadlineSeconds: 0n,
});
const COUNT = fromHex(encodeFunctionData({ abi: moodyAbi, functionName: "count" }));
const SLOT_ZERO = `0x${"00".repeat(32)}` as Hash;

let network: HostNetwork;
let container: Address;

before(async () => {
  const moody = await buildMoody();
  network = await HostNetwork.start(SPEC, moody);
  container = await network.deploy(moody);
});

after(() => network[Symbol.asyncDispose]());

function settle(blocks?: "with time"): ReturnType<HostNetwork["settle"]> {
  const call = network.sign({ to: container, data: COUNT, gasLimit: 1_000_000n });
  return network.settle(call, blocks);
}

function counted(): bigint {
  return network.slot(container, SLOT_ZERO);
}

test("five hosts that agree need no second committee", async () => {
  assert.deepEqual(await settle(), { outcome: "success", said: ["agreed fast"] });
  assert.equal(counted(), 1n);
});

test("a host that lies is outvoted by the other four, whose commitments a block has fixed", async () => {
  network.lie(0);
  const result = await settle();
  delete network.faultsOf(0).lie;
  assert.deepEqual(result, { outcome: "success", said: ["committed strong", "agreed strong"] });
  assert.equal(counted(), 2n);
});

test("a host that crashes after its first word does not stop the others, and is one of them again later", async () => {
  const crashed = Promise.withResolvers<void>();
  const host = network.hosts[1] as HostNode;
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
  const host = network.hosts[3] as HostNode;
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
  assert.deepEqual([counted() - before, network.conflicts], [8n, []]);
});

test("a host that is slower than the first level's blocks is not waited for", async () => {
  const slow = Promise.withResolvers<void>();
  network.faultsOf(2).wait = slow.promise;
  const { outcome, said } = await settle("with time");
  assert.deepEqual([outcome, said.at(-1)], ["success", "agreed strong"]);
  slow.resolve();
  delete network.faultsOf(2).wait;
  assert.equal(counted(), 13n);
});

test("where three of five agree nothing is certified: the call is given up at its deadline", async () => {
  const slow = Promise.withResolvers<void>();
  network.faultsOf(2).wait = slow.promise;
  network.lie(0);
  const { outcome, said } = await settle("with time");
  assert.equal(outcome, "timedOut");
  assert.equal(
    said.some((what) => what.startsWith("agreed")),
    false,
  );
  assert.equal(counted(), 13n);
  slow.resolve();
  delete network.faultsOf(2).wait;
  delete network.faultsOf(0).lie;
});

// The last one, because its host is out of the draw for good.
test("a host that forgets what it has said and says something else is reported by the others, and slashed", async () => {
  const restarted = Promise.withResolvers<void>();
  const host = network.hosts[3] as HostNode;
  const stake = network.balance(SPEC.hostsAddress);
  host.faults.onSend = () => {
    delete host.faults.onSend;
    // Its salt is another one, and with it its commitment.
    void host.forgetWords().then(restarted.resolve, restarted.reject);
  };
  // No block comes before it has spoken again, so that it is about the same call.
  const call = network.sign({ to: container, data: COUNT, gasLimit: 1_000_000n });
  await network.makeBlock({ orders: [call] });
  await restarted.promise;
  while (network.conflicts.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await network.until(() => network.balance(SPEC.hostsAddress) < stake);
  const hosts = readHosts(network.leader.store.viewAt(), SPEC.hostsAddress);
  const drawn = hostsOf(hosts, "small", network.head + 1n).map(({ publicKey }) => publicKey);
  const others = SPEC.hosts.filter((_, place) => place !== 3).map(({ publicKey }) => publicKey);
  assert.deepEqual(drawn.toSorted(), others.toSorted());
});
