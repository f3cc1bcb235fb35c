// Calls of the tour's token certified by several hosts that do not trust each other: each with a chain, containers, a
// key and a journal on disk of its own, all in this process, over a network in memory. Signed before, from the block
// that orders to the one that certifies.
//   node start.js run test/bench/hosts.ts [--languages c,php,java] [--hosts 5] [--calls 2048] [--contracts 20] [--json]

import { loadavg } from "node:os";
import { type Address, fromHex, type Hex } from "@delchain/runtime";
import { encodeFunctionData } from "viem";
import { containerTokens } from "../../apps/tour/containerTokens.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { DEVNET_ACCOUNTS } from "../../chain/index.ts";
import type { SignedTransaction } from "../../chain/tx/transaction.ts";
import { DEFAULT_STORE } from "../../images/build.ts";
import { HostNetwork, specOfHosts } from "../e2e/support/hostNetwork.ts";
import { type Latency, latencyOf } from "./latency.ts";
import { readOptions } from "./options.ts";

type Row = Latency & {
  readonly language: string;
  /** Calls a second. */
  readonly hot: number;
  readonly spread: number;
};

/** Calls that a block orders. */
const BATCH = 32;
const LATENCIES = 200;
/** As many as a block orders have room in it. */
const GAS_LIMIT = 2_000_000n;
const [OWNER, RECEIVER] = DEVNET_ACCOUNTS as readonly [Address, Address];

const { json, ...given } = readOptions("languages", "hosts", "calls", "contracts");
const languages = (given.languages ?? "c").split(",");
const hosts = Number(given.hosts ?? 5);
const calls = Number(given.calls ?? 2_048);
const contracts = Number(given.contracts ?? 20);

const loadBefore = loadavg()[0] ?? 0;
const rows: Row[] = [];
for (const { head, initCode } of await containerTokens([{ name: "docker", trouble: "" }])) {
  const { language } = head;
  if (!languages.includes(language.toLowerCase())) continue;
  if (initCode === undefined) throw new Error(`the ${language} image is not built: npm run images`);
  rows.push(await measure(language, initCode));
}
const load = [loadBefore, loadavg()[0] ?? 0];
if (json) process.stdout.write(`${JSON.stringify({ hosts, load, rows })}\n`);
else report();

async function measure(language: string, initCode: Hex): Promise<Row> {
  await using network = await HostNetwork.start(specOfHosts(hosts), DEFAULT_STORE);
  const sign = (to: Address, functionName: "mint" | "transfer", whom: Address, amount: bigint) => {
    const data = fromHex(encodeFunctionData({ abi: tokenAbi, functionName, args: [whom, amount] }));
    return network.sign({ to, data, gasLimit: GAS_LIMIT });
  };
  const batchesOf = (to: readonly Address[], count: number): SignedTransaction[][] => {
    const signed = Array.from({ length: count }, (_, i) =>
      sign(to[i % to.length] as Address, "transfer", RECEIVER, 1n),
    );
    return Array.from({ length: Math.ceil(count / BATCH) }, (_, i) =>
      signed.slice(i * BATCH, (i + 1) * BATCH),
    );
  };
  /** Calls a second, each block ordered when the one before is certified. */
  const rate = async (to: readonly Address[], count: number): Promise<number> => {
    const batches = batchesOf(to, count);
    const started = performance.now();
    for (const batch of batches) await network.settleAll(batch);
    return (count * 1_000) / (performance.now() - started);
  };
  const addresses: Address[] = [];
  for (let i = 0; i < contracts; i++) {
    const at = await network.deploy({ initCode });
    await network.settleAll([sign(at, "mint", OWNER, 10n ** 9n)]);
    addresses.push(at);
  }
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
  return { language, hot, spread, ...latencyOf(times) };
}

function report(): void {
  const print = (line: string): unknown => process.stdout.write(`${line}\n`);
  print(
    `| ${hosts} hosts | calls a second, one contract | ${contracts} contracts | one in flight: least, median, p99 |`,
  );
  print("|---|--:|--:|--:|");
  for (const { language, hot, spread, least, p50, p99 } of rows) {
    const latency = [least, p50, p99].map((ms) => ms.toFixed(0)).join(", ");
    print(`| ${language} | ${hot.toFixed(0)} | ${spread.toFixed(0)} | ${latency} ms |`);
  }
  const [before = 0, after = 0] = load;
  print(`load average ${before.toFixed(1)} before, ${after.toFixed(1)} after`);
}
