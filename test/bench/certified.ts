// Container calls from signed transaction to certified receipt, over JSON-RPC on one devnet, attestation of both
// replicas included: one in flight, many at one contract, many at several; and queries.
//   node start.js run test/bench/certified.ts [--languages c,php,java,typescript] [--count 1000] [--contracts 20]
//   [--json]

import { loadavg } from "node:os";
import { encodeFunctionData, type Hex, keccak256, parseTransaction } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { TokenClient } from "../../apps/tour/client.ts";
import { containerTokens } from "../../apps/tour/containerTokens.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { DEVNET_MNEMONIC } from "../../chain/index.ts";
import { type Address, toAddress } from "../../runtime/index.ts";
import { startBenchNode } from "./benchNode.ts";
import { type Latency, latencyOf } from "./latency.ts";
import { readOptions } from "./options.ts";
import { runQueries } from "./queryLoad.ts";
import { CALLERS, runRound, tokenCalls } from "./transferLoad.ts";

type Row = Latency & {
  readonly language: string;
  /** Calls a second, every receipt there. */
  readonly hot: number;
  readonly spread: number;
  readonly queries: number;
};

const COINS = 10n ** 20n;
const POLL_MS = 1;
/** Queries under way at one time. */
const QUERIES_AT_ONCE = 32;

const { json, ...given } = readOptions("languages", "count", "contracts");
const languages = (given.languages ?? "c,php,java,typescript").split(",");
const count = Number(given.count ?? 1_000);
const contracts = Number(given.contracts ?? 20);

const loadBefore = loadavg()[0] ?? 0;
const node = await startBenchNode();
let nonce = 0;
/** As a wallet sets it: what a block holds is counted by it. */
let gasLimit = 0n;
try {
  const rows: Row[] = [];
  const account = mnemonicToAccount(DEVNET_MNEMONIC);
  const client = new TokenClient(node.url, Number(node.chainId), account);
  for (const caller of CALLERS) await client.pay(caller, COINS);
  const tokens = await containerTokens(node.drivers);
  const known = tokens.map(({ head }) => head.language.toLowerCase());
  const unknown = languages.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`no token in ${unknown}; there is ${known.join(", ")}`);
  for (const token of tokens) {
    const { language } = token.head;
    if (!languages.includes(language.toLowerCase())) continue;
    if (token.initCode === undefined) throw new Error(`${language}: ${token.reason}`);
    const addresses: Address[] = [];
    for (let i = 0; i < contracts; i++) {
      const at = toAddress((await client.deploy(token.initCode)).toLowerCase());
      for (const caller of CALLERS) await client.mint(at, caller, 1_000_000n);
      addresses.push(at);
    }
    rows.push(await measure(language, addresses));
  }
  const load = [loadBefore, loadavg()[0] ?? 0];
  if (json) process.stdout.write(`${JSON.stringify({ load, rows })}\n`);
  else report(rows, load);
} finally {
  await node.close();
}

async function measure(language: string, addresses: readonly Address[]): Promise<Row> {
  const [first] = addresses as [Address];
  gasLimit = await estimate(first);
  const times = await latencies(first, 200);
  await throughput([first], count);
  const hot = await throughput([first], count);
  const spread = await throughput(addresses, count);
  await queryRate(first, count);
  const queries = await queryRate(first, 4 * count);
  return { language, hot, spread, ...latencyOf(times), queries };
}

/** One call at a time, each from its request to its receipt, in milliseconds. */
async function latencies(at: Address, times: number): Promise<readonly number[]> {
  const [calls = []] = tokenCalls(at, { first: nonce, each: times, gasLimit });
  // The other callers' nonces go on together with these.
  const others = tokenCalls(at, { first: nonce, each: times, gasLimit }).slice(1);
  nonce += times;
  const taken: number[] = [];
  for (const raw of calls) {
    const started = performance.now();
    await request("eth_sendRawTransaction", [raw]);
    const hash = keccak256(raw);
    while ((await request("eth_getTransactionReceipt", [hash])) === null) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    taken.push(performance.now() - started);
  }
  await runRound(node.url, others);
  return taken;
}

/** Calls a second when `calls` are sent at once, shared among the contracts. */
async function throughput(addresses: readonly Address[], calls: number): Promise<number> {
  const each = Math.ceil(calls / CALLERS.length / addresses.length);
  const senders: Hex[][] = CALLERS.map(() => []);
  for (const address of addresses) {
    const signed = tokenCalls(address, { first: nonce, each, gasLimit });
    for (const [i, raws] of signed.entries()) senders[i]?.push(...raws);
    nonce += each;
  }
  const seconds = await runRound(node.url, senders);
  return (each * addresses.length * CALLERS.length) / seconds;
}

/** The first transfer to a receiver costs more than the ones after it, so there is no need for room. */
async function estimate(to: Address): Promise<bigint> {
  const [[raw = "0x"] = []] = tokenCalls(to, { first: 0, each: 1, gasLimit: 0n });
  const { data } = parseTransaction(raw);
  return BigInt(String(await request("eth_estimateGas", [{ from: CALLERS[0], to, data }])));
}

/** Balances of all callers in turn, over as many connections as queries are under way. */
async function queryRate(to: Address, queries: number): Promise<number> {
  const bodies = Array.from({ length: queries }, (_, id) => {
    const args = [CALLERS[id % CALLERS.length] as Address] as const;
    const data = encodeFunctionData({ abi: tokenAbi, functionName: "balanceOf", args });
    const params = [{ to, data }, "latest"];
    return JSON.stringify({ jsonrpc: "2.0", id, method: "eth_call", params });
  });
  const port = Number(new URL(node.url).port);
  return queries / (await runQueries({ port, connections: QUERIES_AT_ONCE, bodies }));
}

async function request(method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json" };
  const response = await fetch(node.url, { method: "POST", body, headers });
  const { result, error } = (await response.json()) as {
    result: unknown;
    error?: { message: string };
  };
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

function report(rows: readonly Row[], load: readonly number[]): void {
  print(
    `| language | calls a second, one contract | ${contracts} contracts | one in flight: least, median, p99 | queries a second |`,
  );
  print("|---|--:|--:|--:|--:|");
  for (const { language, hot, spread, least, p50, p99, queries } of rows) {
    const latency = [least, p50, p99].map((ms) => ms.toFixed(1)).join(", ");
    const cells = [language, hot.toFixed(0), spread.toFixed(0), `${latency} ms`];
    print(`| ${[...cells, queries.toFixed(0)].join(" | ")} |`);
  }
  const [before = 0, after = 0] = load;
  print(`load average ${before.toFixed(1)} before, ${after.toFixed(1)} after`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
