// Container calls certified by several hosts that do not trust each other: each with a chain, a container, a key and a
// journal on disk of its own, all in this process, over a network in memory. Signed before, from the block that orders
// to the one that certifies.
//   node start.js run test/bench/hosts.ts [--hosts 5] [--calls 2048] [--contracts 20] [--json]

import { loadavg } from "node:os";
import { type Address, fromHex } from "@delchain/runtime";
import { encodeFunctionData } from "viem";
import type { SignedTransaction } from "../../chain/tx/transaction.ts";
import { HostNetwork, specOfHosts } from "../e2e/support/hostNetwork.ts";
import { buildMoody, moodyAbi } from "../e2e/support/moodyContract.ts";
import { median } from "./cpuTime.ts";
import { readOptions } from "./options.ts";

/** Calls that a block orders. */
const BATCH = 64;
const LATENCIES = 200;
const COUNT = fromHex(encodeFunctionData({ abi: moodyAbi, functionName: "count" }));

const { json, ...given } = readOptions("hosts", "calls", "contracts");
const hosts = Number(given.hosts ?? 5);
const calls = Number(given.calls ?? 2_048);
const contracts = Number(given.contracts ?? 20);

const loadBefore = loadavg()[0] ?? 0;
const moody = await buildMoody("bench of hosts");
await using network = await HostNetwork.start(specOfHosts(hosts), moody);
const addresses: Address[] = [];
for (let i = 0; i < contracts; i++) addresses.push(await network.deploy(moody));
const [first] = addresses as [Address];

await rate([first], BATCH * 2);
const hot = await rate([first], calls);
const times: number[] = [];
for (let i = 0; i < LATENCIES; i++) {
  const [batch = []] = batchesOf([first], 1);
  const started = performance.now();
  await network.settleAll(batch);
  times.push(performance.now() - started);
}
await rate(addresses, BATCH * 2);
const spread = await rate(addresses, calls);
const sorted = times.toSorted((left, right) => left - right);
const row = {
  hosts,
  hot,
  spread,
  least: sorted[0] ?? Number.NaN,
  p50: median(times),
  p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
};
const load = [loadBefore, loadavg()[0] ?? 0];
if (json) process.stdout.write(`${JSON.stringify({ load, rows: [row] })}\n`);
else {
  const round = (value: number): string => value.toFixed(1);
  process.stdout.write(
    `${hosts} hosts, C: ${Math.round(hot)} calls a second on one contract, ${Math.round(spread)} on ${contracts}; one in ` +
      `flight ${round(row.least)} ms least, ${round(row.p50)} median, ${round(row.p99)} p99\n` +
      `load ${load.map(round).join(" before, ")} after\n`,
  );
}

/** Calls a second, each block ordered when the one before is certified. */
async function rate(to: readonly Address[], count: number): Promise<number> {
  const batches = batchesOf(to, count);
  const started = performance.now();
  for (const batch of batches) await network.settleAll(batch);
  return (count * 1_000) / (performance.now() - started);
}

function batchesOf(to: readonly Address[], count: number): SignedTransaction[][] {
  const signed = Array.from({ length: count }, (_, i) =>
    network.sign({ to: to[i % to.length] as Address, data: COUNT, gasLimit: 1_000_000n }),
  );
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, i) =>
    signed.slice(i * BATCH, (i + 1) * BATCH),
  );
}
