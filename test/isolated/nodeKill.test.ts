import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "viem";
import { Random } from "../conformance/random.ts";
import { clientsOf, devnetAccount } from "../e2e/support/devnet.ts";
import { deploy } from "../e2e/support/token.ts";
import { NodeLoad } from "./nodeLoad.ts";
import { type NodeProcess, startProcess } from "./ownNode.ts";

const NODE = join(import.meta.dirname, "nodeProcess.ts");
const START = join(import.meta.dirname, "../../start.js");
const KILLS = Number(process.env.NODE_KILLS ?? 100);
const SEED = Number(process.env.NODE_KILL_SEED ?? Date.now() % 2 ** 31);
/** Of load before the kill: from the first request to some dozens of blocks. */
const KILL_AFTER_MS = 500;
/** One kill in so many comes while the node starts. */
const EARLY_EVERY = 8;
/** From the process to the first answer: most of this time modules are loaded. */
const EARLY_WITHIN_MS = 1_500;
/** For the mempool to run dry at the end. */
const DRAIN_MS = 60_000;
const SENDERS = [1, 2, 3, 4, 5, 6];

/** Nodes that are killed side by side, one a core: the kills are shared among them. */
const NODES = 2;

const folders = Array.from({ length: NODES }, () => mkdtempSync(join(tmpdir(), "delchain-kill-")));
const alive = new Set<NodeProcess>();
after(() => {
  for (const { child } of alive) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test(`${NODES} nodes that are killed ${KILLS} times under load keep every word that they gave`, async (context) => {
  context.diagnostic(`NODE_KILL_SEED=${SEED}`);
  const kills = Math.ceil(KILLS / NODES);
  const counts = await Promise.all(
    folders.map((folder, i) => killOften(folder, kills, new Random(SEED + i))),
  );
  for (const { acknowledged, receipts, blocks } of counts) {
    context.diagnostic(
      `${acknowledged} accepted, ${receipts} receipts in ${blocks} blocks compared`,
    );
    assert(acknowledged > kills * 10 && receipts >= acknowledged, `${acknowledged} ${receipts}`);
  }
});

/** Starts one node time and again under load, and kills each but the last somewhere. */
async function killOften(data: string, times: number, random: Random): Promise<NodeLoad["counts"]> {
  const load = new NodeLoad(SENDERS.map(secretKey));
  const first = startNode(data);
  load.token = (await deploy(clientsOf(await first.url), "token-c")).address;
  await kill(first);
  for (let kills = 1; kills < times; kills++) {
    const node = startNode(data);
    if (kills % EARLY_EVERY === 0) {
      await Promise.race([node.url, sleep(random.below(EARLY_WITHIN_MS))]);
      await kill(node);
      continue;
    }
    const url = await node.url;
    await load.check(url);
    const running = load.run(url);
    await sleep(random.below(KILL_AFTER_MS));
    await kill(node);
    await running;
    assert.equal(node.errors(), "", "a node that is killed has nothing to complain about");
  }
  const last = startNode(data);
  const url = await last.url;
  await load.check(url);
  await load.finish(url, performance.now() + DRAIN_MS);
  await load.checkAll(url);
  await kill(last);
  return load.counts;
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} closes a node under load cleanly, with exit code 0 and nothing lost`, async () => {
    const data = mkdtempSync(join(tmpdir(), "delchain-stop-"));
    try {
      const load = new NodeLoad(SENDERS.map(secretKey));
      const args = ["delchain", "devnet", "--data", data, "--port", "0", "--json"];
      const node = track(startProcess(START, ...args));
      const running = load.run(await node.url);
      await sleep(300);
      node.child.kill(signal);
      assert.deepEqual(await node.ended, { code: 0, signal: null }, node.errors());
      await running;
      const again = startNode(data);
      const url = await again.url;
      await load.check(url);
      await load.finish(url, performance.now() + DRAIN_MS);
      await load.checkAll(url);
      assert(load.counts.acknowledged > 0);
      await kill(again);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });
}

function startNode(data: string): NodeProcess {
  return track(startProcess(NODE, data));
}

function track(node: NodeProcess): NodeProcess {
  alive.add(node);
  void node.ended.then(() => alive.delete(node));
  return node;
}

async function kill(node: NodeProcess): Promise<void> {
  node.child.kill("SIGKILL");
  await node.ended;
}

function secretKey(index: number): `0x${string}` {
  return toHex(devnetAccount(index).getHdKey().privateKey ?? new Uint8Array());
}
