import type { PrintedLine } from "@delchain/sdk";
import { color, type Output } from "../output.ts";
import { openChain } from "../project/chainClient.ts";
import { followPrinted, printedAfter } from "../project/printed.ts";
import { stopSignal } from "../stopSignal.ts";

export type LogsOptions = {
  readonly rpc: string;
  readonly json: boolean;
  readonly contract?: string;
  readonly follow: boolean;
};

/** Shows what contracts have printed on a devnet, and goes on with what they print, until Ctrl-C. */
export async function logs(options: LogsOptions, output: Output): Promise<void> {
  const { rpc, json, contract, follow } = options;
  const show = ({ number, contract: from, during, text }: PrintedLine): void => {
    if (json) {
      output.json({ number: Number(number), contract: from, during, text });
      return;
    }
    const [first, ...others] = text.split("\n");
    const head = `${from.slice(0, 6)}…${from.slice(-4)} ${during.padEnd(14)}`;
    output.line(`${color.dim(head)} ${first}`);
    for (const other of others) output.line(`${" ".repeat(head.length)} ${other}`);
  };
  const stop = follow ? stopSignal() : Promise.resolve();
  const { reader } = await openChain(rpc);
  const page = await printedAfter(reader, 0n, contract);
  if (follow && page.lines.length === 0) output.note("Nothing is printed yet; waiting.");
  await followPrinted({ reader, contract, from: page }, show, stop);
}
