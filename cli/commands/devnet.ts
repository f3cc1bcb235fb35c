import type { BlockSummary, RunningNode } from "@delchain/chain";
import { type DevnetPlace, openDevnet } from "../openDevnet.ts";
import { color, type Output } from "../output.ts";
import { noteStopping, stopSignal } from "../stopSignal.ts";
import { devnetAccounts } from "./account.ts";

export type DevnetOptions = DevnetPlace & { readonly json: boolean };

/** Runs a devnet until the process is told to stop, and says what happens on it; then the exit code is 0. */
export async function devnet(options: DevnetOptions, output: Output): Promise<void> {
  const stop = stopSignal();
  output.note("Starting the devnet …");
  const node = await openDevnet(options);
  try {
    if (options.json) printStartJson(node, output);
    else printStart(node, output);
    node.onBlock((block) => {
      if (options.json) output.json(blockJson(block));
      else output.line(blockLine(block));
    });
    await Promise.race([stop, node.failed.then((error) => Promise.reject(error))]);
  } finally {
    noteStopping();
    await node.close();
  }
}

function blockLine({ number, transactions, ordered, certificates, gasUsed }: BlockSummary): string {
  const parts = [counted(transactions, "transaction"), `${gasUsed} gas`];
  if (ordered > 0) parts.push(`${counted(ordered, "call")} ordered`);
  if (certificates > 0) parts.push(counted(certificates, "certificate"));
  return `${color.dim("block")} ${color.bold(String(number))}  ${parts.join(", ")}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function blockJson(block: BlockSummary): Record<string, unknown> {
  const [number, gasUsed] = [Number(block.number), Number(block.gasUsed)];
  return { event: "block", ...block, number, gasUsed };
}

/** The accounts that every Ethereum tool has as its defaults. */
export function printAccounts(output: Output): void {
  output.line(
    color.bold("Accounts, with 10,000 DEL each at block 0 (public keys of the test mnemonic):"),
  );
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
  output.note(`\n${node.url} stays up until Ctrl-C.`);
}

function printStartJson(node: RunningNode, output: Output): void {
  output.json({
    event: "started",
    url: node.url,
    chainId: Number(node.chainId),
    block: Number(node.head().number),
    dataFolder: node.dataFolder,
    choices: node.choices,
    drivers: node.drivers,
    accounts: devnetAccounts(),
  });
}
