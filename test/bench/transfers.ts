import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "../isolated/ownNode.ts";
import { median } from "./cpuTime.ts";
import { readOptions } from "./options.ts";
import { fund, KINDS, type Kind, type Round, runRound, signRounds } from "./transferLoad.ts";
import { type Peer, startAnvil, startHardhat } from "./transferPeers.ts";

// Coin and token transfers a second, from raw signed transactions over JSON-RPC until every receipt is there,
// beside `hardhat node` and `anvil` in the same run. The same bytes go to all, in turns.
//
//   node test/bench/transfers.ts [--count 2000] [--rounds 3] [--json] [--only delchain]

const NODE = join(import.meta.dirname, "../isolated/nodeProcess.ts");

type Row = {
  readonly peer: string;
  readonly kind: Kind;
  /** Transfers a second, of each round. */
  readonly rates: readonly number[];
};

const { json, ...given } = readOptions("count", "rounds", "only");
const count = Number(given.count ?? 2_000);
const rounds = Number(given.rounds ?? 3);
const { only } = given;

await main();

async function main(): Promise<void> {
  const loadBefore = loadavg()[0] ?? 0;
  const started = [
    { name: "delchain", start: startDelChain },
    { name: "hardhat", start: startHardhat },
    { name: "anvil", start: startAnvil },
  ].filter(({ name }) => only === undefined || name === only);
  const peers: Peer[] = [];
  try {
    for (const { start } of started) peers.push(await start());
    for (const { url } of peers) await fund(url, count * (rounds + 1) * KINDS.length);
    const work = signRounds(count, rounds + 1);
    const rows = await measure(peers, work);
    const load = [loadBefore, loadavg()[0] ?? 0] as const;
    if (json) {
      process.stdout.write(`${JSON.stringify({ count, rounds, load, rows })}\n`);
    } else report(rows, load);
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
  }
}

/** Peers take turns within each round, so that what else the machine does hits all alike; the first is no measure. */
async function measure(peers: readonly Peer[], work: readonly Round[]): Promise<readonly Row[]> {
  const rows = peers.flatMap(({ name }) =>
    KINDS.map((kind) => ({ peer: name, kind, rates: [] as number[] })),
  );
  for (const [index, { kind, senders }] of work.entries()) {
    for (const { name, url } of peers) {
      const seconds = await runRound(url, senders);
      const isWarmUp = index < KINDS.length;
      const row = rows.find((one) => one.peer === name && one.kind === kind);
      if (!isWarmUp) row?.rates.push(count / seconds);
    }
  }
  return rows;
}

function report(rows: readonly Row[], load: readonly [number, number]): void {
  const ours = (kind: Kind) => rows.find((row) => row.peer === "delchain" && row.kind === kind);
  print(
    `${count} transfers of ${kindList()} a round, median of ${rounds} rounds, 20 senders, batches of 100`,
  );
  for (const { peer, kind, rates } of rows) {
    const own = ours(kind);
    const ratios = own?.rates.map((rate, i) => rate / (rates[i] ?? rate)) ?? [];
    const spread = `${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)}`;
    const ratio =
      peer === "delchain" || ratios.length === 0
        ? ""
        : `delchain is ${median(ratios).toFixed(2)} x`;
    print(
      `${peer.padEnd(9)} ${kind.padEnd(6)} ${median(rates).toFixed(0).padStart(6)} a second (${spread})  ${ratio}`,
    );
  }
  print(`load average ${load.map((value) => value.toFixed(1)).join(" before, ")} after`);
}

function kindList(): string {
  return KINDS.join(" and ");
}

async function startDelChain(): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), "delchain-transfers-"));
  const { child, url, ended } = startProcess(NODE, folder);
  return {
    name: "delchain",
    url: await url,
    close: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
