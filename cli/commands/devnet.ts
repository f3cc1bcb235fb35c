import { DEVNET, type LogLevel, type RunningNode, startNode } from "@delchain/chain";
import { DEFAULT_STORE } from "@delchain/images";
import { formatEther, getAddress } from "viem";
import { color, type Output } from "../output.ts";
import { devnetAccounts } from "./account.ts";

export type DevnetOptions = {
  readonly port: number;
  readonly host: string;
  readonly data?: string;
  readonly interval?: number;
  readonly log: LogLevel;
  readonly json: boolean;
};

/** Runs a devnet until the process is told to stop, and says what happens on it. */
export async function devnet(options: DevnetOptions, output: Output): Promise<void> {
  const node = await startNode({
    spec: DEVNET,
    host: options.host,
    port: options.port,
    dataFolder: options.data,
    imageFolder: DEFAULT_STORE,
    intervalMs: options.interval === undefined ? undefined : options.interval * 1_000,
    logLevel: options.log,
  });
  if (options.json) printStartJson(node, output);
  else printStart(node, output);
  node.onBlock((block) => {
    if (options.json) output.json({ event: "block", ...block });
    else output.line(blockLine(block));
  });
  await stopSignal();
  output.note("Stopping: containers and database are being closed …");
  await node.close();
}

/** Resolves when somebody presses Ctrl-C or asks the process to end; a second time ends it at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

type BlockSummary = Parameters<Parameters<RunningNode["onBlock"]>[0]>[0];

function blockLine({ number, transactions, ordered, certificates, gasUsed }: BlockSummary): string {
  const parts = [`${transactions} transactions`, `${gasUsed} gas`];
  if (ordered > 0) parts.push(`${ordered} calls ordered`);
  if (certificates > 0) parts.push(`${certificates} certificates`);
  return `${color.dim("block")} ${color.bold(String(number))}  ${parts.join(", ")}`;
}

export function printAccounts(output: Output): void {
  output.line(color.bold("Accounts, each with 10,000 DEL (public keys of the test mnemonic):"));
  for (const { address, privateKey } of devnetAccounts()) {
    output.line(`  ${address}  ${color.dim(privateKey)}`);
  }
}

function printStart(node: RunningNode, output: Output): void {
  output.line(`${color.bold("DelChain devnet")} at ${color.cyan(node.url)} (HTTP and WebSocket)`);
  output.line(`chain id ${node.chainId}, block ${node.head().number}, data in ${node.dataFolder}`);
  for (const { what, choice } of node.choices) output.line(`${color.dim(what)} ${choice}`);
  for (const { name, platform, trouble } of node.drivers) {
    const state = trouble === "" ? color.green("ready") : color.yellow(trouble);
    output.line(`${color.dim("driver")} ${name} (${platform}): ${state}`);
  }
  printAccounts(output);
}

function printStartJson(node: RunningNode, output: Output): void {
  const balance = formatEther(10_000n * 10n ** 18n);
  output.json({
    event: "started",
    url: node.url,
    chainId: node.chainId,
    block: node.head().number,
    dataFolder: node.dataFolder,
    choices: node.choices,
    drivers: node.drivers,
    accounts: devnetAccounts().map(({ address, privateKey }) => ({
      address: getAddress(address),
      privateKey,
      balance,
    })),
  });
}
